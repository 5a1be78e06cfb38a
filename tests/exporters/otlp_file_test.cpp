// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include <weft/exporters/otlp_file.hpp>

#include "exporters/file_size_limit.hpp"
#include "exporters/records.hpp"
#include "exporters/scripted_server.hpp"
#include "processor/async_exporter.hpp"

namespace weft::testing {

namespace {

namespace fs = std::filesystem;
using exporters::OtlpFileOptions;
using nlohmann::json;

class OtlpFile : public ::testing::Test {
 protected:
  OtlpFile() { fs::create_directories(folder); }
  ~OtlpFile() override { fs::remove_all(folder); }

  void open(OtlpFileOptions options) {
    if (options.path.empty()) options.path = path;
    exporter = exporters::otlp_file(std::move(options));
  }
  ExportResult write(std::size_t spans = 1, const RecordSpec& spec = {}) {
    const detail::SharedBatch batch = records.batch(spans, spec);
    return exporter->export_spans(SpanBatch(batch.records()));
  }
  static std::string content(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
  static std::size_t lines(const fs::path& file) {
    const std::string text = content(file);
    return static_cast<std::size_t>(std::ranges::count(text, '\n'));
  }

  const fs::path folder = fs::temp_directory_path() / ("weft_file_" + std::to_string(::getpid()));
  const fs::path path = folder / "traces.jsonl";
  Records records;
  ExporterPtr exporter;
};

}  // namespace

TEST_F(OtlpFile, HasOneLineForEachBatch) {
  open({});
  EXPECT_EQ(write(2), ExportResult::success);
  EXPECT_EQ(write(3), ExportResult::success);
  EXPECT_EQ(lines(path), 2U);
}

TEST_F(OtlpFile, HasTheSpansOfABatchInItsLine) {
  open({});
  write(2, {.name = "GET \"/\""});
  const json line = json::parse(content(path));
  const json& spans = line["resourceSpans"][0]["scopeSpans"][0]["spans"];
  ASSERT_EQ(spans.size(), 2U);
  EXPECT_EQ(spans[0]["name"], "GET \"/\"");
  EXPECT_EQ(spans[0]["traceId"], "01010101010101010101010101010101");
  EXPECT_EQ(spans[0]["kind"], 1);
  EXPECT_EQ(spans[0]["startTimeUnixNano"], "1000000000");
}

TEST_F(OtlpFile, GoesOnWhereAnEarlierOneEnded) {
  std::ofstream(path) << "{}\n";
  open({});
  write();
  EXPECT_EQ(lines(path), 2U);
}

TEST_F(OtlpFile, MakesItsFolder) {
  open({.path = folder / "a" / "b" / "traces.jsonl"});
  EXPECT_EQ(write(), ExportResult::success);
  EXPECT_EQ(lines(folder / "a" / "b" / "traces.jsonl"), 1U);
}

TEST_F(OtlpFile, IsMadeAnewWhenSomebodyMovedItAway) {
  open({});
  write();
  fs::rename(path, folder / "moved");
  write();
  EXPECT_EQ(lines(folder / "moved"), 1U);
  EXPECT_EQ(lines(path), 1U);
}

TEST_F(OtlpFile, RotatesBeforeItOutgrowsItsSize) {
  open({.rotate_at_bytes = 1000, .keep_files = 2});
  for (int i = 0; i < 12; ++i) write();
  EXPECT_LE(fs::file_size(path), 1000U);
  EXPECT_LE(fs::file_size(folder / "traces.jsonl.1"), 1000U);
  EXPECT_GE(fs::file_size(folder / "traces.jsonl.2"), 500U);
  EXPECT_FALSE(fs::exists(folder / "traces.jsonl.3"));
}

TEST_F(OtlpFile, RotatesTheNewestToTheFirstNumber) {
  open({.rotate_at_bytes = 1, .keep_files = 2});
  for (const char* name : {"first", "second", "third"}) write(1, {.name = name});
  EXPECT_NE(content(path).find("third"), std::string::npos);
  EXPECT_NE(content(folder / "traces.jsonl.1").find("second"), std::string::npos);
  EXPECT_NE(content(folder / "traces.jsonl.2").find("first"), std::string::npos);
}

TEST_F(OtlpFile, KeepsNoFullFilesWhenNoneAreWanted) {
  open({.rotate_at_bytes = 1, .keep_files = 0});
  write();
  write();
  EXPECT_EQ(lines(path), 1U);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder), {}), 1);
}

