// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "sampling/asking.hpp"
#include "span/ot_entry.hpp"

namespace weft::testing {
namespace {

using detail::consistent_trace_state;
using detail::OtEntry;
using detail::read_ot_entry;
using detail::with_threshold;

constexpr std::uint64_t kHalf = std::uint64_t{1} << 55U;

TraceState state(std::string_view header) { return TraceState::from_header(header).value(); }

OtEntry entry(std::string_view value) {
  return read_ot_entry(state("a=1,ot=" + std::string(value)));
}

std::string with(std::string_view header, std::optional<std::uint64_t> threshold) {
  return with_threshold(state(header), threshold).to_string();
}

TEST(OtEntry, HoldsThresholdAndRandomnessInAnyOrder) {
  for (const char* text : {"th:8;rv:0123456789abcd", "rv:0123456789abcd;x:y;th:8"}) {
    EXPECT_EQ(entry(text).threshold, kHalf) << text;
    EXPECT_EQ(entry(text).randomness, 0x0123456789abcdU) << text;
  }
}

TEST(OtEntry, OfATraceStateWithoutOneIsEmpty) {
  EXPECT_FALSE(read_ot_entry(state("a=1")).names_threshold);
  EXPECT_FALSE(read_ot_entry({}).randomness);
}

TEST(OtEntry, WithABadThresholdStillHasItsRandomness) {
  const OtEntry bad = entry("th:XYZ;rv:0123456789abcd");
  EXPECT_TRUE(bad.names_threshold);
  EXPECT_EQ(bad.threshold, std::nullopt);
  EXPECT_EQ(bad.randomness, 0x0123456789abcdU);
}

TEST(OtEntry, ThatBreaksTheGrammarIsNone) {
  for (const char* text : {"th:8;", ";th:8", "th", "th:8;;a:b", "th:8;A:b", "th:8;1a:b",
                           "th:8;a:b c", "th:8;:b", "th:8;a:b:c"}) {
    EXPECT_FALSE(entry(text).names_threshold) << text;
  }
}

TEST(OtEntry, ThatNamesAKeyTwiceIsNone) {
  EXPECT_FALSE(entry("th:8;th:8").names_threshold);
  EXPECT_FALSE(entry("th:8;a:b;a:c").names_threshold);
}

TEST(OtEntry, OfTheGreatestSizeIsRead) {
  EXPECT_TRUE(entry("th:8;a:" + std::string(249, 'x')).names_threshold);
}

TEST(WithThreshold, PutsTheEntryFirstAndKeepsTheRest) {
  EXPECT_EQ(with("a=1,ot=rv:0123456789abcd;th:c;x:y,b=2", kHalf),
            "ot=th:8;rv:0123456789abcd;x:y,a=1,b=2");
}

TEST(WithThreshold, MakesTheEntryWhereThereIsNone) {
  EXPECT_EQ(with("a=1", 0), "ot=th:0,a=1");
  EXPECT_EQ(with("", kHalf), "ot=th:8");
}

TEST(WithThreshold, OfNoneErasesItAlone) {
  EXPECT_EQ(with("ot=th:8;rv:0123456789abcd,a=1", std::nullopt), "ot=rv:0123456789abcd,a=1");
}

TEST(WithThreshold, OfNoneErasesAnEntryThatHoldsNothingElse) {
  EXPECT_EQ(with("a=1,ot=th:8", std::nullopt), "a=1");
}

TEST(WithThreshold, NeverTouchesABadRandomness) {
  EXPECT_EQ(with("ot=rv:UPPER", kHalf), "ot=th:8;rv:UPPER");
}

TEST(WithThreshold, ReplacesAnEntryThatBreaksTheGrammar) {
  EXPECT_EQ(with("ot=th:8;,a=1", kHalf), "ot=th:8,a=1");
  EXPECT_EQ(with("ot=th:8;,a=1", std::nullopt), "a=1");
}

TEST(WithThreshold, LeavesOutAThresholdThatDoesNotFit) {
  const std::string full = "a:" + std::string(250, 'x');
  EXPECT_EQ(with("ot=" + full, kHalf), "ot=" + full);
}

TEST(WithThreshold, ThatChangesNothingSharesTheText) {
  const TraceState before = state("b=2,ot=th:8");
  EXPECT_EQ(with_threshold(before, kHalf).view().data(), before.view().data());
}

TEST(ConsistentTraceState, KeepsAThresholdThatAgreesWithTheFlag) {
  EXPECT_EQ(consistent_trace_state(state("ot=th:8"), true, kHalf).view(), "ot=th:8");
  EXPECT_EQ(consistent_trace_state(state("ot=th:8"), false, kHalf - 1).view(), "ot=th:8");
}

TEST(ConsistentTraceState, ErasesAThresholdThatContradictsTheFlag) {
  EXPECT_EQ(consistent_trace_state(state("ot=th:8"), true, kHalf - 1).view(), "");
  EXPECT_EQ(consistent_trace_state(state("ot=th:8"), false, kHalf).view(), "");
}

TEST(ConsistentTraceState, BelievesTheRandomnessGivenBeforeThatOfTheId) {
  EXPECT_EQ(consistent_trace_state(state("ot=th:8;rv:ffffffffffffff"), true, 0).view(),
            "ot=th:8;rv:ffffffffffffff");
}

TEST(ConsistentTraceState, AddsNoThreshold) {
  EXPECT_EQ(consistent_trace_state(state("ot=rv:ffffffffffffff"), true, 0).view(),
            "ot=rv:ffffffffffffff");
}

}  // namespace
}  // namespace weft::testing
