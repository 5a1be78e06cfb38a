// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace throughput {

/// CPU time of this process so far, in seconds.
double cpu_seconds();
/// Of this thread.
double thread_cpu_seconds();
/// `VmRSS`, `VmHWM`, …: MiB.
double memory_mib(const std::string& field);
/// Voluntary and involuntary switches of all threads but this one.
std::uint64_t switches_of_others();

}  // namespace throughput
