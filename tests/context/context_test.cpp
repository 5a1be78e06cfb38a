// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <weft/context.hpp>

#include <memory>
#include <string>
#include <utility>

namespace {

const weft::ContextVar<int> depth{"depth", 7};
const weft::ContextVar<std::string> user_id{"user_id"};

weft::Context context_with_depth(int value) {
  weft::Context context;
  context.run([value] { depth.set(value); });
  return context;
}

TEST(Context, IsEmptyWhenMade) { EXPECT_EQ(weft::Context().size(), 0U); }

TEST(Context, SaysThatItIsEmpty) { EXPECT_TRUE(weft::Context().empty()); }

TEST(Context, GetGivesTheValue) { EXPECT_EQ(context_with_depth(3).get(depth), 3); }

TEST(Context, GetGivesTheDefaultWhenUnset) { EXPECT_EQ(weft::Context().get(depth), 7); }

TEST(Context, GetThrowsLookupErrorWhenUnsetAndWithoutDefault) {
  EXPECT_THROW((void)weft::Context().get(user_id), weft::LookupError);
}

TEST(Context, FindIgnoresTheDefault) { EXPECT_EQ(weft::Context().find(depth), nullptr); }

TEST(Context, GetOrPrefersTheValue) { EXPECT_EQ(context_with_depth(3).get_or(depth, 9), 3); }

TEST(Context, GetOrPrefersTheFallbackToTheDefault) {
  EXPECT_EQ(weft::Context().get_or(depth, 9), 9);
}

TEST(Context, ContainsWhatIsSet) { EXPECT_TRUE(context_with_depth(3).contains(depth)); }

TEST(Context, DoesNotContainADefault) { EXPECT_FALSE(weft::Context().contains(depth)); }

TEST(Context, DoesNotContainAVariableThatWasNeverSet) {
  static const weft::ContextVar<int> never{"never"};
  EXPECT_FALSE(context_with_depth(1).contains(never));
}

TEST(Context, SizeCountsWhatIsSet) {
  weft::Context context = context_with_depth(3);
  context.run([] { user_id.set("u"); });
  EXPECT_EQ(context.size(), 2U);
}

TEST(Context, SizeDoesNotCountWhatWasReset) {
  weft::Context context;
  context.run([] { depth.reset(depth.set(1)); });
  EXPECT_EQ(context.size(), 0U);
}

TEST(Context, ASnapshotHoldsTheCurrentValues) {
  weft::Context().run([] {
    user_id.set("u-1");
    EXPECT_EQ(weft::copy_context().get(user_id), "u-1");
  });
}

TEST(Context, ASnapshotDoesNotFollow) {
  weft::Context().run([] {
    depth.set(1);
    const weft::Context snapshot = weft::copy_context();
    depth.set(2);
    EXPECT_EQ(snapshot.get(depth), 1);
  });
}

TEST(Context, ChangingACopyDoesNotShowInTheOriginal) {
  weft::Context original = context_with_depth(1);
  weft::Context copy = original;
  copy.run([] { depth.set(2); });
  EXPECT_EQ(original.get(depth), 1);
}

TEST(Context, ChangingTheOriginalDoesNotShowInACopy) {
  weft::Context original = context_with_depth(1);
  const weft::Context copy = original;
  original.run([] { depth.set(2); });
  EXPECT_EQ(copy.get(depth), 1);
}

TEST(Context, ResettingInACopyDoesNotShowInTheOriginal) {
  weft::Context original;
  original.run([] { depth.set(1); });
  weft::Context copy = original;
  copy.run([] {
    auto token = depth.set(2);
    depth.reset(token);
  });
  EXPECT_EQ(original.get(depth), 1);
}

TEST(Context, CopiesOfCopiesAreIndependent) {
  weft::Context first = context_with_depth(1);
  weft::Context second = first;
  weft::Context third = second;
  second.run([] { depth.set(2); });
  third.run([] { depth.set(3); });
  EXPECT_EQ(first.get(depth) * 100 + second.get(depth) * 10 + third.get(depth), 123);
}

TEST(Context, CopiesShareTheirValues) {
  weft::Context original;
  original.run([] { user_id.set("u"); });
  const weft::Context copy = original;
  EXPECT_EQ(copy.find(user_id), original.find(user_id));
}

TEST(Context, MovingTakesTheValues) {
  weft::Context original = context_with_depth(1);
  const weft::Context moved = std::move(original);
  EXPECT_EQ(moved.get(depth), 1);
}

TEST(Context, MovedFromIsEmpty) {
  weft::Context original = context_with_depth(1);
  const weft::Context moved = std::move(original);
  EXPECT_TRUE(original.empty());  // NOLINT(bugprone-use-after-move)
}

TEST(Context, AssigningReplacesTheValues) {
  weft::Context target = context_with_depth(1);
  target = context_with_depth(2);
  EXPECT_EQ(target.get(depth), 2);
}

TEST(Context, AssigningDropsWhatWasThere) {
  static const weft::ContextVar<std::shared_ptr<int>> shared{"shared"};
  auto value = std::make_shared<int>(1);
  const std::weak_ptr<int> watch = value;
  weft::Context target;
  target.run([&] { shared.set(std::move(value)); });
  target = weft::Context();
  EXPECT_TRUE(watch.expired());
}

TEST(Context, CopyAssigningLeavesTheSource) {
  const weft::Context source = context_with_depth(2);
  weft::Context target;
  target = source;
  EXPECT_EQ(source.get(depth), 2);
}

TEST(Context, SelfAssignmentKeepsTheValues) {
  weft::Context context = context_with_depth(1);
  const auto& same = context;
  context = same;
  EXPECT_EQ(context.get(depth), 1);
}

TEST(Context, SelfMoveKeepsTheValues) {
  weft::Context context = context_with_depth(1);
  auto& same = context;
  context = std::move(same);
  EXPECT_EQ(context.get(depth), 1);
}

TEST(Context, CanBeAssignedFromAContextThatItHolds) {
  static const weft::ContextVar<std::shared_ptr<weft::Context>> inner{"inner"};
  weft::Context outer;
  outer.run([] { inner.set(std::make_shared<weft::Context>(context_with_depth(5))); });
  outer = *outer.get(inner);
  EXPECT_EQ(outer.get(depth), 5);
}

TEST(Context, CanBeMovedFromAContextThatItHolds) {
  static const weft::ContextVar<std::shared_ptr<weft::Context>> inner{"inner"};
  weft::Context outer;
  outer.run([] { inner.set(std::make_shared<weft::Context>(context_with_depth(5))); });
  outer = std::move(*outer.get(inner));
  EXPECT_EQ(outer.get(depth), 5);
}

TEST(Context, TheLastCopyFreesTheValues) {
  static const weft::ContextVar<std::shared_ptr<int>> shared{"shared"};
  auto value = std::make_shared<int>(1);
  const std::weak_ptr<int> watch = value;
  {
    weft::Context first;
    first.run([&] { shared.set(std::move(value)); });
    const weft::Context second = first;
  }
  EXPECT_TRUE(watch.expired());
}

TEST(Context, ACopyKeepsTheValuesAlive) {
  static const weft::ContextVar<std::shared_ptr<int>> shared{"shared"};
  weft::Context second;
  {
    weft::Context first;
    first.run([] { shared.set(std::make_shared<int>(1)); });
    second = first;
  }
  EXPECT_EQ(*second.get(shared), 1);
}

TEST(Context, IsAnExplicitStore) {
  weft::Context cache;
  cache.run([] { user_id.set("cached"); });
  EXPECT_EQ(cache.run([] { return user_id.get(); }), "cached");
}

}  // namespace
