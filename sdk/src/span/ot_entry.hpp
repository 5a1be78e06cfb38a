// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <weft/trace_state.hpp>
#include <weft/version.hpp>

// OpenTelemetry's own entry of the trace state: `ot=th:c;rv:0123456789abcd;other:value`.
// OpenTelemetry "TraceState: Handling".

namespace weft::inline v0::detail {

/// What is read of it. A value that breaks the grammar, is longer than 256 characters or names a
/// key twice counts as if it were not there.
struct OtEntry {
  std::optional<std::uint64_t> threshold{};   ///< `th`
  std::optional<std::uint64_t> randomness{};  ///< `rv`
  bool names_threshold = false;               ///< there is a `th`, good or not
};

OtEntry read_ot_entry(const TraceState& state) noexcept;

/// The trace state with this `th`, or without one. Everything else of the entry is kept, `rv`
/// above all; an entry that breaks the grammar is replaced. Where the threshold does not fit 256
/// characters there is none. Throws std::bad_alloc.
TraceState with_threshold(const TraceState& state, std::optional<std::uint64_t> threshold);

/// What a sampler that follows its parent hands on: without a `th` that the parent's flag
/// contradicts, or that is none. Throws std::bad_alloc.
TraceState consistent_trace_state(const TraceState& parent, bool is_sampled,
                                  std::uint64_t randomness_of_id);

}  // namespace weft::inline v0::detail
