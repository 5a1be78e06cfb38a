// SPDX-License-Identifier: Apache-2.0
#pragma once

// Formatters for {fmt}, and so for spdlog, which formats with it:
//
//     spdlog::info("charged {} {}", order, weft::log_fields());
//     fmt::print("{:>40}\n", weft::request_id.get());
//
// Link `weft::fmt`. It uses the {fmt} that the program has, or else the one inside spdlog, and
// brings none: link that as ever. The format is that of strings: width, fill, alignment, precision.
#if __has_include(<fmt/core.h>)
#include <fmt/core.h>
#elif __has_include(<spdlog/fmt/fmt.h>)
#include <spdlog/fmt/fmt.h>
#else
#error "<weft/fmt.hpp> needs {fmt}; install it (Debian: libfmt-dev)"
#endif

#include <cstddef>
#include <string_view>

#include <weft/ids.hpp>
#include <weft/log_fields.hpp>
#include <weft/request_id.hpp>

namespace weft::inline v0::detail {

/// The text of log fields, where {fmt} can see it in one piece.
class LogFieldsText {
 public:
  explicit LogFieldsText(const LogFields& fields) noexcept { *this << fields; }
  LogFieldsText& operator<<(std::string_view text) noexcept {
    size_ += text.copy(text_ + size_, sizeof text_ - size_);
    return *this;
  }
  fmt::string_view view() const noexcept { return {text_, size_}; }

 private:
  char text_[RequestId::kCapacity + 32 + 16 + 64];
  std::size_t size_ = 0;
};

}  // namespace weft::inline v0::detail

template <>
struct fmt::formatter<weft::LogFields> : fmt::formatter<fmt::string_view> {
  template <class Context>
  auto format(const weft::LogFields& fields, Context& context) const {
    return fmt::formatter<fmt::string_view>::format(weft::detail::LogFieldsText(fields).view(),
                                                    context);
  }
};

template <>
struct fmt::formatter<weft::RequestId> : fmt::formatter<fmt::string_view> {
  template <class Context>
  auto format(const weft::RequestId& id, Context& context) const {
    return fmt::formatter<fmt::string_view>::format({id.view().data(), id.view().size()}, context);
  }
};

template <std::size_t N>
struct fmt::formatter<weft::FieldText<N>> : fmt::formatter<fmt::string_view> {
  template <class Context>
  auto format(const weft::FieldText<N>& field, Context& context) const {
    return fmt::formatter<fmt::string_view>::format({field.text_, field.size_}, context);
  }
};

template <std::size_t Size, class Tag>
struct fmt::formatter<weft::BasicId<Size, Tag>> : fmt::formatter<fmt::string_view> {
  template <class Context>
  auto format(const weft::BasicId<Size, Tag>& id, Context& context) const {
    char text[2 * Size];
    weft::detail::write_hex(id.bytes().data(), Size, text);
    return fmt::formatter<fmt::string_view>::format({text, sizeof text}, context);
  }
};
