// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <weft/executor.hpp>

#include <atomic>
#include <barrier>
#include <functional>
#include <future>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

const weft::ContextVar<int> depth{"depth", 0};

int get_depth() { return depth.get(); }

// Calls `f` where nothing of the caller's context is seen.
template <class F>
auto elsewhere(F&& f) {
  return weft::Context().run(std::forward<F>(f));
}

TEST(Bind, SeesTheContextOfItsMaking) {
  auto scope = depth.scoped(4);
  auto bound = weft::bind(get_depth);
  EXPECT_EQ(elsewhere(bound), 4);
}

TEST(Bind, DoesNotFollowTheMakersContext) {
  auto scope = depth.scoped(4);
  auto bound = weft::bind(get_depth);
  auto later = depth.scoped(5);
  EXPECT_EQ(bound(), 4);
}

TEST(Bind, LeavesTheCallersContextAlone) {
  auto scope = depth.scoped(4);
  auto bound = weft::bind([] { depth.set(9); });
  bound();
  EXPECT_EQ(depth.get(), 4);
}

TEST(Bind, EachCallHasACopyOfItsOwn) {
  auto scope = depth.scoped(4);
  auto bound = weft::bind([] {
    depth.set(depth.get() + 1);
    return depth.get();
  });
  bound();
  EXPECT_EQ(bound(), 5);
}

TEST(Bind, ACallMayCallItAgain) {
  std::function<int(int)> again;
  auto bound = weft::bind([&](int left) -> int { return left == 0 ? 7 : again(left - 1); });
  again = bound;
  EXPECT_EQ(bound(5), 7);
}

TEST(Bind, CallsMayOverlap) {
  auto scope = depth.scoped(4);
  std::barrier together(2);
  auto bound = weft::bind([&] {
    depth.set(depth.get() + 1);
    together.arrive_and_wait();  // both are inside
    return depth.get();
  });
  auto other = std::async(std::launch::async, [&] { return bound(); });
  const int here = bound();
  EXPECT_EQ(here * 10 + other.get(), 55);
}

TEST(Bind, PassesTheCallsArguments) {
  auto bound = weft::bind([](int a, const std::string& b) { return b + std::to_string(a); });
  EXPECT_EQ(bound(1, "n"), "n1");
}

TEST(Bind, KeepsArgumentsOfItsOwnBeforeTheCalls) {
  auto bound = weft::bind([](int a, int b) { return a * 10 + b; }, 1);
  EXPECT_EQ(bound(2), 12);
}

TEST(Bind, PassesReferencesOn) {
  int number = 1;
  weft::bind([](int& n) { n = 2; })(number);
  EXPECT_EQ(number, 2);
}

TEST(Bind, PassesMoveOnlyArgumentsOn) {
  auto bound = weft::bind([](std::unique_ptr<int> p) { return *p; });
  EXPECT_EQ(bound(std::make_unique<int>(3)), 3);
}

TEST(Bind, KeepsMoveOnlyCallables) {
  auto bound = weft::bind([p = std::make_unique<int>(3)] { return *p; });
  EXPECT_EQ(bound(), 3);
}

TEST(Bind, KeepsMoveOnlyArguments) {
  auto bound =
      weft::bind([](const std::unique_ptr<int>& p) { return *p; }, std::make_unique<int>(3));
  EXPECT_EQ(bound(), 3);
}

TEST(Bind, CallsMemberFunctions) {
  struct Service {
    int get() const { return depth.get(); }
  };
  auto scope = depth.scoped(4);
  EXPECT_EQ(weft::bind(&Service::get, Service())(), 4);
}

TEST(Bind, CallsMutableCallables) {
  auto bound = weft::bind([n = 0]() mutable { return ++n; });
  bound();
  EXPECT_EQ(bound(), 2);
}

TEST(Bind, MayBeConst) {
  auto scope = depth.scoped(4);
  const auto bound = weft::bind(get_depth);
  EXPECT_EQ(bound(), 4);
}

TEST(Bind, PassesExceptionsOn) {
  auto bound = weft::bind([] { throw std::runtime_error("out"); });
  EXPECT_THROW(bound(), std::runtime_error);
}

TEST(Bind, ReturnsReferencesAsReferences) {
  int number = 1;
  auto bound = weft::bind([&]() -> int& { return number; });
  bound() = 2;
  EXPECT_EQ(number, 2);
}

TEST(Bind, ACopySeesTheSameContext) {
  std::function<int()> copy;
  {
    auto scope = depth.scoped(4);
    auto bound = weft::bind(get_depth);
    copy = bound;
  }
  EXPECT_EQ(copy(), 4);
}

TEST(Bind, AJthreadPassesItsStopToken) {
  auto scope = depth.scoped(4);
  std::promise<std::pair<int, bool>> seen;
  {
    std::jthread worker(weft::bind(
        [&](const std::stop_token& stop) { seen.set_value({depth.get(), stop.stop_possible()}); }));
  }
  EXPECT_EQ(seen.get_future().get(), std::pair(4, true));
}

TEST(Bind, AJthreadPassesItsStopTokenBeforeBoundArguments) {
  std::promise<int> seen;
  {
    std::jthread worker(
        weft::bind([&](const std::stop_token&, int number) { seen.set_value(number); }, 6));
  }
  EXPECT_EQ(seen.get_future().get(), 6);
}

TEST(Bind, AJthreadNeedsNoStopToken) {
  auto scope = depth.scoped(4);
  std::atomic<int> seen{0};
  {
    std::jthread worker(weft::bind([&] { seen = depth.get(); }));
  }
  EXPECT_EQ(seen, 4);
}

TEST(Bind, KeepsTheValuesAliveWithoutTheirContext) {
  static const weft::ContextVar<std::string> text{"text"};
  std::function<std::string()> bound;
  std::thread([&] {
    text.set(std::string(100, 't'));
    bound = weft::bind([] { return text.get(); });
  }).join();
  EXPECT_EQ(bound(), std::string(100, 't'));
}

using Copyable = decltype(weft::bind(get_depth));
using MoveOnly = decltype(weft::bind([p = std::unique_ptr<int>()] {}));
static_assert(std::is_copy_constructible_v<Copyable>);
static_assert(!std::is_copy_constructible_v<MoveOnly> && std::is_move_constructible_v<MoveOnly>);
// The signature is the callable's: nothing that it does not take.
static_assert(std::is_invocable_r_v<int, Copyable&> && !std::is_invocable_v<Copyable&, int>);
using NeedsMutable = decltype(weft::bind([n = 0]() mutable { return ++n; }));
static_assert(!std::is_invocable_v<const NeedsMutable&> && std::is_invocable_v<NeedsMutable&>);

}  // namespace
