// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <weft/context.hpp>

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <thread>

#include "platform/thread_data.hpp"

namespace {

const weft::ContextVar<int> depth{"depth", 0};

using IntScope = weft::Scoped<int>;

std::uint64_t misused() { return weft::detail::read_accounts().misused; }

TEST(Scoped, SetsUntilTheClosingBrace) {
  weft::Context().run([] {
    auto scope = depth.scoped(2);
    EXPECT_EQ(depth.get(), 2);
  });
}

TEST(Scoped, RestoresAtTheClosingBrace) {
  weft::Context().run([] {
    depth.set(1);
    {
      auto scope = depth.scoped(2);
    }
    EXPECT_EQ(depth.get(), 1);
  });
}

TEST(Scoped, RestoresUnset) {
  weft::Context().run([] {
    {
      auto scope = depth.scoped(2);
    }
    EXPECT_EQ(depth.find(), nullptr);
  });
}

TEST(Scoped, Nests) {
  weft::Context().run([] {
    auto outer = depth.scoped(1);
    {
      auto inner = depth.scoped(2);
    }
    EXPECT_EQ(depth.get(), 1);
  });
}

TEST(Scoped, RestoresWhenAnExceptionLeaves) {
  weft::Context().run([] {
    try {
      auto scope = depth.scoped(2);
      throw std::runtime_error("out");
    } catch (const std::runtime_error&) {
    }
    EXPECT_EQ(depth.find(), nullptr);
  });
}

// Scopes that are kept too long: they close where the caller is not their context.
TEST(Scoped, ClosingInAnotherContextLeavesThatContextAlone) {
  std::unique_ptr<IntScope> scope;
  weft::Context inner;
  inner.run([&] { scope.reset(new IntScope(depth.scoped(2))); });
  weft::Context().run([&] {
    depth.set(9);
    scope.reset();
    EXPECT_EQ(depth.get(), 9);
  });
}

TEST(Scoped, ClosingInAnotherContextIsCounted) {
  std::unique_ptr<IntScope> scope;
  weft::Context inner;
  inner.run([&] { scope.reset(new IntScope(depth.scoped(2))); });
  const std::uint64_t before = misused();
  scope.reset();
  EXPECT_EQ(misused() - before, 1U);
}

TEST(Scoped, ClosingOnAnotherThreadLeavesThatThreadAlone) {
  weft::Context().run([] {
    std::unique_ptr<IntScope> scope;
    scope.reset(new IntScope(depth.scoped(2)));
    std::thread([&] {
      depth.set(9);
      scope.reset();
      EXPECT_EQ(depth.get(), 9);
    }).join();
  });
}

TEST(Scoped, ClosingOnAnotherThreadIsCounted) {
  weft::Context().run([] {
    std::unique_ptr<IntScope> scope;
    scope.reset(new IntScope(depth.scoped(2)));
    const std::uint64_t before = misused();
    std::thread([&] { scope.reset(); }).join();
    EXPECT_EQ(misused() - before, 1U);
  });
}

TEST(Scoped, ClosingInItsOwnContextIsNoMisuse) {
  const std::uint64_t before = misused();
  {
    auto scope = depth.scoped(2);
  }
  EXPECT_EQ(misused() - before, 0U);
}

}  // namespace
