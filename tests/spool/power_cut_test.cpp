// SPDX-License-Identifier: Apache-2.0
// A power cut, simulated: the file of a killed process is cut off, and pages of 4 KiB of it come
// back as noise, zeros or another page. What is untouched is delivered as it was, nothing is made
// up, and nobody dies of it.
#include "span/pool_mapping.hpp"
#include "span/record.hpp"
#include "spool/killed.hpp"
#include "spool/pages.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <utility>

namespace {

using weft::detail::kRecordSize;
using weft::detail::PoolHeader;
using weft::detail::PoolLayout;
using weft::testing::kPage;
using weft::testing::Pages;
using weft::testing::recover;
using weft::testing::Recovered;
using weft::testing::run_and_kill;
using weft::testing::SpoolFolder;

constexpr weft::Tracer tracer{"power"};
constexpr int kSpans = 300;
constexpr int kOpen = 20;  // the last ones

// Every 16 bytes of what span n holds say that it is n's.
std::string text_of(int n, std::size_t size) {
  char mark[17];
  std::snprintf(mark, sizeof mark, "<%06d>-------|", n);
  std::string text;
  while (text.size() < size) text += mark;
  return text;
}
std::string long_text_of(int n) { return n % 7 == 0 ? text_of(n, 6000) : std::string(); }

void record_spans() {
  std::vector<weft::DetachedSpan> open;
  for (int n = 0; n < kSpans; ++n) {
    weft::DetachedSpan span = tracer.start_detached("span", {{"n", n}});
    span.set_attribute("text", "replaced");
    span.set_attribute("text", text_of(n, 48));
    if (n % 7 == 0) span.set_attribute("long", long_text_of(n));
    if (n >= kSpans - kOpen) open.push_back(std::move(span));
  }
  raise(SIGKILL);
}

/// The file of a killed process, and which pages hold something of which span.
struct Killed {
  Pages file;
  std::filesystem::path name;
  std::map<int, std::set<std::size_t>> pages_of;

  explicit Killed(const SpoolFolder& folder) {
    run_and_kill(folder.path(), record_spans);
    const auto files = folder.files();
    if (files.size() != 1) return;
    name = files[0].filename();
    file = Pages::read(files[0]);
    for (const auto& [number, page] : file.used) {
      for (std::size_t at = page.find('<'); at != std::string::npos; at = page.find('<', at + 1)) {
        if (at + 8 > page.size() || page[at + 7] != '>') continue;
        // No record and no chunk's link lies in another page than its first mark does.
        pages_of[std::atoi(page.substr(at + 1, 6).c_str())].insert(number);
      }
    }
  }
};

/// One power cut's damage to a copy of the file.
struct Damage {
  Pages file;
  std::set<std::size_t> pages;
  bool has_header = true;

  Damage(const Killed& killed, unsigned seed) : file(killed.file), random_(seed) {
    for (const auto& [number, page] : file.used) numbers_.push_back(number);
    if (seed % 2 == 0) file.used[0][offsetof(PoolHeader, boot_id)] ^= 1;  // another boot
    const std::size_t count = random_() % 12;
    for (std::size_t i = 0; i < count; ++i) spoil(any());
    if (seed % 5 == 0) scramble_tail();
    if (seed % 3 == 0) cut(any() * kPage + random_() % kPage);
    has_header = !pages.contains(0);
  }

