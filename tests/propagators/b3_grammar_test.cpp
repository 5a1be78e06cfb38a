// SPDX-License-Identifier: Apache-2.0
// One table for each production of B3: openzipkin/b3-propagation.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "b3_headers.hpp"
#include "propagators/support.hpp"

namespace {

using weft::TraceFlags;

constexpr unsigned kDeny = 0;
constexpr unsigned kAccept = TraceFlags::kSampled;
constexpr unsigned kDebug = TraceFlags::kSampled | TraceFlags::kDebug;
constexpr unsigned kDefer = TraceFlags::kDeferred;

const std::string kTrace = "80f198ee56343ba864fe8b2a57d3eff7";
const std::string kHalf = "64fe8b2a57d3eff7";
const std::string kSpan = "e457b5a2e4d86bd1";
const std::string kParent = "05e3ac9a4f6e3b90";

struct StateCase {
  std::string text;
  std::optional<unsigned> flags;
};

template <class Read>
void expect_states(const std::vector<StateCase>& table, Read read) {
  for (const StateCase& c : table) {
    const std::optional<TraceFlags> flags = read(c.text);
    ASSERT_EQ(flags.has_value(), c.flags.has_value()) << c.text;
    EXPECT_EQ(flags.value_or(TraceFlags()).bits(), c.flags.value_or(0)) << c.text;
  }
}

TEST(B3TraceId, Table) {
  struct Case {
    std::string text;
    std::string id;  // "" when it is none
  };
  const std::vector<Case> table = {
      {kTrace, kTrace},
      {kHalf, std::string(16, '0') + kHalf},
      {std::string(16, '0') + kHalf, std::string(16, '0') + kHalf},
      {kTrace.substr(0, 16) + std::string(16, '0'), kTrace.substr(0, 16) + std::string(16, '0')},
      {"", ""},
      {"1", ""},
      {kHalf.substr(1), ""},
      {kHalf + "0", ""},
      {kTrace.substr(1), ""},
      {kTrace + "0", ""},
      {std::string(16, '0'), ""},
      {std::string(32, '0'), ""},
      {"80F198EE56343BA864FE8B2A57D3EFF7", ""},
      {"g4fe8b2a57d3eff7", ""},
      {" 4fe8b2a57d3eff7", ""},
  };
  for (const Case& c : table) {
    const auto id = weft::b3::read_trace_id(c.text);
    EXPECT_EQ(id ? id->to_hex() : "", c.id) << c.text;
  }
}

TEST(B3ParentId, Table) {
  for (const std::string& good : {kParent, std::string(16, '0')}) {
    EXPECT_TRUE(weft::b3::is_parent_id(good)) << good;
  }
  for (const std::string& bad : {std::string(), std::string("-"), std::string("0"), kParent + "0",
                                 kParent.substr(1), std::string(16, 'A')}) {
    EXPECT_FALSE(weft::b3::is_parent_id(bad)) << bad;
  }
}

TEST(B3SamplingState, Table) {
  expect_states({{"0", kDeny},
                 {"1", kAccept},
                 {"d", kDebug},
                 {"", {}},
                 {"D", {}},
                 {"2", {}},
                 {"3", {}},
                 {"01", {}},
                 {"true", {}},
                 {"-", {}}},
                weft::b3::read_state);
}

TEST(B3Sampled, Table) {
  expect_states({{"0", kDeny},
                 {"1", kAccept},
                 {"false", kDeny},
                 {"true", kAccept},
                 {"False", kDeny},
                 {"TRUE", kAccept},
                 {"", {}},
                 {"d", {}},
                 {"2", {}},
                 {"3", {}},
                 {"01", {}},
                 {"yes", {}}},
                weft::b3::read_sampled);
}

TEST(B3Single, TableOfGoodOnes) {
  struct Case {
    std::string text;
    std::string trace;  // "" for a decision
    unsigned flags;
  };
  const std::string ids = kTrace + "-" + kSpan;
  const std::string padded = std::string(16, '0') + kHalf;
  const std::vector<Case> table = {
      {ids, kTrace, kDefer},
      {ids + "-0", kTrace, kDeny},
      {ids + "-1", kTrace, kAccept},
      {ids + "-d", kTrace, kDebug},
      {ids + "-0-" + kParent, kTrace, kDeny},
      {ids + "-1-" + kParent, kTrace, kAccept},
      {ids + "-d-" + kParent, kTrace, kDebug},
      {kHalf + "-" + kSpan, padded, kDefer},
      {kHalf + "-" + kSpan + "-1", padded, kAccept},
      {kHalf + "-" + kSpan + "-1-" + kParent, padded, kAccept},
      {"0", "", kDeny},
      {"1", "", kAccept},
      {"d", "", kDebug},
  };
  for (const Case& c : table) {
    const auto span = weft::b3::read_single(c.text);
    ASSERT_TRUE(span) << c.text;
    EXPECT_EQ(span->is_valid(), !c.trace.empty()) << c.text;
    EXPECT_EQ(span->is_decision(), c.trace.empty()) << c.text;
    EXPECT_TRUE(span->is_remote()) << c.text;
    EXPECT_EQ(span->is_valid() ? span->trace_id().to_hex() : "", c.trace) << c.text;
    EXPECT_EQ(span->span_id().to_hex(), c.trace.empty() ? std::string(16, '0') : kSpan) << c.text;
    EXPECT_EQ(span->trace_flags().bits(), c.flags) << c.text;
  }
}

TEST(B3Single, TableOfBadOnes) {
  const std::string ids = kTrace + "-" + kSpan;
  const std::vector<std::string> table = {
      "",
      "-",
      "--",
      "---",
      "2",
      "D",
      "true",
      "0-",
      "-0",
      "not-a-tracer",
      kTrace,
      kTrace + "-",
      kTrace + "-1",
      kTrace + kSpan,
      "-" + kSpan,
      ids + "-",
      ids + "-2",
      ids + "-3",
      ids + "-D",
      ids + "-true",
      ids + "-" + kParent,
      ids + "--" + kParent,
      ids + "-1-",
      ids + "-1--",
      ids + "-1-" + kParent + "-",
      ids + "-1-" + kParent + "-1",
      ids + "-1-" + kParent.substr(1),
      ids + "1",
      ids + ".1",
      kTrace + "-" + std::string(16, '0') + "-1",
      std::string(32, '0') + "-" + kSpan + "-1",
      kTrace.substr(1) + "-" + kSpan + "-1",
      kTrace + "-" + kSpan.substr(1) + "-1",
      "80F198EE56343BA864FE8B2A57D3EFF7-" + kSpan + "-1",
      kTrace + "-E457B5A2E4D86BD1-1",
      ids + "-1" + std::string(1, '\0'),
      ids + "-1\x80",
  };
  for (const std::string& text : table) EXPECT_FALSE(weft::b3::read_single(text)) << text;
}

TEST(B3Single, EveryPrefixIsBadOrWhole) {
  const std::string good = kTrace + "-" + kSpan + "-1-" + kParent;
  const std::vector<std::size_t> whole = {49, 51, good.size()};  // ids, a state, a parent
  for (std::size_t size = 0; size <= good.size(); ++size) {
    const bool is_whole = std::ranges::find(whole, size) != whole.end();
    EXPECT_EQ(weft::b3::read_single(good.substr(0, size)).has_value(), is_whole) << size;
  }
}

}  // namespace