TEST_F(OtlpFile, IsPackedMemberByMember) {
  open({.gzip = true});
  write();
  const std::string first = content(path);
  write();
  const std::string both = content(path);
  EXPECT_TRUE(json::accept(unzipped(first)));
  EXPECT_TRUE(json::accept(unzipped(both.substr(first.size()))));
}

// Another process may write behind half a line at any time, so nothing is cut.
TEST_F(OtlpFile, GoesOnBelowHalfALineWhenThereIsRoomAgain) {
  open({});
  write();
  const std::string before = content(path);
  const auto face = exporter->async_exporter();
  {
    const FileSizeLimit limit(before.size() + 10);
    face->submit(records.batch(1), [&](const detail::Outcome&) { face->wake(); });
    face->run(std::chrono::steady_clock::now() + std::chrono::milliseconds{50});
    EXPECT_EQ(content(path), before + before.substr(0, 10));
    EXPECT_FALSE(face->idle());
  }
  face->hurry();
  face->run(std::chrono::steady_clock::now() + std::chrono::seconds{5});
  const std::string text = content(path);
  EXPECT_TRUE(text.starts_with(before + before.substr(0, 10) + "\n")) << text;
  EXPECT_TRUE(json::accept(text.substr(before.size() + 11))) << text;
  face->close(std::chrono::steady_clock::now());
}

TEST_F(OtlpFile, KeepsTheBatchOfADiskThatIsFullAndSaysSo) {
  open({.path = "/dev/full"});
  const auto face = exporter->async_exporter();
  std::vector<Error> errors;
  face->set_error_sink([&](const Error& error) { errors.push_back(error); });
  bool complete = false;
  face->submit(records.batch(3), [&](const detail::Outcome&) { complete = true; });
  face->run(std::chrono::steady_clock::now() + std::chrono::milliseconds{50});
  EXPECT_FALSE(complete);
  ASSERT_GE(errors.size(), 1U);
  EXPECT_TRUE(errors[0].what.starts_with(
      "/dev/full: cannot be written: No space left on device; 3 spans kept, next try in "))
      << errors[0].what;
  face->close(std::chrono::steady_clock::now());
}

TEST_F(OtlpFile, GoesOnGrowingAndSaysSoWhenItCannotBeRotated) {
  for (const char* name : {"traces.jsonl.1", "traces.jsonl.2"}) {
    fs::create_directories(folder / name / "in the way");
  }
  open({.rotate_at_bytes = 1, .keep_files = 1});
  const auto face = exporter->async_exporter();
  std::vector<Error> errors;
  face->set_error_sink([&](const Error& error) { errors.push_back(error); });
  std::size_t accepted = 0;
  for (int i = 0; i < 2; ++i) {
    face->submit(records.batch(1),
                 [&](const detail::Outcome& outcome) { accepted += outcome.accepted; });
    face->run(std::chrono::steady_clock::now());
  }
  EXPECT_EQ(accepted, 2U);
  EXPECT_EQ(lines(path), 2U);
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0].what,
            path.string() + ": cannot be rotated, and grows: Directory not empty; 1 span accepted");
}

TEST_F(OtlpFile, KeepsTheBatchWhileItsFolderIsNone) {
  std::ofstream(folder / "file") << "no folder";
  open({.path = folder / "file" / "traces.jsonl"});
  const auto face = exporter->async_exporter();
  std::vector<Error> errors;
  face->set_error_sink([&](const Error& error) { errors.push_back(error); });
  std::size_t accepted = 0;
  face->submit(records.batch(1), [&](const detail::Outcome& outcome) {
    accepted = outcome.accepted;
    face->wake();
  });
  face->run(std::chrono::steady_clock::now() + std::chrono::milliseconds{50});
  ASSERT_GE(errors.size(), 1U);
  EXPECT_NE(errors[0].what.find("cannot be opened: Not a directory"), std::string::npos);
  fs::remove(folder / "file");
  face->hurry();
  face->run(std::chrono::steady_clock::now() + std::chrono::seconds{5});
  EXPECT_EQ(accepted, 1U);
}

TEST_F(OtlpFile, NamesNumbersOutOfRange) {
  const ExporterPtr bad = exporters::otlp_file({.rotate_at_bytes = 5, .keep_files = -1});
  std::vector<std::string> problems;
  bad->async_exporter()->set_error_sink(
      [&](const Error& error) { problems.push_back(error.what); });
  ASSERT_EQ(problems.size(), 2U);
  EXPECT_EQ(problems[0], "OtlpFileOptions::keep_files = -1: it must be 0 to 10000; 5 is used");
  EXPECT_EQ(problems[1],
            "OtlpFileOptions::rotate_at_bytes = 5: standard output does not rotate; ignored");
}

}  // namespace weft::testing
