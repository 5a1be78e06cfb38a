// SPDX-License-Identifier: Apache-2.0
// What other headers define, Windows' and X11's among them, is nothing that ours trip over.
#include <gtest/gtest.h>

#include <charconv>
#include <chrono>
#include <coroutine>
#include <deque>
#include <exception>
#include <filesystem>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <ranges>
#include <span>
#include <string>
#include <thread>
#include <typeinfo>
#include <unordered_map>
#include <variant>
#include <vector>

#define min(a, b) ((a) < (b) ? (a) : (b))
#define max(a, b) ((a) > (b) ? (a) : (b))
#define ERROR 0
#define OK 1
#define NONE 2
#define DELETE 3
#define TRUE 1
#define FALSE 0
#define None 0L
#define Always 2
#define Success 0
#define DEBUG 1
#define LOG(x)
#define CHECK(x)
#define IN
#define OUT
#define OPTIONAL
#define interface struct
#define small char
#define emit
#define slots
#define signals public

#include <weft/composable_sampler.hpp>
#include <weft/request_context.hpp>
#include <weft/weft.hpp>

namespace {

TEST(UserMacros, LeaveTheHeadersAsTheyAre) {
  constexpr weft::SpanLimits limits;
  EXPECT_EQ(limits.attribute_value_length, weft::SpanLimits::kUnlimited);
}

}  // namespace
