// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>

#include <weft/version.hpp>

namespace weft::inline v0::detail {

/// A multiplicative congruential generator modulo 2^128 of which the upper half is given
/// (multiplier: Steele and Vigna, 2021): a multiplication a number, and a state wide enough that
/// threads and processes never meet. Seeded from the kernel; not for secrets.
class Random {
 public:
  /// Takes a fresh seed from the kernel.
  WEFT_API void seed() noexcept;
  std::uint64_t next() noexcept {
    state_ *= 0xda942042e4dd58b5U;
    return static_cast<std::uint64_t>(state_ >> 64U);
  }
  struct Pair {
    std::uint64_t random;
    std::uint64_t other;
  };
  /// A number, and another one: never zero together, and not again in the state's whole period.
  Pair next_pair() noexcept {
    const std::uint64_t upper = next();
    // The lower half is odd, and the less random the lower its bits.
    return {upper, static_cast<std::uint64_t>(state_) ^ std::rotl(upper, 32)};
  }

 private:
  __extension__ using State = unsigned __int128;
  State state_ = 1;  // odd
};

}  // namespace weft::inline v0::detail
