// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include <weft/version.hpp>

#include "platform/random.hpp"
#include "platform/uncaught_exceptions.hpp"

namespace weft::inline v0::detail {

struct Record;
class SimpleExports;
struct ThreadQueue;
struct SpanNode;
struct TaskScope;
struct ValueBox;
class LentContext;

/// A count that one thread writes and any thread reads: a plain add, no bus lock.
class OwnedCounter {
 public:
  void add(std::uint64_t n = 1) noexcept {
    value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_release);
  }
  std::uint64_t read() const noexcept { return value_.load(std::memory_order_acquire); }
  void reset() noexcept { value_.store(0, std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

/// The account of one thread; summed by `Stats` (diagnostics), folded into totals at thread exit.
struct ThreadAccount {
  OwnedCounter started;
  OwnedCounter queue_full;  // found no record, no bytes or no place in the queue
  OwnedCounter not_kept;    // record-only
  OwnedCounter exported;    // by processors alone, when there is no exporter
  OwnedCounter misused;
  OwnedCounter not_recorded;  // the sampler's no
  OwnedCounter user_exceptions;
  OwnedCounter recorded_only;  // of started; other starts do not touch it
};

/// Everything a thread keeps for itself: made at its first span or set, given back when it ends.
/// Found through one initial-exec thread-local pointer; the registry lists all of them.
struct ThreadData {
  std::uint32_t number = 0;  // never used again by another thread, never 0
  std::atomic<std::uint32_t> inside{
      0};  // in a section that reads the telemetry core (read_section)
  std::atomic<const Record*> touching{
      nullptr};  // the record this thread is inside of (span/touch.hpp)
  Random random;
  UncaughtExceptions uncaught_exceptions;

  std::uint64_t next_context_id = 0;  // a leased block of context identities
  std::uint64_t last_context_id = 0;
  ValueBox* free_cells = nullptr;  // for value boxes (context/value_box.cpp)
  SpanNode* free_nodes = nullptr;  // for open spans (context/span_node.cpp)
  std::uint32_t cell_count = 0;
  std::uint32_t node_count = 0;
  TaskScope* offered_scope = nullptr;  // to the coroutine that starts next (context/task_scope.cpp)
  void* offered_frame = nullptr;
  LentContext* lent_context = nullptr;  // by `in_context` (context/lent_context.cpp)

  std::uint32_t free_records = 0;               // index + 1, linked by Record::next
  std::atomic<std::uint32_t> records_epoch{0};  // of free_records and returned_records
  std::atomic<std::uint32_t> returned_records{
      0};                           // given back by the worker, taken in one exchange
  std::uint32_t queue_credits = 0;  // spans this thread may end before it asks again

  ThreadAccount account;
  ThreadQueue* queue = nullptr;  // ended records on their way to the worker

  // Which scope-table index a tracer has: a small direct-mapped cache.
  struct ScopeEntry {
    const char* name = nullptr;
    const char* version = nullptr;
    const char* schema_url = nullptr;
    const char* attributes = nullptr;
    std::size_t size = 0;
    std::uint32_t epoch = 0;
    std::uint16_t index = 0;
    bool is_disabled = false;  // by the configurator
  };
  static constexpr std::size_t kScopeEntries = 8;
  ScopeEntry scopes[kScopeEntries];

  alignas(64) unsigned char span_proxy[128];  // what current_span() returns a reference to
  bool has_span_proxy = false;
  bool is_reporting = false;            // inside an on_error handler (platform/error_reporter.cpp)
  std::uint32_t awaited_callbacks = 0;  // it is inside of (platform/awaited_callback.hpp)
  SimpleExports* simple_exports = nullptr;  // the innermost (processor/simple_exports.hpp)
  unsigned char derived_request_id[128];    // where find_request_id spells the open span's

  /// Memory for one rare copy, good until the next call; null when there is none.
  char* scratch(std::size_t size) noexcept;
  char* scratch_memory = nullptr;
  std::size_t scratch_size = 0;

  ThreadData* next = nullptr;  // the registry's list
  ThreadData* previous = nullptr;
};

extern constinit thread_local ThreadData* this_thread_data
    __attribute__((tls_model("initial-exec")));
ThreadData* make_thread_data() noexcept;

/// This thread's data, made on first use; null only when memory is not to be had. Not for inline
/// functions of public headers: a coroutine may have moved between two calls.
inline ThreadData* thread_data() noexcept {
  ThreadData* data = this_thread_data;
  return data != nullptr ? data : make_thread_data();
}

/// Called for each thread that ends, before its data goes; later stages register their own, once.
/// Hooks run in the order of registration; at most 8.
using ThreadExit = void (*)(ThreadData&) noexcept;
void on_thread_exit(ThreadExit hook) noexcept;

/// Calls `visit` for every live thread's data, under the registry's lock.
void for_each_thread(void (*visit)(ThreadData&, void*), void* state) noexcept;
template <class F>
void for_each_thread(F&& f) noexcept {
  for_each_thread([](ThreadData& data, void* state) { (*static_cast<F*>(state))(data); }, &f);
}

/// Around a fork; and in its child, where the lock is held: the other threads are not there, and
/// this one starts with a fresh seed, an empty account and nothing leased.
void lock_registry() noexcept;
void unlock_registry() noexcept;
void forget_other_threads() noexcept;

/// Sums over all threads, living and ended, since the process began (in a child: since the fork).
/// Counts only grow; an epoch of the account (one `init`) subtracts what was there before.
struct AccountTotals {
  std::uint64_t started = 0, queue_full = 0, not_kept = 0, exported = 0, misused = 0,
                not_recorded = 0, user_exceptions = 0, recorded_only = 0;
};
AccountTotals read_accounts() noexcept;

}  // namespace weft::inline v0::detail
