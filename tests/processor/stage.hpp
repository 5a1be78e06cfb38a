// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>
#include <weft/diagnostics.hpp>

#include <chrono>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "platform/thread_data.hpp"
#include "processor/pipeline.hpp"
#include "span/record_pool.hpp"

namespace weft::testing {

using namespace std::chrono_literals;
using detail::Pipeline;
using detail::Record;
using detail::RecordPool;
using detail::RecordState;

inline Deadline in(std::chrono::milliseconds time) {
  return std::chrono::steady_clock::now() + time;
}
/// Far away, but not what is special: "for ever".
inline Deadline far_away() { return in(50s); }

/// What the account of a test says: all of it since the stage was made.
struct Account {
  std::uint64_t started = 0;
  std::uint64_t exported = 0;
  Drops dropped;
  std::uint64_t live = 0;  // derived
  std::uint64_t open = 0;  // counted in the records
  std::uint64_t ended = 0;
};

/// A pool of records and a pipeline over it, without tracer: the test ends spans itself.
class Stage {
 public:
  explicit Stage(std::vector<ExporterPtr> exporters, BatchOptions options = patient())
      : pool_(*RecordPool::open({.records = 8192, .bytes = 1 << 20})),
        before_(detail::read_accounts()),
        pipeline_(Pipeline::create(std::move(options), std::move(exporters), pool_)) {}
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;
  /// Whatever the test did, the account is exact.
  ~Stage() {
    expect_exact();
    pipeline_->shutdown(in(0ms));
    expect_exact();
  }

  /// No timer comes in the way of a test.
  static BatchOptions patient() {
    BatchOptions options;
    options.schedule_delay = std::chrono::hours(1);
    return options;
  }
  static BatchOptions threadless() {
    BatchOptions options = patient();
    options.worker.none = true;
    return options;
  }

  Pipeline& operator*() const { return *pipeline_; }
  Pipeline* operator->() const { return pipeline_.get(); }
  RecordPool& pool() const { return pool_; }

  /// What `Tracer::start` and the span's end do, as far as this stage sees it.
  void end_span() const {
    detail::ThreadData& thread = *detail::thread_data();
    thread.account.started.add();
    Record* record = pool_.acquire(thread);
    if (record == nullptr) return thread.account.queue_full.add();
    end(thread, *record);
  }
  /// With a body of so many chunks; false when there are no bytes, and it is not recorded then.
  bool end_large_span(int chunks) const {
    Record* const record = start_large_span(chunks);
    if (record != nullptr) end(*detail::thread_data(), *record);
    return record != nullptr;
  }
  /// Open, with a body of so many chunks; null when there are no bytes.
  Record* start_large_span(int chunks) const {
    detail::ThreadData& thread = *detail::thread_data();
    thread.account.started.add();
    Record* record = pool_.acquire(thread);
    if (record == nullptr) return thread.account.queue_full.add(), nullptr;
    bool has_bytes = true;
    for (int i = 0; i < chunks && has_bytes; ++i) {
      const std::uint32_t number = pool_.acquire_chunk();
      has_bytes = number != 0;
      if (has_bytes) pool_.chunk(number).next = std::exchange(record->first_chunk, number);
    }
    if (!has_bytes) {
      thread.account.queue_full.add();
      return pool_.release(thread, *record), nullptr;
    }
    const std::uint32_t word = record->state.load();
    record->state = detail::state_word(detail::generation_of(word) + 1, RecordState::open);
    return record;
  }
  void end_span(Record& open) const { end(*detail::thread_data(), open); }
  void end_spans(int count) const {
    for (int i = 0; i < count; ++i) end_span();
  }

  Stats stats() const {
    Stats stats;
    pipeline_->fill(stats);
    return stats;
  }

  Account account() const {
    const Stats stats = this->stats();
    const detail::AccountTotals threads = detail::read_accounts();
    Account account;
    account.started = threads.started - before_.started;
    account.exported = stats.exported + threads.exported - before_.exported;
    account.dropped = stats.dropped;
    account.dropped.queue_full += threads.queue_full - before_.queue_full;
    account.live = account.started - account.exported - account.dropped.total();
    for (std::uint32_t i = 1; i <= pool_.capacity(); ++i) {
      const RecordState state = detail::state_of(pool_.record(i).state.load());
      account.open += state == RecordState::open ? 1U : 0U;
      account.ended += state == RecordState::ended ? 1U : 0U;
    }
    return account;
  }

  /// Nothing is lost, and the records agree; an answer may come between two readings.
  void expect_exact() const {
    Account last;
    for (int attempt = 0; attempt < 200; ++attempt) {
      last = account();
      if (last.live == last.open + last.ended) return;
      std::this_thread::sleep_for(1ms);
    }
    ADD_FAILURE() << "live " << last.live << ", but " << last.open << " open and " << last.ended
                  << " ended: started " << last.started << ", exported " << last.exported
                  << ", dropped " << last.dropped.total();
  }

 private:
  void end(detail::ThreadData& thread, Record& record) const {
    record.owner = thread.number;
    const std::uint32_t word = record.state.load();
    record.state = detail::state_word(detail::generation_of(word) + 1, RecordState::ended);
    pipeline_->hand_over(thread, record);
  }

  RecordPool& pool_;
  const detail::AccountTotals before_;
  const std::shared_ptr<Pipeline> pipeline_;
};

/// The promise of the account, at a quiet moment: nothing is lost, and the records agree.
inline void expect_balanced(const Stage& stage) {
  const Account account = stage.account();
  EXPECT_EQ(account.live, account.open + account.ended)
      << "started " << account.started << ", exported " << account.exported << ", dropped "
      << account.dropped.total();
}

/// Waits for what another thread is about to do; false after a generous time.
template <class Condition>
bool eventually(Condition&& condition) {
  const Deadline give_up = in(20s);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > give_up) return false;
    std::this_thread::sleep_for(1ms);
  }
  return true;
}

}  // namespace weft::testing
