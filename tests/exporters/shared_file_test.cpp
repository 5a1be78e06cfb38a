// SPDX-License-Identifier: Apache-2.0
// A file that others write to, move away, tear and fill up as well.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include <weft/exporters/otlp_file.hpp>

#include "exporters/file_size_limit.hpp"
#include "exporters/in_a_child.hpp"
#include "exporters/records.hpp"
#include "exporters/scripted_server.hpp"
#include "processor/async_exporter.hpp"

namespace weft::testing {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using exporters::OtlpFileOptions;
using nlohmann::json;

std::string content(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// What gzip's own rules make of all members; throws when one is torn.
std::string all_unzipped(const fs::path& file) {
  const std::string command = "gzip -dc '" + file.string() + "' 2>&1; echo $?";
  FILE* const pipe = ::popen(command.c_str(), "r");
  std::string text;
  char piece[65536];
  for (std::size_t size = 0; (size = ::fread(piece, 1, sizeof piece, pipe)) > 0;) {
    text.append(piece, size);
  }
  ::pclose(pipe);
  EXPECT_TRUE(text.ends_with("\n0\n")) << text.substr(text.size() < 200 ? 0 : text.size() - 200);
  return text.substr(0, text.rfind('\n', text.size() - 2) + 1);
}

/// Spans in its lines, each of which is one of OTLP.
std::size_t spans_in(const std::string& text) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const json line = json::parse(text.substr(at, end - at), nullptr, false);
    EXPECT_TRUE(line.is_object()) << text.substr(at, 200);
    if (line.is_object()) count += line["resourceSpans"][0]["scopeSpans"][0]["spans"].size();
    at = end + 1;
  }
  return count;
}

class SharedFile : public ::testing::Test {
 protected:
  SharedFile() { fs::create_directories(folder); }
  ~SharedFile() override { fs::remove_all(folder); }

  ExporterPtr open(OtlpFileOptions options = {}) const {
    options.path = path;
    return exporters::otlp_file(std::move(options));
  }
  void write(const ExporterPtr& exporter, std::size_t spans = 1, const RecordSpec& spec = {}) {
    const detail::SharedBatch batch = records.batch(spans, spec);
    EXPECT_EQ(exporter->export_spans(SpanBatch(batch.records())), ExportResult::success);
  }
  fs::path numbered(int number) const { return path.string() + "." + std::to_string(number); }
  void append(std::string_view text) const { std::ofstream(path, std::ios::app) << text; }

  const fs::path folder = fs::temp_directory_path() / ("weft_shared_" + std::to_string(::getpid()));
  const fs::path path = folder / "traces";
  Records records;
};

// As if its writer had been killed in the middle of a write.
TEST_F(SharedFile, WithHalfALineOfADeadProcessGoesOnBelowIt) {
  append("{\"resourceSpans\":[]}\n{\"resou");
  write(open());
  const std::string text = content(path);
  EXPECT_EQ(spans_in(text.substr(text.rfind('\n', text.size() - 2) + 1)), 1U) << text;
  EXPECT_EQ(std::ranges::count(text, '\n'), 3);
}

TEST_F(SharedFile, WithHalfALineOfAProcessThatDiesMeanwhileGoesOnBelowIt) {
  const ExporterPtr exporter = open();
  write(exporter);
  append("{\"resou");
  write(exporter);
  write(exporter);
  const std::string text = content(path);
  EXPECT_EQ(std::ranges::count(text, '\n'), 4) << text;
  EXPECT_EQ(spans_in(text.substr(text.find("{\"resou\n") + 8)), 2U);
}

TEST_F(SharedFile, WithLinesOfOthersHasNoEmptyOnes) {
  const ExporterPtr exporter = open();
  const ExporterPtr other = open();
  for (int i = 0; i < 3; ++i) {
    write(exporter);
    write(other);
  }
  EXPECT_EQ(spans_in(content(path)), 6U);
}

TEST_F(SharedFile, WithHalfAMemberOfADeadProcessLosesNoOtherWhereverThatWasKilled) {
  write(open({.gzip = true}), 2);
  const auto whole = fs::file_size(path);
  write(open({.gzip = true}), 3);
  const std::string both = content(path);
  for (auto size = whole; size < both.size(); ++size) {
    std::ofstream(path, std::ios::binary) << both.substr(0, size);
    write(open({.gzip = true}));
    ASSERT_EQ(spans_in(all_unzipped(path)), 3U) << size;
  }
}

TEST_F(SharedFile, WithTheFirstBytesOfAMemberLosesNothing) {
  const ExporterPtr exporter = open({.gzip = true});
  write(exporter, 2);
  append(std::string_view("\x1f\x8b\x08", 3));
  write(exporter, 3);
  EXPECT_EQ(spans_in(all_unzipped(path)), 5U);
}

TEST_F(SharedFile, WithMembersThatOthersPackedLeavesThem) {
  append(zipped(""));
  const ExporterPtr exporter = open({.gzip = true});
  write(exporter, 2);
  append(zipped(all_unzipped(path)));
  write(exporter, 3);
  EXPECT_EQ(spans_in(all_unzipped(path)), 7U);
}

