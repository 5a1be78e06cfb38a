// SPDX-License-Identifier: Apache-2.0
#include "platform/thread_data.hpp"

#include <pthread.h>

#include <cstdlib>
#include <mutex>
#include <new>
#include <utility>

#include "platform/asymmetric_fence.hpp"
#include "platform/fork.hpp"

namespace weft::inline v0::detail {

// The model again: gcc takes it from the definition in this file.
constinit thread_local ThreadData* this_thread_data __attribute__((tls_model("initial-exec"))) =
    nullptr;

namespace {

constexpr std::size_t kMaximumHooks = 8;

// All constant-initialised and trivially destructible: threads may end after main has.
struct Registry {
  std::mutex mutex;
  ThreadData* threads = nullptr;
  ThreadData* forgotten = nullptr;  // of threads that a fork has left in its parent
  std::uint32_t next_number = 1;
  AccountTotals ended;
  ThreadExit hooks[kMaximumHooks] = {};
  std::atomic<std::size_t> hook_count{0};
};
constinit Registry registry;
constinit pthread_key_t exit_key{};
constinit pthread_once_t exit_key_once = PTHREAD_ONCE_INIT;

void fold(AccountTotals& totals, const ThreadAccount& account) noexcept {
  totals.started += account.started.read();
  totals.queue_full += account.queue_full.read();
  totals.not_kept += account.not_kept.read();
  totals.exported += account.exported.read();
  totals.misused += account.misused.read();
  totals.not_recorded += account.not_recorded.read();
  totals.user_exceptions += account.user_exceptions.read();
  totals.recorded_only += account.recorded_only.read();
}

void unlink(ThreadData& data) noexcept {
  const std::lock_guard lock(registry.mutex);
  (data.previous != nullptr ? data.previous->next : registry.threads) = data.next;
  if (data.next != nullptr) data.next->previous = data.previous;
  fold(registry.ended, data.account);
}

// Runs after the thread's C++ thread_local destructors, which may still end spans.
void thread_exit(void* pointer) {
  auto* data = static_cast<ThreadData*>(pointer);
  const std::size_t hooks = registry.hook_count.load(std::memory_order_acquire);
  for (std::size_t i = 0; i < hooks; ++i) registry.hooks[i](*data);
  unlink(*data);
  this_thread_data = nullptr;
  std::free(data->scratch_memory);
  delete data;
}

}  // namespace

char* ThreadData::scratch(std::size_t size) noexcept {
  if (size > scratch_size) {
    auto* grown = static_cast<char*>(std::realloc(scratch_memory, size));
    if (grown == nullptr) return nullptr;
    scratch_memory = grown;
    scratch_size = size;
  }
  return scratch_memory;
}

ThreadData* make_thread_data() noexcept {
  auto* data = new (std::nothrow) ThreadData;
  if (data == nullptr) return nullptr;
  watch_forks();
  data->random.seed();
  data->uncaught_exceptions.attach();
  (void)fence_all_threads_available();  // registers the process, once
  pthread_once(&exit_key_once, [] { pthread_key_create(&exit_key, thread_exit); });
  pthread_setspecific(exit_key, data);
  {
    const std::lock_guard lock(registry.mutex);
    data->number = registry.next_number++;
    data->next = registry.threads;
    if (registry.threads != nullptr) registry.threads->previous = data;
    registry.threads = data;
  }
  this_thread_data = data;
  return data;
}

void on_thread_exit(ThreadExit hook) noexcept {
  const std::lock_guard lock(registry.mutex);
  const std::size_t count = registry.hook_count.load(std::memory_order_relaxed);
  for (std::size_t i = 0; i < count; ++i) {
    if (registry.hooks[i] == hook) return;
  }
  if (count == kMaximumHooks) return;
  registry.hooks[count] = hook;
  registry.hook_count.store(count + 1, std::memory_order_release);
}

void for_each_thread(void (*visit)(ThreadData&, void*), void* state) noexcept {
  const std::lock_guard lock(registry.mutex);
  for (ThreadData* data = registry.threads; data != nullptr; data = data->next) {
    visit(*data, state);
  }
}

void lock_registry() noexcept { registry.mutex.lock(); }
void unlock_registry() noexcept { registry.mutex.unlock(); }

namespace {

// Theirs stays as it is, since nobody uses it any more; who looks for leaks finds it reachable.
void put_by_all_but(ThreadData* self) noexcept {
  ThreadData* next = nullptr;
  for (ThreadData* data = registry.threads; data != nullptr; data = next) {
    next = data->next;
    if (data != self) data->next = std::exchange(registry.forgotten, data);
  }
}

}  // namespace

void forget_other_threads() noexcept {
  ThreadData* self = this_thread_data;
  put_by_all_but(self);
  registry.threads = self;
  registry.ended = AccountTotals();
  if (self == nullptr) return;
  self->next = self->previous = nullptr;
  self->random.seed();
  self->inside.store(0, std::memory_order_relaxed);
  self->free_records = 0;
  self->returned_records.store(0, std::memory_order_relaxed);
  self->records_epoch.store(0, std::memory_order_relaxed);
  self->queue_credits = 0;
  self->queue = nullptr;
  self->account.started.reset();
  self->account.queue_full.reset();
  self->account.not_kept.reset();
  self->account.exported.reset();
  self->account.misused.reset();
  self->account.not_recorded.reset();
  self->account.user_exceptions.reset();
  self->account.recorded_only.reset();
}

AccountTotals read_accounts() noexcept {
  const std::lock_guard lock(registry.mutex);
  AccountTotals totals = registry.ended;
  for (ThreadData* data = registry.threads; data != nullptr; data = data->next) {
    fold(totals, data->account);
  }
  return totals;
}

}  // namespace weft::inline v0::detail