 private:
  std::size_t any() { return numbers_[random_() % numbers_.size()]; }
  void spoil(std::size_t number) {
    if (number == 0 && random_() % 4 != 0) return;  // without it there is nothing to see
    pages.insert(number);
    std::string& page = file.used[number];
    switch (random_() % 4) {
      case 0:
        page.assign(kPage, '\0');
        break;
      case 1:
        page = std::string(file.used[any()]);
        break;
      case 2:
        for (int i = 0; i < 8; ++i)
          page[random_() % kPage] ^= static_cast<char>(1U << random_() % 8);
        break;
      default:
        for (char& byte : page) byte = static_cast<char>(random_());
    }
  }
  void cut(std::size_t size) {
    for (const std::size_t number : numbers_) {
      if ((number + 1) * kPage > size) pages.insert(number);
    }
    file.size = size;
  }
  void scramble_tail() {
    for (std::size_t i = random_() % 20; i > 0; --i) spoil(numbers_[numbers_.size() - i]);
  }
  std::vector<std::size_t> numbers_;
  std::mt19937 random_;
};

bool is_untouched(const Killed& killed, const Damage& damage, int n) {
  for (const std::size_t page : killed.pages_of.at(n)) {
    if (damage.pages.contains(page)) return false;
  }
  return true;
}

std::string text(const weft::SpanData& span, std::string_view key) {
  const weft::AttributeValue* value = span.find(key);
  return value != nullptr && std::holds_alternative<std::string>(*value)
             ? std::get<std::string>(*value)
             : std::string();
}

struct Found {
  std::set<int> whole;  // as they were
  std::set<int> read;   // at least their inline text is
};

Found sort_out(const Recovered& recovered) {
  Found found;
  for (const weft::SpanData& span : recovered.spans) {
    const weft::AttributeValue* number = span.find("n");
    if (number == nullptr || !std::holds_alternative<std::int64_t>(*number)) continue;
    const auto n = static_cast<int>(std::get<std::int64_t>(*number));
    if (n < 0 || n >= kSpans) continue;
    const bool is_read = text(span, "text") == text_of(n, 48) && span.name == "span" &&
                         (span.find("weft.unfinished") != nullptr) == (n >= kSpans - kOpen);
    if (is_read) found.read.insert(n);
    if (is_read && text(span, "long") == long_text_of(n)) found.whole.insert(n);
  }
  return found;
}

TEST(PowerCut, CostsOnlyWhatItDamagedAndTheRestIsCounted) {
  const unsigned seeds = std::getenv("WEFT_LONG") != nullptr ? 1000 : 120;
  const SpoolFolder made;
  const Killed killed(made);
  ASSERT_EQ(killed.pages_of.size(), static_cast<std::size_t>(kSpans));
  std::size_t delivered = 0;
  std::size_t missing = 0;
  for (unsigned seed = 0; seed < seeds && !HasFailure(); ++seed) {
    const SpoolFolder folder;
    const Damage damage(killed, seed);
    damage.file.write(folder.path() / killed.name);
    const Recovered recovered = recover(folder.path());
    const Found found = sort_out(recovered);
    delivered += recovered.spans.size();
    EXPECT_EQ(recovered.stats.recovered, recovered.spans.size());
    for (const weft::SpanData& span : recovered.spans) EXPECT_TRUE(span.context.is_valid());
    if (!damage.has_header) continue;  // whatever it says now, it was read or put aside
    for (int n = 0; n < kSpans; ++n) {
      missing += found.whole.contains(n) ? 0 : 1;
      if (!is_untouched(killed, damage, n) || found.whole.contains(n)) continue;
      // Its chunks may have been taken for those of a damaged record: then that is told.
      EXPECT_TRUE(found.read.contains(n)) << "span " << n << ", seed " << seed;
      EXPECT_EQ(recovered.errors.size(), 1U) << "span " << n << ", seed " << seed;
    }
    EXPECT_TRUE(std::filesystem::is_empty(folder.path())) << "seed " << seed;
    EXPECT_LE(recovered.errors.size(), 1U) << "seed " << seed;
    if (damage.pages.empty()) {
      EXPECT_TRUE(recovered.errors.empty()) << recovered.errors[0].what;
    }
  }
  std::printf("%u power cuts: %zu spans delivered, %zu spoiled or lost\n", seeds, delivered,
              missing);
}

TEST(PowerCut, ARecordOfNoiseIsCountedAsLost) {
  const SpoolFolder made;
  const Killed killed(made);
  const SpoolFolder folder;
  Pages file = killed.file;
  std::mt19937 random(1);
  std::string noise(kRecordSize, '\0');
  for (char& byte : noise) byte = static_cast<char>(random());
  const auto state = static_cast<std::uint32_t>(weft::detail::RecordState::ended);
  std::memcpy(noise.data() + offsetof(weft::detail::Record, state), &state, sizeof state);
  noise[offsetof(weft::detail::Record, flags)] = 0;
  file.put(PoolLayout::records_at() + kRecordSize * 5, noise);
  file.write(folder.path() / killed.name);
  const Recovered recovered = recover(folder.path());
  EXPECT_EQ(recovered.spans.size(), kSpans - 1U);
  ASSERT_EQ(recovered.errors.size(), 1U);
  EXPECT_NE(recovered.errors[0].what.find("1 spans could not be read"), std::string::npos)
      << recovered.errors[0].what;
}

}  // namespace
