// SPDX-License-Identifier: Apache-2.0
#include "trace_store.hpp"

#include <gtest/gtest.h>

namespace viewer {
namespace {

using std::chrono::milliseconds;

ReceivedSpan span(const char* id, const char* parent, bool remote = false,
                  const char* trace = "t") {
  ReceivedSpan made;
  made.trace_id = trace;
  made.span_id = id;
  made.parent_id = parent;
  made.parent_is_remote = remote;
  return made;
}

/// A clock that the tests move.
struct TraceStoreTest : testing::Test {
  std::size_t whole_after(int ms) {
    now += milliseconds(ms);
    return store.take_whole(now).size();
  }
  TraceStore::Settings settings{.quiet = milliseconds(100),
                                .quiet_outside = milliseconds(500),
                                .outside_parent = "known",
                                .max_spans = 4};
  TraceStore store{settings};
  TraceStore::Clock::time_point now{};
};

TEST_F(TraceStoreTest, GivesATraceOnceItHasBeenQuiet) {
  store.add({span("a", ""), span("b", "a")}, now);
  EXPECT_EQ(whole_after(99), 0U);
  EXPECT_EQ(whole_after(1), 1U);
  EXPECT_EQ(whole_after(1000), 0U);
}

TEST_F(TraceStoreTest, WaitsAgainAfterEachNewSpan) {
  store.add({span("a", "")}, now);
  EXPECT_EQ(whole_after(60), 0U);
  store.add({span("b", "a")}, now);
  EXPECT_EQ(whole_after(60), 0U);
  EXPECT_EQ(whole_after(40), 1U);
}

TEST_F(TraceStoreTest, DoesNotGiveATraceWithAMissingParent) {
  store.add({span("a", ""), span("c", "b")}, now);
  EXPECT_EQ(whole_after(100'000), 0U);
  store.add({span("b", "a")}, now);
  EXPECT_EQ(whole_after(100), 1U);
}

TEST_F(TraceStoreTest, DoesNotGiveATraceWithTwoRoots) {
  store.add({span("a", ""), span("b", "")}, now);
  EXPECT_EQ(whole_after(100'000), 0U);
  EXPECT_EQ(store.take_rest().size(), 1U);
}

TEST_F(TraceStoreTest, WaitsLongerForATraceThatSeemsToHaveBegunOutside) {
  store.add({span("a", "elsewhere", true), span("b", "a")}, now);
  EXPECT_EQ(whole_after(499), 0U);
  EXPECT_EQ(whole_after(1), 1U);
}

TEST_F(TraceStoreTest, KnowsTheOutsideParentThatItWasTold) {
  store.add({span("a", "known", true)}, now);
  EXPECT_EQ(whole_after(100), 1U);
}

TEST_F(TraceStoreTest, DoesNotTakeAMissingLocalParentForOneOutside) {
  store.add({span("a", "elsewhere", false)}, now);
  EXPECT_EQ(whole_after(100'000), 0U);
}

TEST_F(TraceStoreTest, KeepsNothingBeyondItsBound) {
  EXPECT_TRUE(store.add({span("a", ""), span("b", "a"), span("c", "a")}, now));
  EXPECT_FALSE(store.add({span("d", "a"), span("e", "a")}, now));
  EXPECT_EQ(store.take_rest()[0].spans.size(), 3U);
  EXPECT_TRUE(store.add({span("d", "a"), span("e", "a")}, now));
}

TEST_F(TraceStoreTest, GivesTracesInTheOrderInWhichTheyBegan) {
  auto early = span("a", "", false, "z");
  early.start_ns = 1;
  auto late = span("b", "", false, "y");
  late.start_ns = 2;
  store.add({late, early}, now);
  const auto traces = store.take_whole(now + milliseconds(100));
  ASSERT_EQ(traces.size(), 2U);
  EXPECT_EQ(traces[0].id, "z");
}

}  // namespace
}  // namespace viewer
