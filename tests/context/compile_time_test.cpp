// SPDX-License-Identifier: Apache-2.0
// What is true before the program runs. Nothing here is called.
#include <weft/context.hpp>
#include <weft/executor.hpp>

#include <memory>
#include <ranges>
#include <string>
#include <type_traits>
#include <vector>

namespace {

// Without a default every variable is there before the first line of the program.
[[maybe_unused]] constinit const weft::ContextVar<std::string> text{"text"};
[[maybe_unused]] constinit const weft::ContextVar<std::unique_ptr<int>> owner{"owner"};
[[maybe_unused]] constinit const weft::ContextVar<int> number{"number"};
[[maybe_unused]] constinit const weft::ContextVar<int> with_default{"with default", 5};

// No exit-time destructor, with a default or without.
static_assert(std::is_trivially_destructible_v<weft::ContextVar<int>>);
static_assert(std::is_trivially_destructible_v<weft::ContextVar<std::string>>);
static_assert(std::is_trivially_destructible_v<weft::ContextVar<std::vector<std::string>>>);
static_assert(std::is_trivially_destructible_v<weft::ContextVar<weft::RequestId>>);

// A variable is a place.
static_assert(!std::is_copy_constructible_v<weft::ContextVar<int>>);
static_assert(!std::is_copy_assignable_v<weft::ContextVar<int>>);

template <class T>
constexpr bool kIsMoveOnly =
    !std::is_copy_constructible_v<T> && !std::is_copy_assignable_v<T> &&
    std::is_nothrow_move_constructible_v<T> && std::is_nothrow_move_assignable_v<T>;
static_assert(kIsMoveOnly<weft::Token<int>>);
static_assert(kIsMoveOnly<weft::Token<std::string>>);
static_assert(!std::is_default_constructible_v<weft::Token<int>>);
static_assert(!std::is_move_constructible_v<weft::Scoped<int>>);

// Only `old_value` needs a copy.
template <class T>
concept HasOldValue = requires(const weft::Token<T>& token) { token.old_value(); };
static_assert(HasOldValue<std::string> && !HasOldValue<std::unique_ptr<int>>);

static_assert(std::is_nothrow_default_constructible_v<weft::Context>);
static_assert(std::is_nothrow_copy_constructible_v<weft::Context>);
static_assert(std::is_nothrow_move_constructible_v<weft::Context>);
static_assert(std::is_nothrow_destructible_v<weft::Context>);
// Assigning to an entered one throws.
static_assert(!std::is_nothrow_copy_assignable_v<weft::Context>);
static_assert(!std::is_nothrow_move_assignable_v<weft::Context>);
static_assert(noexcept(weft::copy_context()));
static_assert(noexcept(text.find()) && noexcept(text.name()));

static_assert(std::is_same_v<decltype(text.get()), const std::string&>);
static_assert(std::is_same_v<decltype(text.get_or("x")), std::string>);
static_assert(std::is_same_v<decltype(weft::request_id.get()), weft::RequestId>);
static_assert(std::is_same_v<decltype(weft::Context().get(text)), const std::string&>);
static_assert(std::ranges::input_range<const weft::Context>);

static_assert(std::is_base_of_v<weft::ContextError, weft::LookupError> &&
              std::is_base_of_v<weft::ContextError, weft::TokenUsedError> &&
              std::is_base_of_v<weft::ContextError, weft::TokenVarError> &&
              std::is_base_of_v<weft::ContextError, weft::TokenContextError> &&
              std::is_base_of_v<weft::ContextError, weft::ContextEnteredError> &&
              std::is_base_of_v<std::runtime_error, weft::ContextError>);

}  // namespace
