// SPDX-License-Identifier: Apache-2.0
#include "platform/fork.hpp"

#include <pthread.h>

#include "context/computation.hpp"
#include "context/context_block.hpp"
#include "platform/error_reporter.hpp"
#include "platform/thread_data.hpp"
#include "span/dead_file.hpp"
#include "span/record_pool.hpp"
#include "tracer/core.hpp"
#include "tracer/telemetry_slot.hpp"

namespace weft::inline v0::detail {

namespace {

// Every lock of ours, outermost first; the child gets them held by the thread that it consists of.
void lock_all() noexcept {
  TelemetrySlot& slot = telemetry_slot();
  if (!slot.is_starting_here()) slot.starting.lock();
  slot.mutex.lock();
  lock_computations();
  lock_registry();
  lock_free_lists();
  if (RecordPool* pool = RecordPool::current()) pool->lock();
  error_reporter().before_fork();
}

void unlock_all() noexcept {
  error_reporter().after_fork();
  if (RecordPool* pool = RecordPool::current()) pool->unlock();
  unlock_free_lists();
  unlock_registry();
  unlock_computations();
  TelemetrySlot& slot = telemetry_slot();
  slot.mutex.unlock();
  if (!slot.is_starting_here()) slot.starting.unlock();
}

void start_child() noexcept {
  forker.store(pthread_self(), std::memory_order_relaxed);
  fork_generation.fetch_add(1, std::memory_order_relaxed);  // the child has this thread alone
  RecordPool::leave_to_parent();
  DeadFile::leave_to_parent();
  forget_other_threads();
  forget_other_computations();
  TelemetryCore::leave_to_parent();
  error_reporter().forget_other_threads();
  unlock_all();
}

}  // namespace

void watch_forks() noexcept {
  static constinit pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, [] { pthread_atfork(lock_all, unlock_all, start_child); });
}

}  // namespace weft::inline v0::detail
