// SPDX-License-Identifier: Apache-2.0
// What the context costs in steady state: small values, snapshots and bound calls allocate nothing.
#include <gtest/gtest.h>
#include <weft/executor.hpp>

#include <cstddef>
#include <string>
#include <thread>
#include <utility>

#include "propagators/counted_new.hpp"

namespace {

const weft::ContextVar<int> depth{"depth", 0};
const weft::ContextVar<void*> pointer{"pointer"};
const weft::ContextVar<std::string> text{"text"};

// What a hundred calls of `f` allocate once a few have warmed it up.
template <class F>
std::size_t allocations_of(F&& f) {
  for (int i = 0; i < 10; ++i) f();
  const std::size_t before = weft_test::allocations();
  for (int i = 0; i < 100; ++i) f();
  return weft_test::allocations() - before;
}

TEST(ContextAllocations, OfASetAndResetAreNone) {
  EXPECT_EQ(allocations_of([] {
              auto token = depth.set(1);
              depth.reset(token);
            }),
            0U);
}

TEST(ContextAllocations, OfAScopeAreNone) {
  EXPECT_EQ(allocations_of([] { auto scope = depth.scoped(1); }), 0U);
}

TEST(ContextAllocations, OfASetThatStaysAreNone) {
  EXPECT_EQ(allocations_of([] { pointer.set(nullptr); }), 0U);
}

TEST(ContextAllocations, OfAShortStringAreNone) {
  EXPECT_EQ(allocations_of([] { auto scope = text.scoped("short"); }), 0U);
}

TEST(ContextAllocations, OfAGetAreNone) {
  auto scope = depth.scoped(1);
  EXPECT_EQ(allocations_of([] { (void)depth.get(); }), 0U);
}

TEST(ContextAllocations, OfASnapshotAreNone) {
  auto scope = depth.scoped(1);
  EXPECT_EQ(allocations_of([] { const weft::Context snapshot = weft::copy_context(); }), 0U);
}

TEST(ContextAllocations, OfEnteringAreNone) {
  weft::Context context = weft::copy_context();
  EXPECT_EQ(allocations_of([&] { context.run([] { (void)depth.get(); }); }), 0U);
}

TEST(ContextAllocations, OfABoundCallAreNone) {
  auto bound = weft::bind([] { return depth.get(); });
  EXPECT_EQ(allocations_of([&] { (void)bound(); }), 0U);
}

TEST(ContextAllocations, OfTheFirstSetAfterASnapshotAreAtMostOne) {
  auto scope = depth.scoped(1);
  EXPECT_LE(allocations_of([] {
              const weft::Context snapshot = weft::copy_context();
              auto inner = depth.scoped(2);
            }),
            100U);
}

// The boxes that one thread makes and another frees find their way back.
TEST(ContextAllocations, OfValuesThatAnotherThreadFreesAreNone) {
  const auto set_in = [](weft::Context& context) {
    const std::size_t before = weft_test::allocations();
    context.run([] { pointer.set(nullptr); });
    return weft_test::allocations() - before;
  };
  std::size_t allocated = 0;
  for (int round = 0; round < 1000; ++round) {
    weft::Context context = weft::copy_context();
    const std::size_t here = set_in(context);
    if (round >= 500) allocated += here;
    std::thread([moved = std::move(context)] { EXPECT_TRUE(moved.contains(pointer)); }).join();
  }
  EXPECT_LE(allocated, 500U);  // the block; the box comes from what was freed
}

}  // namespace
