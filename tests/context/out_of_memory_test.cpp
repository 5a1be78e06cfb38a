// SPDX-License-Identifier: Apache-2.0
// No memory at any one allocation of a call: the call fails as a whole, or does without.
#include <gtest/gtest.h>
#include <weft/context.hpp>

#include <array>
#include <deque>
#include <memory>
#include <new>
#include <optional>
#include <thread>
#include <utility>

#include "propagators/counted_new.hpp"

namespace {

using weft_test::NoMemoryAfter;

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

// Whether `f` throws when there is no memory from its `nth` allocation (from 0) on.
template <class F>
bool throws_at(std::size_t nth, F&& f) {
  try {
    const NoMemoryAfter none(nth);
    f();
  } catch (const std::bad_alloc&) {
    return true;
  }
  return false;
}

// Calls `f` with ever more memory until it passes; how often it threw.
template <class F>
std::size_t throws_until_it_passes(F&& f) {
  std::size_t nth = 0;
  while (nth < 20 && throws_at(nth, f)) ++nth;
  return nth;
}

TEST(OutOfMemory, ASetThrowsForTheBoxAndForTheBlock) {
  weft::Context().run([] {
    const auto& variable = fresh_variable();
    EXPECT_EQ(throws_until_it_passes([&] { variable.set(Big()); }), 2U);
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
    const NoMemoryAfter none(0);
    const weft::Context snapshot = weft::copy_context();
    EXPECT_EQ(snapshot.get(depth), 1);
  });
}

TEST(OutOfMemory, ReadingNeedsNone) {
  weft::Context().run([] {
    depth.set(1);
    const NoMemoryAfter none(0);
    EXPECT_EQ(depth.get(), 1);
  });
}

TEST(OutOfMemory, EnteringNeedsNone) {
  weft::Context context;
  const NoMemoryAfter none(0);
  EXPECT_EQ(context.run([] { return 5; }), 5);
}

// The first use of a thread needs memory for the thread itself.
template <class F>
bool on_a_thread_without_memory(F&& f) {
  bool result = false;
  std::thread([&] {
    const NoMemoryAfter none(0);
    result = f();
  }).join();
  return result;
}

TEST(OutOfMemory, AThreadThatCannotBeginStillReads) {
  EXPECT_TRUE(on_a_thread_without_memory([] { return depth.get() == 0 && big.find() == nullptr; }));
}

TEST(OutOfMemory, AThreadThatCannotBeginStillRunsInASnapshot) {
  weft::Context context;
  context.run([] { depth.set(5); });
  EXPECT_TRUE(on_a_thread_without_memory([&] {
    return weft::Context(context).run([] { return weft::copy_context().get(depth); }) == 5;
  }));
}

TEST(OutOfMemory, AThreadThatCannotBeginThrowsAtASet) {
  EXPECT_TRUE(on_a_thread_without_memory([] { return throws_at(0, [] { depth.set(1); }); }));
}

TEST(OutOfMemory, AThreadThatCannotBeginResetsInASnapshot) {
  weft::Context context;
  std::optional<weft::Token<int>> token;
  context.run([&] { token = depth.set(5); });
  EXPECT_TRUE(on_a_thread_without_memory([&] {
    context.run([&] { depth.reset(*token); });
    return !context.contains(depth);
  }));
}

TEST(OutOfMemory, AScopeThatCannotRestoreLeavesASnapshotAlone) {
  weft::Context().run([] {
    weft::Context snapshot;
    std::optional<NoMemoryAfter> none;
    {
      auto scope = depth.scoped(2);
      snapshot = weft::copy_context();
      none.emplace(0);
    }
    none.reset();
    EXPECT_EQ(snapshot.get(depth), 2);
  });
}

}  // namespace
