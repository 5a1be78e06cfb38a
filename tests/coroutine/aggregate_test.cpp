// SPDX-License-Identifier: Apache-2.0
// gcc 12.2 miscompiles aggregate temporaries in a co_await expression. Nothing of ours that is
// awaited is an aggregate; a user's own arguments are named first, and awaited before braces.
#include <gtest/gtest.h>

#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "coroutine/support.hpp"

namespace {

using weft::testing::Pool;

struct Request {  // an aggregate that owns memory
  std::string path;
  std::vector<int> body;
};

weft::Task<std::string> handle(Request request) {
  co_return request.path + std::to_string(request.body.size());
}
weft::Task<int> number() { co_return 1; }

using Awaited = weft::detail::ChildAwaiter<int>;

// What a coroutine type with a context awaits.
using First = decltype(std::declval<weft::ContextPromise&>().initial_suspend());
using Last = decltype(std::declval<weft::ContextPromise&>().final_suspend());

TEST(Aggregates, NothingOfOursThatIsAwaitedIsOne) {
  EXPECT_FALSE(std::is_aggregate_v<weft::Task<int>> || std::is_aggregate_v<Awaited> ||
               std::is_aggregate_v<weft::InContext<Pool::Hop>> ||
               std::is_aggregate_v<weft::AnyResult<int>> ||
               std::is_aggregate_v<weft::detail::RootAwaiter<int>> ||
               std::is_aggregate_v<weft::detail::TaskPromiseBase::FinalAwaiter> ||
               std::is_aggregate_v<decltype(weft::when_all(number()))> ||
               std::is_aggregate_v<decltype(weft::when_any(number()))> ||
               std::is_aggregate_v<First> || std::is_aggregate_v<Last> ||
               std::is_aggregate_v<weft::detail::ScopedAwaiter<Pool::Hop>>);
}

TEST(Aggregates, AnArgumentThatIsNamedFirstArrivesWhole) {
  auto task = []() -> weft::Task<std::string> {
    Request request{"a path that is too long for the small string", {1, 2, 3}};
    co_return co_await handle(std::move(request));
  };
  EXPECT_EQ(weft::sync_wait(task()), "a path that is too long for the small string3");
}

TEST(Aggregates, AnAggregateResultArrivesWhole) {
  auto makes = []() -> weft::Task<Request> {
    Request request{"a path that is too long for the small string", {1, 2, 3}};
    co_return request;
  };
  auto task = [&]() -> weft::Task<std::string> {
    const Request request = co_await makes();
    co_return request.path;
  };
  EXPECT_EQ(weft::sync_wait(task()), "a path that is too long for the small string");
}

TEST(Aggregates, AwaitedBeforeTheBracesMembersArriveWhole) {
  auto task = []() -> weft::Task<Request> {
    const int size = co_await number();
    Request request{"a path that is too long for the small string", {size}};
    co_return request;
  };
  EXPECT_EQ(weft::sync_wait(task()).body, std::vector<int>{1});
}

}  // namespace
