// SPDX-License-Identifier: Apache-2.0
#include <weft/trace_state.hpp>

#include <gtest/gtest.h>

#include <string>

namespace {

using weft::TraceState;

TraceState state(std::string_view text) {
  const auto read = TraceState::from_header(text);
  EXPECT_TRUE(read) << text;
  return read.value_or(TraceState());
}

std::string members(int count) {
  std::string list;
  for (int i = 0; i < count; ++i) list += (i ? ",k" : "k") + std::to_string(i) + "=v";
  return list;
}

TEST(TraceState, KeepsTheTextOfANormalHeader) {
  EXPECT_EQ(state("rojo=00f067aa0ba902b7,congo=t61rcWkgMzE").view(),
            "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE");
}

TEST(TraceState, DropsWhiteSpaceAndEmptyMembers) {
  EXPECT_EQ(state(" foo=1 \t , \t bar=2,, \t baz=3\t,").view(), "foo=1,bar=2,baz=3");
}

TEST(TraceState, LeadingSpacesBelongToTheValue) { EXPECT_EQ(state("a=  b ").get("a"), "  b"); }

TEST(TraceState, AnEmptyHeaderIsAnEmptyState) {
  EXPECT_TRUE(state("").empty());
  EXPECT_TRUE(state(" ,, ").empty());
  EXPECT_EQ(state("").view(), "");
  EXPECT_EQ(state(""), TraceState());
}

TEST(TraceState, OneBadMemberCostsTheWholeList) {
  EXPECT_FALSE(TraceState::from_header("a=1,B=2"));
  EXPECT_FALSE(TraceState::from_header("a=1,b"));
}

TEST(TraceState, HoldsThirtyTwoMembersAndNoMore) {
  EXPECT_EQ(state(members(32)).view(), members(32));
  EXPECT_FALSE(TraceState::from_header(members(33)));
}

TEST(TraceState, HoldsTheLongestMembers) {
  std::string text;
  for (int i = 0; i < 32; ++i) {
    text += (i ? "," : "") + std::string(256, 'k') + "=" + std::string(256, 'v');
  }
  EXPECT_EQ(state(text).view(), text);
}

TEST(TraceState, GivesTheFirstOfARepeatedKey) { EXPECT_EQ(state("a=1,a=2").get("a"), "1"); }

TEST(TraceState, GivesNothingForAnAbsentKey) {
  EXPECT_FALSE(state("a=1").get("b"));
  EXPECT_FALSE(state("ab=1").get("a"));
  EXPECT_FALSE(TraceState().get("a"));
  EXPECT_FALSE(state("a=1").get(""));
}

TEST(TraceState, ANewKeyGoesLeftmost) {
  EXPECT_EQ(state("a=1,b=2").set("c", "3").view(), "c=3,a=1,b=2");
  EXPECT_EQ(TraceState().set("c", "3").view(), "c=3");
}

TEST(TraceState, AChangedKeyMovesLeftmostAndTheOthersKeepTheirOrder) {
  EXPECT_EQ(state("a=1,b=2,c=3").set("b", "x").view(), "b=x,a=1,c=3");
}

TEST(TraceState, AKeyThatWasThereTwiceIsThereOnceAfterSet) {
  EXPECT_EQ(state("a=1,b=2,a=3").set("a", "4").view(), "a=4,b=2");
}

TEST(TraceState, TheRightmostOfThirtyThreeIsDropped) {
  const TraceState full = state(members(32));
  const TraceState more = full.set("new", "x");
  EXPECT_EQ(more.get("new"), "x");
  EXPECT_TRUE(more.get("k30"));
  EXPECT_FALSE(more.get("k31"));
  EXPECT_TRUE(TraceState::from_header(more.view()));
}

TEST(TraceState, AChangeInAFullListDropsNobody) {
  const TraceState changed = state(members(32)).set("k31", "x");
  EXPECT_EQ(changed.get("k31"), "x");
  EXPECT_TRUE(changed.get("k30"));
}

TEST(TraceState, SetRefusesWhatTheGrammarRefuses) {
  const TraceState before = state("a=1");
  for (const auto& [key, value] :
       std::initializer_list<std::pair<std::string, std::string>>{{"", "v"},
                                                                  {"B", "v"},
                                                                  {"@b", "v"},
                                                                  {"b c", "v"},
                                                                  {"b=", "v"},
                                                                  {std::string(257, 'k'), "v"},
                                                                  {"b", ""},
                                                                  {"b", " "},
                                                                  {"b", "v "},
                                                                  {"b", "v,w"},
                                                                  {"b", "v=w"},
                                                                  {"b", "v\n"},
                                                                  {"b", "\x80"},
                                                                  {"b", std::string(257, 'v')}}) {
    EXPECT_EQ(before.set(key, value), before) << key << '=' << value;
  }
}

TEST(TraceState, EraseLeavesTheOthersInTheirOrder) {
  EXPECT_EQ(state("a=1,b=2,c=3").erase("b").view(), "a=1,c=3");
  EXPECT_EQ(state("a=1,b=2,a=3").erase("a").view(), "b=2");
  EXPECT_EQ(state("a=1").erase("x").view(), "a=1");
}

TEST(TraceState, ErasingTheLastMemberLeavesAnEmptyState) {
  const TraceState none = state("a=1").erase("a");
  EXPECT_TRUE(none.empty());
  EXPECT_EQ(none, TraceState());
}

TEST(TraceState, ACopyOutlivesTheOriginal) {
  TraceState copy;
  {
    const TraceState original = state("a=1");
    copy = original;
  }
  EXPECT_EQ(copy.view(), "a=1");
  TraceState moved = std::move(copy);
  EXPECT_EQ(moved.get("a"), "1");
}

TEST(TraceState, SetLeavesTheOriginalAlone) {
  const TraceState original = state("a=1");
  EXPECT_EQ(original.set("a", "2").view(), "a=2");
  EXPECT_EQ(original.view(), "a=1");
}

}  // namespace
