// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <pthread.h>

#include <atomic>
#include <cstdint>

#include <weft/version.hpp>

namespace weft::inline v0::detail {

/// Registers what happens around `fork`, once per process; called when a thread first gets data of
/// ours. Defined by the last stage (tracer/fork.cpp), which knows the locks of all.
///
/// No lock of ours is left held in the child. Every inherited span is void there (it is the
/// parent's to end), ids come from a fresh seed, and nothing inherited is sent twice. Telemetry
/// goes on at the child's first span: same configuration, a record pool, a worker and a
/// `service.instance.id` of its own.
void watch_forks() noexcept;

/// Another in each forked child: what keeps state of threads knows by it that they are not there.
inline constinit std::atomic<std::uint32_t> fork_generation{0};
/// In a forked child the thread that has forked, the only one that it has of its parent's.
inline constinit std::atomic<pthread_t> forker{};

}  // namespace weft::inline v0::detail
