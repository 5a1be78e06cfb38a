// SPDX-License-Identifier: Apache-2.0
// One table for each production of tracestate: W3C Trace Context Level 2, 3.3.1.
#include "span/trace_state_grammar.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace {

using weft::detail::trace_state::kMaxListSize;
using weft::detail::trace_state::measure_list;
using weft::detail::trace_state::Member;
using weft::detail::trace_state::Next;
using weft::detail::trace_state::read_key;
using weft::detail::trace_state::read_member;
using weft::detail::trace_state::read_value;
using weft::detail::trace_state::read_white_space;

struct LengthCase {
  std::string text;
  std::size_t length;
};

TEST(TraceStateKey, Table) {
  const std::vector<LengthCase> table = {
      {"", 0},
      {"a", 1},
      {"0", 1},
      {"z9", 2},
      {"foo=1", 3},
      {"foo =1", 3},
      {"foo@=1", 4},
      {"foo@@bar=1", 8},
      {"foo@bar@baz=1", 11},
      {"a_-*/@=", 6},
      {"0foo", 4},
      {"@foo=1", 0},
      {"_foo", 0},
      {"-foo", 0},
      {"*foo", 0},
      {"/foo", 0},
      {"FOO", 0},
      {"fOO", 1},
      {"foo.bar", 3},
      {" foo", 0},
      {"\xC3\xA9", 0},
      {std::string("\0a", 2), 0},
      {std::string(256, 'z'), 256},
      {std::string(257, 'z'), 0},
      {std::string(242, 't') + "@v", 244},
      {std::string(257, 'z') + "=1", 0},
  };
  for (const auto& [text, length] : table) EXPECT_EQ(read_key(text), length) << text;
}

TEST(TraceStateValue, Table) {
  const std::vector<LengthCase> table = {
      {"", 0},
      {"1", 1},
      {"1,bar=2", 1},
      {"a b", 3},
      {" a", 2},
      {"   ", 0},
      {"a   ", 1},
      {"a \t", 1},
      {"a=b", 1},
      {"=", 0},
      {"a\tb", 1},
      {"!\"#$%&'()*+-./:;<>?@[\\]^_`{|}~", 30},
      {"a\x7F", 1},
      {"a\x1F", 1},
      {"a\x80", 1},
      {std::string("a\0b", 3), 1},
      {std::string(256, 'v'), 256},
      {std::string(257, 'v'), 0},
      {std::string(255, ' ') + "v", 256},
      {std::string(256, ' ') + "v", 0},
      {std::string(256, 'v') + "   ", 256},
  };
  for (const auto& [text, length] : table) EXPECT_EQ(read_value(text), length) << text;
}

TEST(TraceStateWhiteSpace, Table) {
  const std::vector<LengthCase> table = {
      {"", 0}, {"a", 0}, {" ", 1}, {"\t", 1}, {" \t \ta", 4}, {"\n", 0}, {"\r ", 0}, {"\v", 0},
  };
  for (const auto& [text, length] : table) EXPECT_EQ(read_white_space(text), length) << text;
}

TEST(TraceStateMember, Table) {
  struct Case {
    std::string_view list;
    Next next;
    std::string_view key;
    std::string_view value;
    std::string_view rest;
  };
  const std::vector<Case> table = {
      {"", Next::end, "", "", ""},
      {" \t", Next::end, "", "", ""},
      {",,, ,", Next::end, "", "", ""},
      {"a=1", Next::member, "a", "1", ""},
      {"a=1,", Next::member, "a", "1", ""},
      {"a=1,b=2", Next::member, "a", "1", "b=2"},
      {" ,\t, a=1 \t , b=2", Next::member, "a", "1", " b=2"},
      {"a= 1 ,b=2", Next::member, "a", " 1", "b=2"},
      {"a=1\t \t,b", Next::member, "a", "1", "b"},
      {"a=b c", Next::member, "a", "b c", ""},
      {"a", Next::malformed, "", "", ""},
      {"a,b=2", Next::malformed, "", "", ""},
      {"=1", Next::malformed, "", "", ""},
      {"a=", Next::malformed, "", "", ""},
      {"a=,b=2", Next::malformed, "", "", ""},
      {"a=  ,b=2", Next::malformed, "", "", ""},
      {"a =1", Next::malformed, "", "", ""},
      {"a=1=2", Next::malformed, "", "", ""},
      {"a=1\tx", Next::malformed, "", "", ""},
      {"a=1\n", Next::malformed, "", "", ""},
      {"A=1", Next::malformed, "", "", ""},
  };
  for (const Case& c : table) {
    std::string_view list = c.list;
    Member member;
    ASSERT_EQ(read_member(list, member), c.next) << c.list;
    if (c.next != Next::member) continue;
    EXPECT_EQ(member.key, c.key) << c.list;
    EXPECT_EQ(member.value, c.value) << c.list;
    EXPECT_EQ(list, c.rest) << c.list;
  }
}

std::string members(int count) {
  std::string list;
  for (int i = 0; i < count; ++i) list += (i ? ",k" : "k") + std::to_string(i) + "=v";
  return list;
}

TEST(TraceStateList, IsReadUpToItsLongest) {
  std::size_t size = 1;
  EXPECT_TRUE(measure_list(std::string(kMaxListSize, ','), size));
  EXPECT_EQ(size, 0U);
}

TEST(TraceStateList, IsRefusedBeyondItsLongest) {
  std::size_t size = 0;
  EXPECT_FALSE(measure_list("a=1" + std::string(kMaxListSize, ','), size));
}

TEST(TraceStateList, Table) {
  struct Case {
    std::string list;
    std::optional<std::size_t> size;
  };
  const std::vector<Case> table = {
      {"", 0},
      {" , ,", 0},
      {"a=1", 3},
      {"a=1,b=2", 7},
      {" a=1 ,, b=2 ,", 7},
      {"a=1,a=1", 7},
      {members(32), members(32).size()},
      {members(32) + ",,", members(32).size()},
      {members(33), std::nullopt},
      {"foo=bar=baz", std::nullopt},
      {"foo=", std::nullopt},
      {"@foo=1", std::nullopt},
      {"bar=2,@foo=1", std::nullopt},
      {"bar=2,foo", std::nullopt},
      {std::string(257, 'z') + "=1", std::nullopt},
      {"a=" + std::string(257, 'z'), std::nullopt},
  };
  for (const Case& c : table) {
    std::size_t size = 0;
    const bool is_good = measure_list(c.list, size);
    EXPECT_EQ(is_good ? std::optional(size) : std::nullopt, c.size) << c.list;
  }
}

}  // namespace
