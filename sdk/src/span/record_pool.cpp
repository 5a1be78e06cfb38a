// SPDX-License-Identifier: Apache-2.0
#include "span/record_pool.hpp"

#include <algorithm>
#include <ctime>
#include <new>
#include <utility>

#include "platform/asymmetric_fence.hpp"
#include "span/pool_mapping.hpp"
#include "span/spool_file.hpp"

namespace weft::inline v0::detail {

constinit std::atomic<RecordPool*> RecordPool::current_{nullptr};
constinit std::atomic<std::uint32_t> RecordPool::epoch_{1};
constinit std::atomic<std::uint32_t> RecordPool::short_attribute_limit_{0};
constinit std::atomic<bool> RecordPool::is_abandoned_{false};
constinit std::atomic<RecordPool*> RecordPool::adopted_{nullptr};
constinit std::atomic<bool> RecordPool::has_adopted_{false};

namespace {

constexpr std::uint32_t kMaximumLease = 32;

void orphan_records(ThreadData& thread) noexcept {
  if (RecordPool* pool = RecordPool::current()) pool->orphan(thread);
}

std::uint32_t short_attributes(const SpanLimits& limits) noexcept {
  if (limits.attribute_value_length != SpanLimits::kUnlimited) return 0;
  return static_cast<std::uint32_t>(std::min<std::size_t>(limits.attribute_count, UINT16_MAX));
}

}  // namespace

bool RecordPool::holds(const PoolLimits& limits) const noexcept {
  return limits.records <= record_capacity_ && limits.bytes <= chunk_capacity_ * kChunkSize &&
         // A pool that is far too large would not bound what it is asked to bound.
         limits.records * 2 >= record_capacity_ && limits.bytes * 2 >= chunk_capacity_ * kChunkSize;
}

RecordPool* RecordPool::open(const PoolLimits& limits) noexcept { return open(limits, nullptr); }

RecordPool* RecordPool::open(const PoolLimits& asked, std::unique_ptr<SpoolFile> file) noexcept {
  on_thread_exit(orphan_records);
  PoolLimits limits = asked;
  limits.bytes = std::min(limits.bytes, kMaximumBytes);
  RecordPool* pool = current();
  if (pool != nullptr && pool->holds(limits) && !is_abandoned_.exchange(false)) {
    pool->reset();
  } else {
    RecordPool* const before = pool;
    pool = map(limits);
    if (pool == nullptr) return nullptr;
    pool->before_ = before;
  }
  if (file != nullptr) pool->take_file(std::move(file));
  pool->set_span_limits(limits.span);
  short_attribute_limit_.store(short_attributes(limits.span), std::memory_order_relaxed);
  epoch_.fetch_add(1, std::memory_order_acq_rel);
  current_.store(pool, std::memory_order_release);
  return pool;
}

void RecordPool::retire() noexcept {
  epoch_.fetch_add(1, std::memory_order_acq_rel);
  // From here on every touch finds its epoch void, or is inside already: wait for those.
  fence_all_threads();
  wait_for_touches();
}

void RecordPool::abandon() noexcept { is_abandoned_.store(true); }

RecordPool& RecordPool::elsewhere(const Record& record) noexcept {
  for (RecordPool* pool = current(); pool != nullptr; pool = pool->before_) {
    if (pool->contains(record)) return *pool;
  }
  RecordPool* adopted = adopted_.load(std::memory_order_acquire);
  return adopted != nullptr ? *adopted : *current();
}

// A touch lasts nanoseconds, unless its thread is preempted: give up after a second.
void RecordPool::wait_for_touches() noexcept {
  for_each_thread([](const ThreadData& thread) {
    for (int tries = 0; tries < 11'000; ++tries) {
      if (thread.touching.load(std::memory_order_acquire) == nullptr) break;
      const timespec pause{.tv_sec = 0, .tv_nsec = tries < 1000 ? 0 : 100'000};
      nanosleep(&pause, nullptr);
    }
  });
}

Record* RecordPool::refill(ThreadData& thread) noexcept {
  if (current() != this) [[unlikely]]
    return nullptr;  // a start of an earlier life that took long; what the thread has is the next's
  std::uint32_t first = thread.returned_records.exchange(0, std::memory_order_acquire);
  if (thread.records_epoch != epoch()) {
    thread.records_epoch = epoch();  // what it had belonged to another pool
    first = 0;
  }
  std::uint32_t count = 0;
  if (first == 0) first = take_block(count);
  if (first == 0) first = steal();
  if (first == 0) return nullptr;
  Record& taken = record(first);
  thread.free_records = taken.next;
  if (disk_error_.load(std::memory_order_relaxed) != 0) [[unlikely]]
    report_disk();
  return &taken;
}

// A chain of records from the common list, else of records that were never used.
std::uint32_t RecordPool::take_block(std::uint32_t& count) noexcept {
  const std::lock_guard lock(mutex_);
  const std::uint32_t used = used_records_.load(std::memory_order_relaxed);
  const std::uint32_t fresh = record_capacity_ - used;
  if (free_records_ != 0) {
    const std::uint32_t first = free_records_;
    std::uint32_t last = first;
    for (count = 1; count < kMaximumLease && record(last).next != 0; ++count) {
      last = record(last).next;
    }
    free_records_ = std::exchange(record(last).next, 0U);
    return first;
  }
  count = std::min(fresh, std::clamp(fresh / 64, 1U, kMaximumLease));
  if (count == 0) return 0;
  if (file_ != nullptr && used + count > backed_records_) back_records(used + count);
  for (std::uint32_t i = 0; i < count; ++i) {
    records_[used + i].next = i + 1 < count ? used + i + 2 : 0;
  }
  used_records_.store(used + count, std::memory_order_release);
  header_->used_records.store(used + count, std::memory_order_release);
  return used + 1;
}

// The last resort: what was given back to a thread that has not asked for it.
std::uint32_t RecordPool::steal() noexcept {
  std::uint32_t found = 0;
  for_each_thread([&](ThreadData& thread) {
    if (found == 0) found = thread.returned_records.exchange(0, std::memory_order_acquire);
  });
  return found;
}

void RecordPool::free_record(Record& record) noexcept {
  const std::uint32_t word = record.state.load(std::memory_order_relaxed);
  // Release: a stale handle that sees the new generation sees nothing of the next span's yet.
  record.state.store(state_word(generation_of(word) + 1, RecordState::free),
                     std::memory_order_release);
  if (record.first_chunk == 0) [[likely]]
    return;
  const std::lock_guard lock(mutex_);
  std::uint32_t last = record.first_chunk;
  std::uint32_t count = 1;
  for (; chunk(last).next != 0; ++count) last = chunk(last).next;
  held_chunks_.fetch_sub(count, std::memory_order_relaxed);
  chunk(last).next = free_chunks_;
  free_chunks_ = std::exchange(record.first_chunk, 0U);
}

namespace {

struct Chain {
  std::uint32_t owner = 0;
  std::uint32_t first = 0;
  std::uint32_t last = 0;
};
constexpr std::size_t kChains = 16;

}  // namespace

void RecordPool::release(std::span<Record* const> records) noexcept {
  Chain chains[kChains];  // by owner; the last one takes all further owners
  for (Record* record : records) {
    free_record(*record);
    const std::uint32_t owner = record->owner.load(std::memory_order_relaxed);
    std::size_t i = 0;
    while (i + 1 < kChains && chains[i].first != 0 && chains[i].owner != owner) ++i;
    Chain& chain = chains[i];
    const std::uint32_t number = number_of(*record);
    if (chain.first == 0) chain.last = number;
    record->next = chain.first;
    chain.first = number;
    chain.owner = i + 1 < kChains ? owner : 0;
  }
  for_each_thread([&](ThreadData& thread) {
    // What threads have is the current pool's.
    if (current() != this || thread.records_epoch.load(std::memory_order_relaxed) != epoch())
      return;
    for (Chain& chain : chains) {
      std::uint32_t none = 0;
      if (chain.first == 0 || chain.owner != thread.number) continue;
      // A thread that has not taken what it got last time has enough.
      if (thread.returned_records.compare_exchange_strong(none, chain.first,
                                                          std::memory_order_acq_rel)) {
        chain.first = 0;
      }
    }
  });
  for (const Chain& chain : chains) {
    if (chain.first != 0) give_to_all(chain.first, chain.last);
  }
}

void RecordPool::release(ThreadData& thread, Record& record) noexcept {
  const bool is_own = record.owner.load(std::memory_order_relaxed) == thread.number &&
                      thread.records_epoch.load(std::memory_order_relaxed) == epoch() &&
                      current() == this;
  if (!is_own) {
    Record* const one[] = {&record};
    return release(one);
  }
  free_record(record);
  record.next = thread.free_records;
  thread.free_records = number_of(record);
}

void RecordPool::give_to_all(std::uint32_t first, std::uint32_t last) noexcept {
  const std::lock_guard lock(mutex_);
  record(last).next = free_records_;
  free_records_ = first;
}

void RecordPool::orphan(ThreadData& thread) noexcept {
  std::uint32_t returned = 0;
  bool has_records = false;
  // Under the registry's lock, as `release` is: nothing may be given to a thread that does not take
  // it any more.
  for_each_thread([&](ThreadData& one) {
    if (&one != &thread) return;
    returned = thread.returned_records.exchange(0, std::memory_order_acquire);
    has_records = thread.records_epoch.exchange(0, std::memory_order_relaxed) == epoch();
  });
  if (!has_records) return;
  for (std::uint32_t first : {std::exchange(thread.free_records, 0U), returned}) {
    if (first == 0) continue;
    std::uint32_t last = first;
    while (record(last).next != 0) last = record(last).next;
    give_to_all(first, last);
  }
}

std::uint32_t RecordPool::acquire_chunk() noexcept {
  const std::lock_guard lock(mutex_);
  std::uint32_t number = free_chunks_;
  if (number != 0) {
    free_chunks_ = chunk(number).next;
  } else if (used_chunks_ < chunk_capacity_) {
    if (file_ != nullptr && used_chunks_ == backed_chunks_) back_chunks(used_chunks_ + 1);
    number = ++used_chunks_;
    header_->used_chunks.store(number, std::memory_order_release);
  }
  if (number == 0) {
    is_refusing_.store(true, std::memory_order_relaxed);
    return 0;
  }
  chunk(number).next = 0;
  held_chunks_.fetch_add(1, std::memory_order_relaxed);
  return number;
}

void RecordPool::count(std::uint64_t& open, std::uint64_t& ended) const noexcept {
  const std::uint32_t used = used_records_.load(std::memory_order_acquire);
  open = ended = 0;
  for (std::uint32_t i = 0; i < used; ++i) {
    switch (state_of(records_[i].state.load(std::memory_order_relaxed))) {
      case RecordState::open:
        ++open;
        break;
      case RecordState::ended:
        ++ended;
        break;
      case RecordState::free:
      case RecordState::exported:  // accounted for; an exporter may still be reading it
        break;
    }
  }
}

}  // namespace weft::inline v0::detail
