// SPDX-License-Identifier: Apache-2.0
// Many requests as coroutines that hop over a few threads, each with spans and variables open.
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <vector>

#include "coroutine/support.hpp"
#include "support/recorded.hpp"

namespace {

using weft::testing::Pool;
using weft::testing::Recorded;
using weft::testing::tracer;
using weft::testing::user;

constexpr int kRequests = 10'000;
constexpr int kHops = 10;
constexpr int kThreads = 4;

bool is_mine(int number, const weft::Span& span) {
  return user.get_or("") == std::to_string(number) &&
         weft::request_id.get().view() == span.context().trace_id().to_hex() &&
         weft::current_span().context().span_id() == span.context().span_id();
}

weft::Task<int> query(Pool& pool, int number) {
  auto span = tracer.start("query");
  int wrong = is_mine(number, span) ? 0 : 1;
  co_await pool.hop();
  co_return wrong + (is_mine(number, span) ? 0 : 1);
}

weft::Task<int> request(Pool& pool, int number) {
  const auto scope = user.scoped(std::to_string(number));
  auto span = tracer.start("request", {{"number", number}});
  int wrong = 0;
  for (int hop = 0; hop < kHops; ++hop) {
    co_await pool.hop();
    wrong += is_mine(number, span) ? 0 : 1;
  }
  wrong += co_await query(pool, number);
  const auto [a, b] = co_await weft::when_all(query(pool, number), query(pool, number));
  co_return wrong + a + b + (is_mine(number, span) ? 0 : 1);
}

int serve(Pool& pool) {
  std::vector<weft::Task<int>> requests;
  for (int i = 0; i < kRequests; ++i) requests.push_back(request(pool, i));
  int wrong = 0;
  for (const int one : weft::sync_wait(weft::when_all(std::move(requests)))) wrong += one;
  return wrong;
}

TEST(Hopping, EachRequestSeesItsOwnAfterEveryHop) {
  Recorded recorded;
  Pool pool(kThreads);
  EXPECT_EQ(serve(pool), 0);
}

TEST(Hopping, NothingStaysOnTheThreads) {
  Recorded recorded;
  Pool pool(kThreads);
  serve(pool);
  std::atomic<int> dirty{0};
  for (int i = 0; i < 100; ++i) {
    pool.ask([&] { dirty += user.find() != nullptr || weft::current_span().context().is_valid(); });
  }
  EXPECT_EQ(dirty, 0);
}

TEST(Hopping, NoSpanIsMisused) {
  Recorded recorded;
  Pool pool(kThreads);
  serve(pool);
  EXPECT_EQ(recorded.telemetry().stats().misused, 0U);
}

}  // namespace
