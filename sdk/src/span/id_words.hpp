// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>

#include <weft/span_context.hpp>
#include <weft/version.hpp>

namespace weft::inline v0::detail {

/// Eight bytes of an id, by themselves: compilers like to load two words at once, and a load that
/// is wider than the stores before it waits until they have left the store buffer.
inline std::uint64_t load_word(const void* from) noexcept {
  std::uint64_t word;
  std::memcpy(&word, from, sizeof word);
  asm("" : "+r"(word));
  return word;
}

/// The first 32 bytes of a SpanContext, in memory order: what a start keeps in registers until it
/// is stored.
struct IdWords {
  std::uint64_t trace_high;
  std::uint64_t trace_low;
  std::uint64_t span;
  std::uint64_t rest;  // valid, flags and the like

  static IdWords of(const SpanContext& context) noexcept {
    const char* const from = reinterpret_cast<const char*>(&context);
    return {load_word(from), load_word(from + 8), load_word(from + 16), load_word(from + 24)};
  }
};

}  // namespace weft::inline v0::detail
