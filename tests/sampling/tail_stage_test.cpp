// SPDX-License-Identifier: Apache-2.0
// The decision by itself: records are taken one by one, at times that the test says.
#include <gtest/gtest.h>

#include <chrono>
#include <cstring>
#include <string>
#include <vector>

#include "platform/clock.hpp"
#include "processor/tail_stage.hpp"
#include "sampling/asking.hpp"
#include "span/local_root.hpp"
#include "span/record_head.hpp"
#include "span/sampling_threshold.hpp"
#include "span/span_access.hpp"

namespace weft::testing {
namespace {

using namespace std::chrono_literals;
using detail::kRejectAll;
using detail::Record;
using detail::RecordPool;
using detail::TailPolicy;
using detail::TailStage;

TailPolicy policy() {
  return {.slow_after = 1s,
          .threshold = kRejectAll,
          .max_traces = 4,
          .max_bytes = 1U << 20U,
          .max_wait = 10s};
}

/// Spans that have ended, as they reach the stage.
class Tail {
 public:
  explicit Tail(const TailPolicy& given = policy(), std::size_t max_records = 100)
      : pool_(*RecordPool::open({.records = 512, .bytes = 1U << 20U})),
        stage_(given, max_records, pool_) {}

  struct Given {
    std::uint64_t trace = 1;
    std::uint16_t root = 1;
    bool is_root = false;
    bool has_failed = false;
    std::chrono::nanoseconds took = 1ms;
    std::uint8_t more_flags = 0;
  };
  void take(const char* name, const Given& given) {
    detail::ThreadData& thread = *detail::thread_data();
    Record& record = *pool_.acquire(thread);
    const SpanContext context(trace_of(given.trace), *SpanId::from_hex("b7ad6b7169203331"),
                              TraceFlags(static_cast<std::uint8_t>(1 | given.more_flags)));
    const auto now = static_cast<std::uint64_t>(detail::steady_now() + detail::unix_offset());
    const auto took = static_cast<std::uint64_t>(given.took.count());
    detail::start_record(pool_, record, thread,
                         {.context = &context,
                          .parent_id = {},
                          .parent_is_remote = false,
                          .kind = SpanKind::internal,
                          .start_time = now - took,
                          .scope = 0,
                          .resource = 0,
                          .record_only = false},
                         name);
    record.end_time = now;
    record.status_code = given.has_failed ? 2 : 0;
    record.local_root = detail::local_root_mark(given.root, given.is_root);
    stage_.take(record, now_);
  }
  void decide() {
    stage_.mark_ready();
    stage_.decide_marked(now_);
  }
  void wait(std::chrono::nanoseconds time) { now_ += time.count(); }
  TailStage& operator*() { return stage_; }
  TailStage* operator->() { return &stage_; }

  /// The names of what was kept since the last call, in order.
  std::vector<std::string> kept() { return names(stage_.kept()); }
  std::vector<std::string> let_go() { return names(stage_.let_go()); }

 private:
  std::vector<std::string> names(detail::RecordChain& chain) {
    std::vector<std::string> found;
    while (!chain.empty()) {
      Record& record = chain.pop(pool_);
      found.emplace_back(detail::SpanAccess::view(record).name());
      Record* const one[] = {&record};
      pool_.release(one);
    }
    return found;
  }

