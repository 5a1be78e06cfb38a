// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
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

/// Sets `key` in the current Context, replacing an earlier value. An empty key is ignored.
WEFT_API void set(std::string_view key, std::string_view value, std::string_view metadata = {});
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

}  // namespace weft::inline v0::baggage
