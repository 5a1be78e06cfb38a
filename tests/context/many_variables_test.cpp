// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <weft/context.hpp>

#include <deque>
#include <string>

namespace {

constexpr int kMany = 300;

// Made at run time and never destroyed, as variables are.
const std::deque<weft::ContextVar<std::string>>& variables() {
  static const auto* const made = [] {
    auto* list = new std::deque<weft::ContextVar<std::string>>;
    for (int i = 0; i < kMany; ++i) list->emplace_back("one of many");
    return list;
  }();
  return *made;
}

weft::Context with_all() {
  weft::Context context;
  context.run([] {
    for (std::size_t i = 0; i < kMany; ++i) variables()[i].set(std::to_string(i));
  });
  return context;
}

TEST(ManyVariables, KeepTheirValues) {
  const weft::Context context = with_all();
  for (std::size_t i = 0; i < kMany; ++i) {
    ASSERT_EQ(context.get(variables()[i]), std::to_string(i));
  }
}

TEST(ManyVariables, AreCounted) { EXPECT_EQ(with_all().size(), std::size_t{kMany}); }

TEST(ManyVariables, AreCopiedWhenOneChanges) {
  const weft::Context original = with_all();
  weft::Context copy = original;
  copy.run([] { variables()[150].set("changed"); });
  EXPECT_EQ(original.get(variables()[150]) + copy.get(variables()[149]), "150149");
}

TEST(ManyVariables, AreRestoredOneByOne) {
  weft::Context context;
  context.run([] {
    std::deque<weft::Token<std::string>> tokens;
    for (const auto& variable : variables()) tokens.push_back(variable.set("x"));
    for (std::size_t i = kMany; i > 0; --i) variables()[i - 1].reset(tokens[i - 1]);
  });
  EXPECT_EQ(context.size(), 0U);
}

TEST(ManyVariables, TheLastAloneTakesAPlaceOfItsOwn) {
  with_all();  // so that its slot is a high one
  weft::Context context;
  context.run([] { variables()[kMany - 1].set("last"); });
  EXPECT_EQ(context.size(), 1U);
}

}  // namespace