  RecordPool& pool_;
  TailStage stage_;
  std::int64_t now_ = 1'000'000;
};

using Names = std::vector<std::string>;

TEST(TailStage, HoldsWhatHasNoRootYet) {
  Tail tail;
  tail.take("child", {});
  tail.decide();
  EXPECT_EQ(tail->held(), 1U);
  EXPECT_EQ(tail.kept(), Names());
  EXPECT_EQ(tail.let_go(), Names());
}

TEST(TailStage, LetsGoOfWhatIsFastAndWell) {
  Tail tail;
  tail.take("child", {});
  tail.take("root", {.is_root = true});
  tail.decide();
  EXPECT_EQ(tail.let_go(), (Names{"child", "root"}));
  EXPECT_EQ(tail->held(), 0U);
}

TEST(TailStage, KeepsWhatIsBelowASlowRoot) {
  Tail tail;
  tail.take("child", {});
  tail.take("root", {.is_root = true, .took = 1s});
  tail.decide();
  EXPECT_EQ(tail.kept(), (Names{"child", "root"}));
}

TEST(TailStage, ASlowChildMakesNoSlowTrace) {
  Tail tail;
  tail.take("child", {.took = 2s});
  tail.take("root", {.is_root = true});
  tail.decide();
  EXPECT_EQ(tail.kept(), Names());
}

TEST(TailStage, KeepsWhatIsBelowAFailedRoot) {
  Tail tail;
  tail.take("child", {});
  tail.take("root", {.is_root = true, .has_failed = true});
  tail.decide();
  EXPECT_EQ(tail.kept(), (Names{"child", "root"}));
}

TEST(TailStage, KeepsATraceWhoseChildFailed) {
  Tail tail;
  tail.take("child", {.has_failed = true});
  tail.take("root", {.is_root = true});
  tail.decide();
  EXPECT_EQ(tail.kept(), (Names{"child", "root"}));
}

// The root's queue was emptied first.
TEST(TailStage, SeesWhatCameBetweenTheRootAndTheDecision) {
  Tail tail;
  tail.take("root", {.is_root = true});
  tail.take("child", {.has_failed = true});
  tail.decide();
  EXPECT_EQ(tail.kept(), (Names{"root", "child"}));
}

TEST(TailStage, DecidesOnlyWhatWasMarked) {
  Tail tail;
  tail.take("first", {.trace = 1, .is_root = true});
  tail->mark_ready();
  tail.take("second", {.trace = 2, .is_root = true});
  tail->decide_marked(0);
  EXPECT_EQ(tail.let_go(), Names{"first"});
  EXPECT_EQ(tail->held(), 1U);
}

TEST(TailStage, PicksAShareByTheTraceId) {
  TailPolicy half = policy();
  half.threshold = std::uint64_t{1} << 55U;
  Tail tail(half);
  tail.take("picked", {.trace = half.threshold, .is_root = true});
  tail.take("not picked", {.trace = half.threshold - 1, .is_root = true});
  tail.decide();
  EXPECT_EQ(tail.kept(), Names{"picked"});
}

TEST(TailStage, KeepsWhatACallerDebugs) {
  Tail tail;
  tail.take("root", {.is_root = true, .more_flags = TraceFlags::kDebug});
  tail.decide();
  EXPECT_EQ(tail.kept(), Names{"root"});
}

TEST(TailStage, LateChildrenFollowTheDecision) {
  Tail tail;
  tail.take("slow", {.trace = 1, .is_root = true, .took = 2s});
  tail.take("fast", {.trace = 2, .is_root = true});
  tail.decide();
  tail.take("late, kept", {.trace = 1});
  tail.take("late, let go", {.trace = 2, .has_failed = true});
  EXPECT_EQ(tail.kept(), (Names{"slow", "late, kept"}));
  EXPECT_EQ(tail.let_go(), (Names{"fast", "late, let go"}));
}

TEST(TailStage, DecidesForEachLocalRootOfATrace) {
  Tail tail;
  tail.take("child of 1", {.root = 1});
  tail.take("child of 2", {.root = 2});
  tail.take("root 1", {.root = 1, .is_root = true});
  tail.decide();
  EXPECT_EQ(tail.let_go(), (Names{"child of 1", "root 1"}));
  tail.take("root 2", {.root = 2, .is_root = true, .has_failed = true});
  tail.decide();
  EXPECT_EQ(tail.kept(), (Names{"child of 2", "root 2"}));
}

TEST(TailStage, KeepsTheRestOfATraceOfWhichAPartWasKept) {
  Tail tail;
  tail.take("root 1", {.root = 1, .is_root = true, .has_failed = true});
  tail.decide();
  tail.take("child of 2", {.root = 2});
  tail.take("root 2", {.root = 2, .is_root = true});
  tail.decide();
  EXPECT_EQ(tail.kept(), (Names{"root 1", "child of 2", "root 2"}));
}

TEST(TailStage, GivesUpAfterTheLongestWait) {
  Tail tail;
  tail.take("child", {});
  tail.wait(10s - 1ns);
  tail.decide();
  EXPECT_EQ(tail->held(), 1U);
  tail.wait(1ns);
  tail.decide();
  EXPECT_EQ(tail.let_go(), Names{"child"});
}

TEST(TailStage, KeepsWhatItGivesUpIfItHasFailed) {
  Tail tail;
  tail.take("child", {.has_failed = true});
  tail.wait(10s);
  tail.decide();
  EXPECT_EQ(tail.kept(), Names{"child"});
}

TEST(TailStage, KeepsWhatItGivesUpIfItIsSlowByNow) {
  Tail tail;
  tail.take("child", {.took = 1s});
  tail.wait(10s);
  tail.decide();
  EXPECT_EQ(tail.kept(), Names{"child"});
}

TEST(TailStage, KeepsALateRootThatTurnsOutSlow) {
  Tail tail;
  tail.take("child", {});
  tail.wait(10s);
  tail.decide();
  tail.take("root", {.is_root = true, .took = 20s});
  EXPECT_EQ(tail.kept(), Names{"root"});
  tail.take("later", {});
  EXPECT_EQ(tail.kept(), Names{"later"});
}

TEST(TailStage, SaysWhenItGivesUp) {
  Tail tail;
  EXPECT_EQ(tail->next_give_up(), std::numeric_limits<std::int64_t>::max());
  tail.take("child", {});
  EXPECT_EQ(tail->next_give_up(), 1'000'000 + 10'000'000'000);
}

TEST(TailStage, DecidesTheOldestWhereThereAreTooManyTraces) {
  Tail tail;
  for (const std::uint64_t trace : {1U, 2U, 3U, 4U}) tail.take("waits", {.trace = trace});
  EXPECT_EQ(tail->held(), 4U);
  tail.take("one more", {.trace = 5});
  EXPECT_EQ(tail->held(), 4U);
  EXPECT_EQ(tail.let_go(), Names{"waits"});
}

TEST(TailStage, DecidesThoseFirstWhoseRootHasEnded) {
  Tail tail;
  tail.take("waits", {.trace = 1});
  tail.take("root", {.trace = 2, .is_root = true});
  tail.take("waits", {.trace = 3});
  tail.take("waits", {.trace = 4});
  tail.take("one more", {.trace = 5});
  EXPECT_EQ(tail.let_go(), Names{"root"});
}

TEST(TailStage, HoldsNoMoreRecordsThanItMay) {
  Tail tail(policy(), 3);
  for (int i = 0; i < 4; ++i) tail.take("child", {});
  EXPECT_EQ(tail->held(), 0U);
  EXPECT_EQ(tail.let_go().size(), 4U);
}

TEST(TailStage, HoldsNoMoreBytesThanItMay) {
  TailPolicy small = policy();
  small.max_bytes = 2 * detail::kRecordSize;
  Tail tail(small);
  tail.take("first", {.trace = 1});
  tail.take("second", {.trace = 2});
  EXPECT_EQ(tail->held(), 2U);
  tail.take("third", {.trace = 3});
  EXPECT_EQ(tail.let_go(), Names{"first"});
}

TEST(TailStage, DecidesAllAtTheEnd) {
  Tail tail;
  tail.take("waits", {.trace = 1});
  tail.take("failed", {.trace = 2, .has_failed = true});
  tail->decide_all();
  EXPECT_EQ(tail->held(), 0U);
  EXPECT_EQ(tail.kept(), Names{"failed"});
}

// Many more traces than it remembers go through the table.
TEST(TailStage, ForgetsOldDecisionsAndNothingElse) {
  Tail tail;
  tail.take("waits", {.trace = 0});
  for (std::uint64_t trace = 1; trace < 1000; ++trace) {
    tail.take("root", {.trace = trace, .is_root = true, .has_failed = true});
    tail.decide();
    EXPECT_EQ(tail.kept(), Names{"root"});
  }
  EXPECT_EQ(tail->held(), 1U);
  tail.take("forgotten", {.trace = 1});
  EXPECT_EQ(tail->held(), 2U);
  tail.take("remembered", {.trace = 999});
  EXPECT_EQ(tail.kept(), Names{"remembered"});
}

TEST(LocalRoot, IsToldByTheLowestBitsOfTheClocksOffset) {
  const SpanId root = *SpanId::from_hex("ff0f000000000000");
  const std::int64_t offset = detail::local_root_offset(1'700'000'000'123'456'789, root);
  EXPECT_EQ(detail::local_root_mark(offset, false), 0xfff);
  EXPECT_NEAR(static_cast<double>(offset - 1'700'000'000'123'456'789), 0, 4096);
}

TEST(LocalRoot, IsNeverAnOffsetOfZero) { EXPECT_NE(detail::local_root_offset(0, SpanId()), 0); }

}  // namespace
}  // namespace weft::testing
