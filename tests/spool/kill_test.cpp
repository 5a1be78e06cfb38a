// SPDX-License-Identifier: Apache-2.0
// kill -9 at random instants under load from 8 threads, in the middle of overwrites among them: no
// finished span is missing, every open one is reported, no byte is unreadable.
#include "spool/killed.hpp"

#include <gtest/gtest.h>

#include <sys/mman.h>

#include <array>
#include <atomic>
#include <cstring>
#include <new>
#include <random>
#include <set>
#include <thread>

namespace {

using namespace std::chrono_literals;
using weft::testing::recover;
using weft::testing::Recovered;
using weft::testing::SpoolFolder;

constexpr weft::Tracer tracer{"kill"};
constexpr std::size_t kThreads = 8;
constexpr std::size_t kMost = 1U << 17U;  // spans of a thread
constexpr std::size_t kQueue = 20'000;

enum Step : std::uint8_t { none, opened, ending, ended };

// What the child did, in memory that outlives it.
struct Journal {
  std::atomic<int> running;
  std::array<std::array<std::atomic<std::uint8_t>, kMost>, kThreads> steps;
  std::array<std::array<std::atomic<std::uint8_t>, kMost>, kThreads> delivered;
  std::array<std::atomic<std::uint64_t>, kThreads> ended_count;
  std::array<std::atomic<std::uint64_t>, kThreads> delivered_count;
  // In an outage: how many spans a thread may have ended, and how many are in segments.
  std::array<std::atomic<std::uint64_t>, kThreads> allowed_count;
  std::atomic<std::uint64_t> spooled;
  std::atomic<std::uint64_t> dropped;
};

Journal* map_journal() {
  void* memory =
      mmap(nullptr, sizeof(Journal), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  return new (memory) Journal;
}

std::int64_t number_of(const weft::SpanData& span, std::string_view key) {
  const weft::AttributeValue* value = span.find(key);
  return value != nullptr ? std::get<std::int64_t>(*value) : -1;
}

// Says that a span was delivered before the record is freed.
struct Witness final : weft::SpanExporter {
  explicit Witness(Journal& j) : journal(j) {}
  weft::ExportResult export_spans(const weft::SpanBatch& batch) override {
    for (const weft::SpanView span : batch) {
      const auto thread = static_cast<std::size_t>(
          std::get<std::int64_t>(span.find("thread").value_or(std::int64_t{0})));
      const auto number = static_cast<std::size_t>(
          std::get<std::int64_t>(span.find("number").value_or(std::int64_t{0})));
      journal.delivered.at(thread).at(number) = 1;
      ++journal.delivered_count.at(thread);
    }
    return weft::ExportResult::success;
  }
  Journal& journal;
};

// As long as its first letter says, so that a torn one would be seen.
std::string patterned(std::size_t length) {
  return std::string(length, static_cast<char>('a' + length % 26));
}
bool is_patterned(const std::string& text) {
  return text.empty() || (text == std::string(text.size(), text[0]) &&
                          text[0] == static_cast<char>('a' + text.size() % 26));
}

template <class Span>
void overwrite(Span& span, std::mt19937& random) {
  for (int i = 0; i < 6; ++i) {
    span.set_attribute("overwritten", patterned(random() % 300));
    span.set_attribute("counter", i);
  }
  if (random() % 20 == 0) span.set_attribute("long", patterned(3000 + random() % 3000));
  if (random() % 10 == 0) span.update_name(patterned(1 + random() % 60));
}

// Paced: the queue is never full, for what finds no place in it is dropped.
bool must_wait(const Journal& journal, std::size_t thread, bool is_outage) {
  const std::uint64_t ended = journal.ended_count[thread];
  return is_outage ? ended >= journal.allowed_count[thread]
                   : ended - journal.delivered_count[thread] > 1500;
}

void work(Journal& journal, std::size_t thread, bool is_outage) {
  std::mt19937 random(static_cast<unsigned>(thread + 1));
  auto& steps = journal.steps[thread];
  for (std::size_t n = 0; n + 1 < kMost; n += 2) {
    auto outer = tracer.start("outer", {{"thread", thread}, {"number", n}});
    steps[n] = opened;
    overwrite(outer, random);
    {
      auto inner = tracer.start("inner", {{"thread", thread}, {"number", n + 1}});
      steps[n + 1] = opened;
      overwrite(inner, random);
      inner.add_event("event", {{"text", patterned(random() % 50)}});
      steps[n + 1] = ending;
      inner.end();
      steps[n + 1] = ended;
    }
    steps[n] = ending;
    outer.end();
    steps[n] = ended;
    journal.ended_count[thread] += 2;
    while (must_wait(journal, thread, is_outage)) std::this_thread::sleep_for(200us);
  }
}

// Lets the threads go on as fast as the worker copies what they end to segments.
[[noreturn]] void pace_outage(Journal& journal, const weft::Telemetry& telemetry) {
  for (;; std::this_thread::sleep_for(100us)) {
    const weft::Stats stats = telemetry.stats();
    journal.spooled = stats.spooled;
    journal.dropped = stats.dropped.total();
    const std::uint64_t held = stats.exporters[0].inflight;
    // The exporter has what it will get; by the next batch it is long enough that it did nothing.
    if (held > kQueue * 2 / 3 && stats.spooled == 0) std::this_thread::sleep_for(150ms);
    if (stats.live - std::min(stats.live, held) > 1000) continue;
    for (std::size_t i = 0; i < kThreads; ++i) {
      journal.allowed_count[i] = journal.ended_count[i] + 100;
    }
  }
}

[[noreturn]] void be_killed(Journal& journal, const std::filesystem::path& folder, bool is_outage) {
  weft::ExporterPtr exporter = std::make_shared<weft::testing::Silent>();
  if (!is_outage) exporter = std::make_shared<Witness>(journal);
  const auto telemetry = weft::init({.service_name = "killed",
                                     .exporters = {exporter},
                                     .batch = {.max_queue_size = kQueue, .schedule_delay = 5ms},
                                     .spool_dir = folder});
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < kThreads; ++i) {
    threads.emplace_back([&journal, i, is_outage] {
      ++journal.running;
      work(journal, i, is_outage);
    });
  }
  if (is_outage) pace_outage(journal, telemetry);
  for (;;) pause();
}

struct Found {
  std::set<std::int64_t> finished[kThreads];
  std::set<std::int64_t> unfinished[kThreads];
};

Found sort_out(const Recovered& recovered, bool may_come_twice) {
  Found found;
  for (const weft::SpanData& span : recovered.spans) {
    const bool is_unfinished = span.find("weft.unfinished") != nullptr;
    const std::int64_t thread = number_of(span, "thread");
    const std::int64_t number = number_of(span, "number");
    EXPECT_TRUE(is_unfinished || thread >= 0) << "a finished span without its attributes";
    if (thread < 0) continue;  // killed before it was started wholly
    auto& set = (is_unfinished ? found.unfinished : found.finished)[thread];
    EXPECT_TRUE(set.insert(number).second || may_come_twice) << "twice";
  }
  return found;
}

void expect_readable(const weft::SpanData& span) {
  EXPECT_TRUE(span.context.is_valid());
  int times = 0;
  for (const weft::Attribute& attribute : span.attributes) {
    if (attribute.key == "overwritten" || attribute.key == "long") {
      EXPECT_TRUE(is_patterned(std::get<std::string>(attribute.value)));
    }
    times += attribute.key == "overwritten" ? 1 : 0;
  }
  EXPECT_LE(times, 1) << "both the old and the new value";
}

void expect_all(const Journal& journal, const Found& found) {
  for (std::size_t thread = 0; thread < kThreads; ++thread) {
    for (std::size_t n = 0; n < kMost; ++n) {
      const auto step = journal.steps[thread][n].load();
      if (step == none && n % 2 == 0 && journal.steps[thread][n + 1].load() == none) break;
      const auto number = static_cast<std::int64_t>(n);
      const bool is_sent =
          journal.delivered[thread][n] != 0 || found.finished[thread].contains(number);
      const bool is_reported = found.unfinished[thread].contains(number);
      if (step == ended) {
        EXPECT_TRUE(is_sent) << "a finished span is missing: " << thread << "/" << n;
      }
      if (step == opened) {
        EXPECT_TRUE(is_reported) << "an open span is missing: " << thread << "/" << n;
      }
      if (step == ending) {
        EXPECT_TRUE(is_sent || is_reported) << thread << "/" << n;
      }
    }
  }
}

// In an outage a batch may be in a segment and in the pool at once: it is sent twice then.
void kill_and_recover(int rounds, bool is_outage) {
  std::mt19937 random(std::random_device{}());
  std::uint64_t spans = 0;
  std::uint64_t unfinished = 0;
  for (int round = 0; round < rounds && !testing::Test::HasFailure(); ++round) {
    const SpoolFolder folder;
    Journal* journal = map_journal();
    const pid_t child = fork();
    if (child == 0) be_killed(*journal, folder.path(), is_outage);
    while (journal->running < static_cast<int>(kThreads)) std::this_thread::sleep_for(1ms);
    while (is_outage && journal->spooled == 0) std::this_thread::sleep_for(1ms);
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 80'000));
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    const Recovered recovered = recover(folder.path());
    EXPECT_EQ(recovered.stats.recovered, recovered.spans.size());
    EXPECT_TRUE(recovered.errors.empty()) << recovered.errors[0].what;
    for (const weft::SpanData& span : recovered.spans) expect_readable(span);
    const Found found = sort_out(recovered, is_outage);
    expect_all(*journal, found);
    EXPECT_EQ(journal->dropped, 0U);
    // A segment that was just being made is nobody's, and goes a minute later.
    EXPECT_TRUE(folder.files().empty());
    EXPECT_TRUE(folder.files(".damaged").empty());
    spans += recovered.spans.size();
    for (const auto& set : found.unfinished) unfinished += set.size();
    munmap(journal, sizeof(Journal));
  }
  std::printf("%d kills: %llu spans recovered, %llu of them unfinished\n", rounds,
              static_cast<unsigned long long>(spans), static_cast<unsigned long long>(unfinished));
  EXPECT_GT(unfinished, 0U);
}

bool is_long() { return std::getenv("WEFT_LONG") != nullptr; }

TEST(Kill, LosesNoFinishedSpanAndReportsEveryOpenOne) {
  kill_and_recover(is_long() ? 200 : 25, false);
}

TEST(Kill, InALongOutageLosesNoFinishedSpanEither) { kill_and_recover(is_long() ? 40 : 4, true); }

TEST(Kill, KeepsWhatATailDecisionWasNotMadeAbout) {
  const SpoolFolder folder;
  weft::Options options;
  options.sampler = weft::samplers::keep_slow_and_failed({.slow_after = 1h});
  const pid_t child = weft::testing::run_and_kill(
      folder.path(),
      [] {
        static auto root = tracer.start("open root");
        auto undecided = tracer.start("undecided child");
        undecided.end();
        std::this_thread::sleep_for(50ms);  // for the worker to take it
        raise(SIGKILL);
      },
      std::move(options));
  ASSERT_NE(child, -1);
  std::set<std::string> names;
  for (const weft::SpanData& span : recover(folder.path()).spans) names.insert(span.name);
  EXPECT_EQ(names, (std::set<std::string>{"open root", "undecided child"}));
}

}  // namespace
