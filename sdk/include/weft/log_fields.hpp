// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <weft/ids.hpp>
#include <weft/request_id.hpp>
#include <weft/version.hpp>

namespace weft::inline v0 {

/// Text of up to N bytes that owns itself.
template <std::size_t N>
class FieldText {
 public:
  constexpr std::string_view view() const noexcept { return {text_, size_}; }
  constexpr operator std::string_view() const noexcept { return view(); }
  operator std::string() const { return to_string(); }
  constexpr bool empty() const noexcept { return size_ == 0; }
  std::string to_string() const { return std::string(view()); }
  friend bool operator==(const FieldText& a, std::string_view b) noexcept { return a.view() == b; }
  template <class Out>
    requires requires(Out& out, std::string_view text) { out << text; }
  friend Out& operator<<(Out& out, const FieldText& field) {
    out << field.view();
    return out;
  }

  char text_[N] = {};
  std::size_t size_ = 0;
};

/// What a log line needs to be found again: owns its text, so it may outlive the span. Empty texts
/// where nothing is current.
struct LogFields {
  RequestId request_id{};
  FieldText<32> trace_id{};
  FieldText<16> span_id{};

  /// `request_id=… trace_id=… span_id=…`
  template <class Out>
    requires requires(Out& out, std::string_view text) { out << text; }
  friend Out& operator<<(Out& out, const LogFields& fields) {
    out << "request_id=" << fields.request_id.view() << " trace_id=" << fields.trace_id.view()
        << " span_id=" << fields.span_id.view();
    return out;
  }
};

/// The current request's ids, for a log line.
WEFT_API LogFields log_fields() noexcept;

}  // namespace weft::inline v0
