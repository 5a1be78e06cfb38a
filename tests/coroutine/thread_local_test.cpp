// SPDX-License-Identifier: Apache-2.0
// A coroutine that has moved to another thread reads that thread's context: no address of a
// thread-local is kept over a suspension. Built at -O2 and -O3 too, where a compiler would.
#include <gtest/gtest.h>

#include <string>

#include "coroutine/support.hpp"

namespace {

using weft::testing::depth;
using weft::testing::Foreign;
using weft::testing::Pool;

// A third party's coroutine has no context of its own: before and after it moves it must read what
// its thread has, and nothing else.
TEST(ThreadLocal, IsReadAnewAfterEachSuspension) {
  Pool pool;
  pool.ask([] { return depth.set(2), 0; });
  std::string seen;
  std::promise<void> done;
  auto reads = [&]() -> Foreign {
    seen += std::to_string(depth.get());
    co_await pool.hop();
    seen += std::to_string(depth.get());
    done.set_value();
  };
  weft::Context().run([&] {
    depth.set(1);
    reads();
    done.get_future().get();
  });
  EXPECT_EQ(seen, "12");
}

TEST(ThreadLocal, IsWrittenAnewAfterEachSuspension) {
  Pool pool;
  std::promise<void> done;
  auto writes = [&]() -> Foreign {
    depth.set(1);
    co_await pool.hop();
    depth.set(2);
    done.set_value();
  };
  weft::Context().run([&] {
    writes();
    done.get_future().get();
    EXPECT_EQ(depth.get(), 1);
  });
  EXPECT_EQ(pool.ask([] { return depth.get(); }), 2);
}

TEST(ThreadLocal, ATaskThatHopsInALoopKeepsItsOwn) {
  Pool pools[2];
  auto hops = [&]() -> weft::Task<int> {
    int right = 0;
    for (int i = 0; i < 1000; ++i) {
      depth.set(i);
      co_await pools[i % 2].hop();
      right += depth.get() == i ? 1 : 0;
    }
    co_return right;
  };
  EXPECT_EQ(weft::sync_wait(hops()), 1000);
  EXPECT_EQ(pools[0].ask([] { return depth.get(); }) + pools[1].ask([] { return depth.get(); }), 0);
}

}  // namespace
