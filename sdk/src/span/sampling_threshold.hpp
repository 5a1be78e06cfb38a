// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <weft/ids.hpp>
#include <weft/version.hpp>

// The numbers of consistent probability sampling: a trace of randomness R is sampled where R is not
// below the rejection threshold T, both of 56 bits. OpenTelemetry "TraceState: Probability
// Sampling".

namespace weft::inline v0::detail {

/// One more than the largest threshold: nothing is sampled.
inline constexpr std::uint64_t kRejectAll = std::uint64_t{1} << 56U;
inline constexpr double kLeastRatio = 0x1p-56;

/// (1 - ratio) * 2^56, to four digits beyond those that all say "nearly nothing" or "nearly
/// everything", so that the text stays short. Precondition: kLeastRatio <= ratio <= 1.
std::uint64_t threshold_of(double ratio) noexcept;
/// What `th` says: 1 to 14 hex digits, trailing zeros dropped. Precondition: below kRejectAll.
std::string threshold_text(std::uint64_t threshold);
/// `th = 1*14( DIGIT / "a"-"f" )`; none for any other text.
std::optional<std::uint64_t> read_threshold(std::string_view text) noexcept;
/// `rv = 14( DIGIT / "a"-"f" )`; none for any other text.
std::optional<std::uint64_t> read_randomness(std::string_view text) noexcept;
/// The right 7 bytes.
std::uint64_t randomness_of(const TraceId& trace_id) noexcept;

}  // namespace weft::inline v0::detail
