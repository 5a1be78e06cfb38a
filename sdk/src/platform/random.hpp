// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>

#include <weft/version.hpp>

namespace weft::inline v0::detail {

/// xoshiro256++ (Blackman and Vigna, public domain): 1 ns, and a state wide enough that threads and
/// processes never meet. Seeded from the kernel; not for secrets.
class Random {
 public:
  /// Takes a fresh seed from the kernel.
  WEFT_API void seed() noexcept;
  std::uint64_t next() noexcept {
    const std::uint64_t result = std::rotl(state_[0] + state_[3], 23) + state_[0];
    const std::uint64_t t = state_[1] << 17U;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= t;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

 private:
  std::uint64_t state_[4] = {1, 2, 3, 4};
};

}  // namespace weft::inline v0::detail
