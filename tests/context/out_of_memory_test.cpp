// SPDX-License-Identifier: Apache-2.0
// No memory at any one allocation of a call: the call fails as a whole, or does without.
#include <gtest/gtest.h>
#include <weft/context.hpp>

#include <array>
#include <deque>
#include <memory>
#include <new>
#include <utility>

#include "support/failing_new.hpp"

namespace {

using weft::testing::FailAllocation;

struct Big {
  std::array<char, 200> bytes{};
};

const weft::ContextVar<int> depth{"depth", 0};
const weft::ContextVar<Big> big{"big"};

// A variable whose slot is beyond those of every block so far, so that a block has to grow for it.
const weft::ContextVar<Big>& fresh_variable() {
  static auto* const variables = new std::deque<weft::ContextVar<Big>>;
  weft::Context().run([] { depth.set(0); });  // has its slot
  weft::Context().run([] {
    for (int i = 0; i < 8; ++i) variables->emplace_back("fresh").set(Big());
  });
  return variables->back();
}

// Whether `f` throws when its `nth` allocation (from 0) fails.
template <class F>
bool throws_at(int nth, F&& f) {
  try {
    const FailAllocation fail(nth);
    f();
  } catch (const std::bad_alloc&) {
    return true;
  }
  return false;
}

// Calls `f` with the first, second, … allocation failing, until it passes; how often it threw.
template <class F>
int throws_until_it_passes(F&& f) {
  int nth = 0;
  while (nth < 20 && throws_at(nth, f)) ++nth;
  return nth;
}

TEST(OutOfMemory, ASetThrowsForTheBoxAndForTheBlock) {
  weft::Context().run([] {
    const auto& variable = fresh_variable();
    EXPECT_EQ(throws_until_it_passes([&] { variable.set(Big()); }), 2);
  });
}

TEST(OutOfMemory, ASetThatThrowsLeavesTheContextAsItWas) {
  weft::Context().run([] {
    const auto& variable = fresh_variable();
    depth.set(3);
    EXPECT_TRUE(throws_at(1, [&] { variable.set(Big()); }));  // at the block
    EXPECT_EQ(weft::copy_context().size(), 1U);
  });
}

TEST(OutOfMemory, ASetOnASharedBlockThatThrowsLeavesTheOldValue) {
  weft::Context().run([] {
    Big value;
    value.bytes[0] = 'o';
    big.set(value);
    const weft::Context snapshot = weft::copy_context();
    EXPECT_TRUE(throws_at(1, [] { big.set(Big()); }));
    EXPECT_EQ(big.get().bytes[0], 'o');
  });
}

TEST(OutOfMemory, ASetThatThrowsFreesItsValue) {
  static const weft::ContextVar<std::shared_ptr<int>> shared{"shared"};
  weft::Context().run([] {
    auto value = std::make_shared<int>(1);
    const std::weak_ptr<int> watch = value;
    shared.set(nullptr);  // so that there is a cell
    const weft::Context snapshot = weft::copy_context();
    EXPECT_TRUE(throws_at(0, [&] { shared.set(std::move(value)); }));
    EXPECT_TRUE(watch.expired());
  });
}

TEST(OutOfMemory, AResetThatThrowsLeavesTheTokenUsable) {
  weft::Context().run([] {
    depth.set(1);
    auto token = depth.set(2);
    {
      const weft::Context snapshot = weft::copy_context();  // so that a reset has to copy
      EXPECT_TRUE(throws_at(0, [&] { depth.reset(token); }));
    }
    depth.reset(token);
    EXPECT_EQ(depth.get(), 1);
  });
}

TEST(OutOfMemory, CopyContextNeedsNone) {
  weft::Context().run([] {
    depth.set(1);
    const FailAllocation fail(0);
    const weft::Context snapshot = weft::copy_context();
    EXPECT_EQ(snapshot.get(depth), 1);
  });
}

TEST(OutOfMemory, ReadingNeedsNone) {
  weft::Context().run([] {
    depth.set(1);
    const FailAllocation fail(0);
    EXPECT_EQ(depth.get(), 1);
  });
}

TEST(OutOfMemory, EnteringNeedsNone) {
  weft::Context context;
  const FailAllocation fail(0);
  EXPECT_EQ(context.run([] { return 5; }), 5);
}

TEST(OutOfMemory, AScopeThatCannotRestoreLeavesASnapshotAlone) {
  weft::Context().run([] {
    weft::Context snapshot;
    {
      auto scope = depth.scoped(2);
      snapshot = weft::copy_context();
      weft::testing::fail_next_allocation();
    }
    weft::testing::fail_no_allocation();
    EXPECT_EQ(snapshot.get(depth), 2);
  });
}

}  // namespace
