// SPDX-License-Identifier: Apache-2.0
#include "span/sampling_threshold.hpp"

#include <algorithm>
#include <cmath>

namespace weft::inline v0::detail {

namespace {

constexpr int kDigits = 14;
constexpr int kPrecision = 4;

std::optional<std::uint64_t> read_digits(std::string_view text) noexcept {
  std::uint64_t number = 0;
  for (const char c : text) {
    const bool is_decimal = c >= '0' && c <= '9';
    if (!is_decimal && (c < 'a' || c > 'f')) return std::nullopt;
    number = number << 4U | static_cast<std::uint64_t>(is_decimal ? c - '0' : c - 'a' + 10);
  }
  return number;
}

// Hex digits that a threshold begins with before it tells ratios of this size apart: f for small
// ones, 0 for those near 1.
int leading_digits(double ratio) noexcept {
  int small = 0;
  int rest = 0;
  std::frexp(ratio, &small);
  std::frexp(1 - ratio, &rest);
  return std::max(small / -4, rest / -4);
}

}  // namespace

std::uint64_t threshold_of(double ratio) noexcept {
  // Exact, also for ratios that 1 - ratio would lose.
  const auto sampled = static_cast<std::uint64_t>(std::llround(std::ldexp(ratio, 56)));
  const std::uint64_t threshold = kRejectAll - std::max<std::uint64_t>(sampled, 1);
  const int precision = std::min(kDigits, kPrecision + leading_digits(ratio));
  const int dropped_bits = 4 * (kDigits - precision);
  if (dropped_bits == 0) return threshold;
  const std::uint64_t unit = std::uint64_t{1} << static_cast<unsigned>(dropped_bits);
  const std::uint64_t rounded = (threshold + unit / 2) & ~(unit - 1);
  return rounded < kRejectAll ? rounded : threshold;
}

std::string threshold_text(std::uint64_t threshold) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string text;
  // At least one digit, as many as there is something left of.
  for (unsigned shift = 52; text.empty() || (threshold & ((std::uint64_t{16} << shift) - 1)) != 0;
       shift -= 4) {
    text += kHex[threshold >> shift & 15U];
    if (shift == 0) break;
  }
  return text;
}

std::optional<std::uint64_t> read_threshold(std::string_view text) noexcept {
  if (text.empty() || text.size() > kDigits) return std::nullopt;
  const auto number = read_digits(text);
  if (!number) return std::nullopt;
  return *number << (4 * (kDigits - text.size()));
}

std::optional<std::uint64_t> read_randomness(std::string_view text) noexcept {
  return text.size() == kDigits ? read_digits(text) : std::nullopt;
}

std::uint64_t randomness_of(const TraceId& trace_id) noexcept {
  std::uint64_t number = 0;
  for (std::size_t i = TraceId::kSize - 7; i < TraceId::kSize; ++i) {
    number = number << 8U | trace_id.bytes()[i];
  }
  return number;
}

}  // namespace weft::inline v0::detail
