// SPDX-License-Identifier: Apache-2.0
// Under -Wshadow, what our constructors and lambdas call their parameters is not what a user's
// globals are called: gcc compares them where a template is instantiated.
#include <weft/weft.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

[[maybe_unused]] static const weft::ContextVar<std::string> awaitable{"awaitable"}, each{"each"},
    awaiter{"awaiter"}, carrier{"carrier"}, child{"child"}, end{"end"}, first{"first"},
    frame{"frame"}, fresh{"fresh"}, function{"function"}, handle{"handle"}, initial{"initial"},
    inner{"inner"}, key{"key"}, other{"other"}, promise{"promise"}, range{"range"}, self{"self"},
    state{"state"}, task{"task"}, tasks{"tasks"}, value{"value"}, variable{"variable"}, who{"who"};
// The default of a number may be written as any number.
[[maybe_unused]] static const weft::ContextVar<std::uint64_t> requests{"requests", 0};

namespace {

struct Inline {
  template <class F>
  void post(F&& work) const {
    work();
  }
};

weft::Task<int> number(int result) { co_return result; }

weft::Task<int> sum() {
  auto [a, b] = co_await weft::when_all(number(1), number(2));
  std::vector<weft::Task<int>> more;
  more.push_back(number(3));
  const std::vector<int> c = co_await weft::when_all(std::move(more));
  const auto any = co_await weft::when_any(number(4), number(4));
  co_return a + b + c.front() + any.value + co_await weft::in_context(number(5));
}

TEST(UserNames, MayBeThoseOfOurParameters) {
  const auto scope = value.scoped("v");
  EXPECT_EQ(weft::sync_wait(sum()), 15);
  EXPECT_EQ(weft::bind([](int a, int b) { return a + b; }, 1)(2), 3);
  std::string seen;
  weft::propagating(Inline()).post([&seen] { seen = value.get(); });
  EXPECT_EQ(seen, "v");
  const std::map<std::string, std::string> headers{{"baggage", "k=v"}};
  EXPECT_TRUE(weft::extract(headers).contains(weft::baggage::entries));
  const auto request = weft::RequestContext::scope({{"n", 1}});
  EXPECT_EQ(weft::RequestContext::get<int>("n"), 1);
}

}  // namespace
