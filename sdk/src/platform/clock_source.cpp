// SPDX-License-Identifier: Apache-2.0
#include "platform/clock_source.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace weft::inline v0::detail {

#if defined(__x86_64__)

namespace {

constexpr char kClocksource[] = "/sys/devices/system/clocksource/clocksource0/current_clocksource";

// AMD64 Architecture Programmer's Manual, vol. 3, E.4.6; Intel SDM, vol. 3, 18.17.1.
bool counter_is_invariant() noexcept {
  constexpr unsigned kPowerLeaf = 0x80000007;
  constexpr unsigned kInvariantCounter = 1U << 8U;
  unsigned a = 0;
  unsigned b = 0;
  unsigned c = 0;
  unsigned d = 0;
  return __get_cpuid(kPowerLeaf, &a, &b, &c, &d) != 0 && (d & kInvariantCounter) != 0;
}

bool kernel_uses_counter() noexcept {
  const int file = open(kClocksource, O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  char text[16];
  const ssize_t size = read(file, text, sizeof text);
  close(file);
  return size > 0 && std::string_view(text, static_cast<std::size_t>(size)) == "tsc\n";
}

}  // namespace

bool counter_is_trusted() noexcept {
  const int error = errno;
  const bool trusted = counter_is_invariant() && kernel_uses_counter();
  errno = error;
  return trusted;
}

#else

bool counter_is_trusted() noexcept { return false; }

#endif

}  // namespace weft::inline v0::detail
