// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>

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

}  // namespace weft::inline v0::detail
