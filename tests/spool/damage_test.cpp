// SPDX-License-Identifier: Apache-2.0
// Files that a power cut, another version or somebody else has changed.
#include "spool/killed.hpp"
#include "spool/pages.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>

#include <cstring>
#include <fstream>
#include <random>
#include <set>

namespace {

using weft::testing::Pages;
using weft::testing::recover;
using weft::testing::Recovered;
using weft::testing::run_and_kill;
using weft::testing::SpoolFolder;

constexpr weft::Tracer tracer{"spool"};
constexpr int kSpans = 200;

// 200 spans, some of which go on in chunks; "n" is their number.
void record_spans() {
  for (int i = 0; i < kSpans; ++i) {
    auto span = tracer.start("span", {{"n", i}, {"text", "0123456789"}});
    span.add_event("event", {{"list", std::vector<int>{1, 2, 3}}});
    if (i % 10 == 0) span.set_attribute("long", std::string(7000, 'x'));
  }
}

struct Damaged : testing::Test {
  const SpoolFolder folder;
  std::filesystem::path file;
  void SetUp() override {
    run_and_kill(folder.path(), record_spans);
    ASSERT_EQ(folder.files().size(), 1U);
    file = folder.files()[0];
  }
  void put(std::size_t offset, std::string_view bytes) const {
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    stream.seekp(static_cast<std::streamoff>(offset));
    stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }
  // The header and more than all records.
  std::string bytes() const {
    std::string found(std::size_t{1} << 20U, '\0');
    std::ifstream stream(file, std::ios::binary);
    stream.read(found.data(), static_cast<std::streamsize>(found.size()));
    return found;
  }
  // Where the record of the nth span begins: its number of 1024 bytes holds its name.
  std::size_t first_record() const {
    const std::string all = bytes();
    return all.find("span", 280'000) / 1024 * 1024;
  }
};

std::set<std::int64_t> numbers(const Recovered& recovered) {
  std::set<std::int64_t> found;
  for (const weft::SpanData& span : recovered.spans) {
    const weft::AttributeValue* n = span.find("n");
    if (n != nullptr && std::holds_alternative<std::int64_t>(*n)) {
      found.insert(std::get<std::int64_t>(*n));
    }
  }
  return found;
}

TEST_F(Damaged, NothingIsLostOfAWholeFile) {
  const Recovered recovered = recover(folder.path());
  EXPECT_EQ(numbers(recovered).size(), 200U);
  EXPECT_TRUE(recovered.errors.empty());
}

TEST_F(Damaged, ATruncatedFileGivesWhatItHasAndCountsTheRest) {
  const std::size_t cut = first_record() + 100 * 1024 + 200;
  std::filesystem::resize_file(file, cut);
  const Recovered recovered = recover(folder.path());
  EXPECT_GE(recovered.spans.size(), 100U);
  EXPECT_LE(recovered.spans.size(), 102U);
  ASSERT_EQ(recovered.errors.size(), 1U);
  EXPECT_NE(recovered.errors[0].what.find("could not be read"), std::string::npos);
  EXPECT_EQ(folder.files().size(), 0U);
}

TEST_F(Damaged, AFileOfAnotherVersionIsLeftAlone) {
  put(8, std::string_view("\x63\0\0\0", 4));
  const Recovered recovered = recover(folder.path());
  EXPECT_EQ(recovered.spans.size(), 0U);
  EXPECT_EQ(recovered.errors.size(), 1U);
  EXPECT_EQ(folder.files().size(), 1U);
}

TEST_F(Damaged, AFileOfAnotherLayoutIsLeftAlone) {
  put(20, std::string_view("\x63\0\0\0", 4));  // the size of a record
  EXPECT_EQ(recover(folder.path()).errors.size(), 1U);
  EXPECT_EQ(folder.files().size(), 1U);
}

TEST_F(Damaged, AFileThatBeginsWithSomethingElseIsPutAside) {
  put(0, "garbage!");
  EXPECT_EQ(recover(folder.path()).errors.size(), 1U);
  EXPECT_EQ(folder.files(".damaged").size(), 1U);
}

TEST_F(Damaged, AnEmptyFileIsPutAside) {
  std::filesystem::resize_file(file, 0);
  EXPECT_EQ(recover(folder.path()).errors.size(), 1U);
  EXPECT_EQ(folder.files(".damaged").size(), 1U);
}

// The tail is random bytes, as after a power cut: what lies before it comes whole.
TEST_F(Damaged, AScrambledTailCostsNothingBeforeIt) {
  const std::string whole = bytes();
  const std::size_t begin = first_record();
  const Pages copy = Pages::read(file);
  for (unsigned seed = 0; seed < 30; ++seed) {
    std::mt19937 random(seed);
    const auto kept = static_cast<std::size_t>(random() % 200);
    copy.write(file);
    std::string noise(seed % 3 == 0 ? 200 * 1024 : 1024 * (200 - kept), '\0');
    for (char& byte : noise) {
      // Some records nearly right, some wholly wrong.
      if (random() % (seed % 2 == 0 ? 1U : 97U) == 0) byte = static_cast<char>(random());
    }
    if (seed % 2 == 1) {
      for (std::size_t i = 0; i < noise.size(); ++i) {
        if (noise[i] == 0) noise[i] = whole[begin + kept * 1024 + i];
      }
    }
    put(begin + kept * 1024, noise);
    const Recovered recovered = recover(folder.path());
    const std::set<std::int64_t> found = numbers(recovered);
    for (const weft::SpanData& span : recovered.spans) EXPECT_TRUE(span.context.is_valid());
    std::size_t before = 0;
    for (const std::int64_t n : found) before += n < static_cast<std::int64_t>(kept) ? 1 : 0;
    // Records are leased in blocks from the first on, by one thread: in the order of the spans.
    EXPECT_GE(before + 1, kept) << "seed " << seed;
    EXPECT_EQ(folder.files().size(), 0U) << "seed " << seed;
  }
}

}  // namespace
