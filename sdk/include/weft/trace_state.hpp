// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <weft/version.hpp>

namespace weft::inline v0 {

namespace detail {
struct TraceStateText;
}

/// The W3C `tracestate` that travels with a trace: at most 32 `key=value` members, newest first.
/// An immutable value: `set` and `erase` return a new one; copies share the text (one count), so a
/// copy costs nothing when it is empty, which is the usual case. Safe to share between threads.
/// W3C Trace Context Level 2, 3.3.
class WEFT_API TraceState {
 public:
  constexpr TraceState() noexcept = default;
  TraceState(const TraceState& other) noexcept : text_(other.text_) {
    if (text_ != nullptr) acquire();
  }
  TraceState(TraceState&& other) noexcept : text_(std::exchange(other.text_, nullptr)) {}
  TraceState& operator=(TraceState other) noexcept {
    std::swap(text_, other.text_);
    return *this;
  }
  ~TraceState() {
    if (text_ != nullptr) release();
  }

  /// Reads a header's value (several headers joined by commas). Any bad member, a 33rd member or a
  /// key that is too long costs the whole list: none. Allocates only for an accepted text.
  static std::optional<TraceState> from_header(std::string_view header);

  /// The value of `key`; none when it is absent. The view lives as long as any copy of this.
  std::optional<std::string_view> get(std::string_view key) const noexcept;
  /// With `key` leftmost and every other member in its order; the rightmost of 33 is dropped.
  /// Returns an unchanged copy when key or value break the grammar.
  [[nodiscard]] TraceState set(std::string_view key, std::string_view value) const;
  /// Without `key`.
  [[nodiscard]] TraceState erase(std::string_view key) const;

  bool empty() const noexcept { return text_ == nullptr; }
  /// The header's value, "" when empty. Lives as long as any copy of this.
  std::string_view view() const noexcept;
  std::string to_string() const { return std::string(view()); }

  friend bool operator==(const TraceState& a, const TraceState& b) noexcept {
    return a.view() == b.view();
  }

 private:
  explicit TraceState(detail::TraceStateText* text) noexcept : text_(text) {}
  void acquire() const noexcept;
  void release() noexcept;

  detail::TraceStateText* text_ = nullptr;
};

}  // namespace weft::inline v0
