// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <weft/version.hpp>

namespace weft::inline v0 {

/// The text that names a request in logs and between services. Owns up to 127 bytes inline, so it
/// is a plain value that never allocates; a longer text is cut there. Unless an upstream id came
/// in, it is the 32 hex digits of the current span's trace id.
class RequestId {
 public:
  static constexpr std::size_t kCapacity = 127;

  constexpr RequestId() noexcept = default;
  constexpr RequestId(std::string_view text) noexcept
      : size_(static_cast<std::uint8_t>(text.size() < kCapacity ? text.size() : kCapacity)) {
    for (std::size_t i = 0; i < size_; ++i) text_[i] = text[i];
  }
  constexpr RequestId(const char* text) noexcept : RequestId(std::string_view(text)) {}
  RequestId(const std::string& text) noexcept : RequestId(std::string_view(text)) {}

  /// The text; lives as long as this object.
  constexpr std::string_view view() const noexcept { return {text_, size_}; }
  constexpr bool empty() const noexcept { return size_ == 0; }
  std::string to_string() const { return std::string(view()); }
  constexpr operator std::string_view() const noexcept { return view(); }
  operator std::string() const { return to_string(); }

  friend constexpr bool operator==(const RequestId& a, const RequestId& b) noexcept {
    return a.view() == b.view();
  }
  friend constexpr bool operator==(const RequestId& a, std::string_view b) noexcept {
    return a.view() == b;
  }
  friend bool operator==(const RequestId& a, const std::string& b) noexcept {
    return a.view() == b;
  }
  friend constexpr bool operator==(const RequestId& a, const char* b) noexcept {
    return a.view() == std::string_view(b);
  }
  template <class Out>
    requires requires(Out& out, std::string_view text) { out << text; }
  friend Out& operator<<(Out& out, const RequestId& id) {
    out << id.view();
    return out;
  }

 private:
  char text_[kCapacity] = {};
  std::uint8_t size_ = 0;
};

namespace detail {
/// The slot that belongs to weft::request_id alone.
inline constexpr std::uint32_t kRequestIdSlot = 1;
struct ContextState;
/// The request id of that context: a set one, else the open span's, else null. The pointer is good
/// until this thread asks again.
WEFT_API const RequestId* find_request_id(const ContextState& state) noexcept;
WEFT_API const RequestId* find_request_id() noexcept;
}  // namespace detail

}  // namespace weft::inline v0
