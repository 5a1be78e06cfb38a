// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <weft/span_view.hpp>
#include <weft/version.hpp>

namespace weft::inline v0::console {

/// Escape sequences of a terminal, or nothing.
class Palette {
 public:
  explicit Palette(bool coloured) noexcept : coloured_(coloured) {}
  std::string title(std::string_view text) const { return paint("\x1b[1m", text); }
  std::string trouble(std::string_view text) const { return paint("\x1b[31m", text); }
  std::string kind(std::string_view text) const { return paint("\x1b[36m", text); }
  std::string time(std::string_view text) const { return paint("\x1b[33m", text); }
  std::string faint(std::string_view text) const { return paint("\x1b[2m", text); }

 private:
  std::string paint(std::string_view code, std::string_view text) const {
    if (!coloured_ || text.empty()) return std::string(text);
    return std::string(code) + std::string(text) + "\x1b[0m";
  }
  bool coloured_;
};

/// Each trace as a tree.
std::string tree_text(const std::vector<SpanData>& spans, const Palette& palette);
/// One line a span.
std::string line_text(const std::vector<SpanData>& spans, const Palette& palette);

/// "server", "client", …; "" for internal, which is what spans mostly are.
std::string_view kind_name(SpanKind kind) noexcept;
/// "ERROR declined", "OK"; "" when unset.
std::string status_text(const Status& status, const Palette& palette);

}  // namespace weft::inline v0::console