TEST_F(SharedFile, ThatIsNoGzipIsNotCut) {
  append("text");
  write(open({.gzip = true}), 2);
  EXPECT_TRUE(content(path).starts_with("text"));
  EXPECT_GT(fs::file_size(path), 100U);
}

TEST_F(SharedFile, ThatWasCopiedAndEmptiedIsGoneOnWith) {
  for (const bool gzip : {false, true}) {
    const ExporterPtr exporter = open({.gzip = gzip});
    write(exporter, 2);
    fs::resize_file(path, 0);  // logrotate's copytruncate
    write(exporter, 3);
    EXPECT_EQ(spans_in(gzip ? all_unzipped(path) : content(path)), 3U);
    fs::remove(path);
    write(exporter, 1);
    EXPECT_EQ(spans_in(gzip ? all_unzipped(path) : content(path)), 1U);
    fs::remove(path);
  }
}

TEST_F(SharedFile, RotatesAtItsVerySize) {
  write(open());
  const auto line = fs::file_size(path);
  const ExporterPtr exporter = open({.rotate_at_bytes = 2 * line});
  write(exporter);
  EXPECT_FALSE(fs::exists(numbered(1)));
  write(exporter);
  EXPECT_EQ(fs::file_size(path), line);
  EXPECT_EQ(fs::file_size(numbered(1)), 2 * line);
  const ExporterPtr smaller = open({.rotate_at_bytes = 2 * line - 1});
  write(smaller);
  EXPECT_EQ(fs::file_size(numbered(1)), line);
}

TEST_F(SharedFile, IsNotWrittenOverWhenOneBeforeItCannotMove) {
  for (const int number : {2, 3}) fs::create_directories(numbered(number) / "in the way");
  std::ofstream(numbered(1)) << "kept";
  const ExporterPtr exporter = open({.rotate_at_bytes = 1, .keep_files = 2});
  write(exporter);
  write(exporter);
  EXPECT_EQ(content(numbered(1)), "kept");
  EXPECT_EQ(spans_in(content(path)), 2U);
}

TEST_F(SharedFile, IsNotRotatedWhileAnotherProcessDoes) {
  const ExporterPtr exporter = open({.rotate_at_bytes = 1});
  write(exporter);
  const int other = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  ::flock(other, LOCK_EX);
  write(exporter);
  EXPECT_FALSE(fs::exists(numbered(1)));
  ::close(other);
  write(exporter);
  EXPECT_EQ(spans_in(content(numbered(1))), 2U);
}

TEST_F(SharedFile, ThatSeveralProcessesRotateLosesNothing) {
  constexpr int kProcesses = 4;
  constexpr int kBatches = 150;
  std::vector<pid_t> children;
  for (int i = 0; i < kProcesses; ++i) {
    children.push_back(in_a_child([&] {
      const ExporterPtr exporter = open({.rotate_at_bytes = 2000, .keep_files = 1000});
      for (int batch = 0; batch < kBatches; ++batch) write(exporter);
    }));
  }
  for (const pid_t child : children) expect_success(child);
  std::size_t spans = 0;
  for (const auto& file : fs::directory_iterator(folder)) spans += spans_in(content(file));
  EXPECT_EQ(spans, static_cast<std::size_t>(kProcesses * kBatches));
  EXPECT_LE(std::distance(fs::directory_iterator(folder), {}), kProcesses * kBatches / 3);
}

TEST_F(SharedFile, ThatSeveralProcessesRemoveWhenItIsFullRefusesNoBatch) {
  std::vector<pid_t> children;
  for (const bool gzip : {false, true}) {
    for (int i = 0; i < 3; ++i) {
      children.push_back(in_a_child([&] {
        const ExporterPtr exporter = open({.rotate_at_bytes = 2000, .keep_files = 0, .gzip = gzip});
        for (int batch = 0; batch < 50; ++batch) write(exporter);
      }));
    }
    for (const pid_t child : children) expect_success(child);
    children.clear();
    EXPECT_GE(spans_in(gzip ? all_unzipped(path) : content(path)), 1U);
    EXPECT_EQ(std::distance(fs::directory_iterator(folder), {}), 1);
    fs::remove(path);
  }
}

TEST_F(SharedFile, ThatMayNotGrowKillsNobodyAndKeepsTheBatchAndItsMembersWhole) {
  const pid_t child = in_a_child([&] {
    std::signal(SIGXFSZ, SIG_DFL);
    const ExporterPtr exporter = open({.gzip = true});
    write(exporter, 2);
    const FileSizeLimit limit(fs::file_size(path) + 10);
    const auto face = exporter->async_exporter();
    face->submit(records.batch(1), [](const detail::Outcome&) {});
    face->run(std::chrono::steady_clock::now() + 50ms);
    EXPECT_FALSE(face->idle());  // the batch is kept
    face->close(std::chrono::steady_clock::now());
  });
  expect_success(child);
  EXPECT_EQ(spans_in(all_unzipped(path)), 2U);
}

}  // namespace
}  // namespace weft::testing
