// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <weft/context.hpp>
#include <weft/context_var.hpp>
#include <weft/version.hpp>

/// Key-value pairs that travel with a request to every service it reaches, by the baggage
/// propagator. They live in the current Context, so they follow a request as every variable does.
/// Works without `init`. OpenTelemetry Baggage API; W3C Baggage.
namespace weft::inline v0::baggage {

struct Entry {
  std::string key{};
  std::string value{};
  std::string metadata{};  ///< one opaque text: W3C's properties
  friend bool operator==(const Entry&, const Entry&) = default;
};

/// What the variable holds: shared and immutable.
using Entries = std::shared_ptr<const std::vector<Entry>>;

/// The variable itself, for propagators and for `weft::Context::get`.
WEFT_API extern const ContextVar<Entries> entries;

namespace detail {
template <class T>
concept Number = std::floating_point<T> || (std::integral<T> && sizeof(T) <= sizeof(std::int64_t));

/// A number as the text that travels: decimal, a floating-point number as its shortest form that
/// reads back the same; `true` or `false`; a `char` is a text.
class NumberText {
 public:
  template <Number T>
  explicit NumberText(T its_number) noexcept {
    if constexpr (std::same_as<T, bool>) {
      size_ =
          (its_number ? std::string_view("true") : std::string_view("false")).copy(text_, kRoom);
    } else if constexpr (std::same_as<T, char>) {
      text_[0] = its_number;
      size_ = 1;
    } else if constexpr (std::floating_point<T>) {
      write(its_number);
    } else if constexpr (std::signed_integral<T>) {
      write(static_cast<std::int64_t>(its_number));
    } else {
      write(static_cast<std::uint64_t>(its_number));
    }
  }
  std::string_view view() const noexcept { return {text_, size_}; }

 private:
  static constexpr std::size_t kRoom = 64;
  template <class T>
  void write(T number) noexcept {
    size_ = static_cast<std::size_t>(std::to_chars(text_, text_ + kRoom, number).ptr - text_);
  }
  char text_[kRoom];
  std::size_t size_ = 0;
};
}  // namespace detail

/// Sets `key` in the current Context, replacing an earlier value. An empty key is ignored.
WEFT_API void set(std::string_view key, std::string_view value, std::string_view metadata = {});
/// … to a number or a truth value, as text.
template <detail::Number T>
void set(std::string_view key, T number, std::string_view metadata = {}) {
  set(key, detail::NumberText(number).view(), metadata);
}
/// Removes `key` from the current Context.
WEFT_API void remove(std::string_view key);
/// Removes everything.
WEFT_API void clear();
WEFT_API std::optional<std::string> get(std::string_view key);
/// Every entry in order: a range of {key, value, metadata}.
WEFT_API std::vector<Entry> all();
WEFT_API std::vector<Entry> all(const Context& context);

/// Sets `key` until the closing brace.
[[nodiscard]] WEFT_API weft::Scoped<Entries> scoped(std::string_view key, std::string_view value,
                                                    std::string_view metadata = {});

template <detail::Number T>
[[nodiscard]] weft::Scoped<Entries> scoped(std::string_view key, T number,
                                           std::string_view metadata = {}) {
  return scoped(key, detail::NumberText(number).view(), metadata);
}

}  // namespace weft::inline v0::baggage
