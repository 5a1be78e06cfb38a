// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <weft/context.hpp>

#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <vector>

namespace {

const weft::ContextVar<int> depth{"depth"};
const weft::ContextVar<std::string> user_id{"user_id"};
const weft::ContextVar<int> unset{"unset"};

weft::Context filled() {
  weft::Context context;
  context.run([] {
    depth.set(3);
    user_id.set("u-1");
  });
  return context;
}

std::multiset<std::string> names_of(const weft::Context& context) {
  std::multiset<std::string> names;
  for (auto item : context) names.emplace(item.name());
  return names;
}

TEST(Items, NameEveryVariableThatIsSet) {
  EXPECT_EQ(names_of(filled()), (std::multiset<std::string>{"depth", "user_id"}));
}

TEST(Items, OfAnEmptyContextAreNone) { EXPECT_TRUE(names_of(weft::Context()).empty()); }

TEST(Items, AreThoseOfTheContext) {
  const weft::Context context = filled();
  EXPECT_EQ(std::distance(context.items().begin(), context.items().end()), 2);
}

TEST(Items, OfATemporaryMayBeWalked) {
  std::multiset<std::string> names;
  for (auto item : filled().items()) names.emplace(item.name());
  EXPECT_EQ(names.size(), 2U);
}

TEST(Items, GiveTheValueOfTheirVariable) {
  const weft::Context context = filled();
  int value = 0;
  for (auto item : context) {
    if (const int* found = item.get_if(depth)) value += *found;
  }
  EXPECT_EQ(value, 3);
}

TEST(Items, GiveNothingForAnotherVariable) {
  const weft::Context context = filled();
  EXPECT_TRUE(std::none_of(context.begin(), context.end(),
                           [](auto item) { return item.get_if(unset) != nullptr; }));
}

TEST(Items, TellTwoVariablesOfOneNameApart) {
  static const weft::ContextVar<int> twin{"depth"};
  weft::Context context;
  context.run([] {
    depth.set(1);
    twin.set(2);
  });
  std::multiset<int> values;
  for (auto item : context) {
    if (const int* found = item.get_if(twin)) values.insert(*found);
  }
  EXPECT_EQ(values, std::multiset<int>{2});
}

TEST(Items, SkipWhatWasReset) {
  weft::Context context = filled();
  context.run([] { depth.reset(depth.set(4)); });
  weft::Context reset;
  reset.run([] {
    user_id.set("u");
    depth.reset(depth.set(4));
  });
  EXPECT_EQ(names_of(reset), std::multiset<std::string>{"user_id"});
}

TEST(Items, StayGoodWhenTheIteratorIsGone) {
  const weft::Context context = filled();
  const std::vector<weft::ContextItem> items(context.begin(), context.end());
  const auto found = std::find_if(items.begin(), items.end(),
                                  [](const auto& item) { return item.get_if(user_id) != nullptr; });
  ASSERT_NE(found, items.end());
  EXPECT_EQ(*found->get_if(user_id), "u-1");
}

TEST(Items, PostIncrementGivesTheItemBefore) {
  const weft::Context context = filled();
  auto it = context.begin();
  const std::string first((*it).name());
  EXPECT_EQ((*it++).name(), first);
}

static_assert(std::input_iterator<weft::ContextIterator>);

}  // namespace
