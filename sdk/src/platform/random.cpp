// SPDX-License-Identifier: Apache-2.0
#include "platform/random.hpp"

#include <sys/random.h>

#include <ctime>

namespace weft::inline v0::detail {

void Random::seed() noexcept {
  std::uint64_t fresh[2];
  if (getrandom(fresh, sizeof fresh, GRND_NONBLOCK) != static_cast<ssize_t>(sizeof fresh)) {
    // An early boot without entropy: mix what differs between processes and threads.
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    std::uint64_t x = static_cast<std::uint64_t>(now.tv_nsec) ^
                      static_cast<std::uint64_t>(now.tv_sec) << 30U ^
                      reinterpret_cast<std::uintptr_t>(this);
    for (std::uint64_t& word : fresh) {  // splitmix64
      x += 0x9e3779b97f4a7c15U;
      std::uint64_t z = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
      z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
      word = z ^ (z >> 31U);
    }
  }
  state_ = State{fresh[1]} << 64U | fresh[0] | 1U;  // an even one loses bits
}

}  // namespace weft::inline v0::detail
