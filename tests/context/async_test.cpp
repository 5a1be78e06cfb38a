// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <weft/executor.hpp>

#include <future>
#include <memory>
#include <stdexcept>
#include <thread>

namespace {

const weft::ContextVar<int> depth{"depth", 0};

TEST(Async, SeesTheCallersValues) {
  auto scope = depth.scoped(4);
  EXPECT_EQ(weft::async([] { return depth.get(); }).get(), 4);
}

TEST(Async, RunsOnAnotherThread) {
  EXPECT_NE(weft::async([] { return std::this_thread::get_id(); }).get(),
            std::this_thread::get_id());
}

TEST(Async, WhatIsSetThereStaysThere) {
  auto scope = depth.scoped(4);
  weft::async([] { depth.set(5); }).get();
  EXPECT_EQ(depth.get(), 4);
}

TEST(Async, TakesTheContextOfTheCallNotOfTheStart) {
  std::future<int> future;
  {
    auto scope = depth.scoped(4);
    future = weft::async([] { return depth.get(); });
  }
  EXPECT_EQ(future.get(), 4);
}

TEST(Async, PassesItsArguments) {
  EXPECT_EQ(weft::async([](int a, int b) { return a - b; }, 5, 3).get(), 2);
}

TEST(Async, PassesMoveOnlyArguments) {
  EXPECT_EQ(weft::async([](std::unique_ptr<int> p) { return *p; }, std::make_unique<int>(3)).get(),
            3);
}

TEST(Async, PassesExceptionsOn) {
  auto future = weft::async([]() -> int { throw std::runtime_error("out"); });
  EXPECT_THROW(future.get(), std::runtime_error);
}

}  // namespace
