// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

#include <weft/detail/context_state.hpp>

#include "platform/asymmetric_fence.hpp"
#include "platform/thread_data.hpp"
#include "span/record.hpp"
#include "span/record_pool.hpp"

namespace weft::inline v0::detail {

/// Whether the record is still that span's, and open. Only inside a touch does the answer last.
inline bool is_current(const RecordRef& ref) noexcept {
  return ref.record->state.load(std::memory_order_relaxed) ==
             state_word(ref.generation, RecordState::open) &&
         ref.epoch == RecordPool::epoch();
}

/// The first attempt of a Touch, which nearly always succeeds: without a call. For a hot path that
/// does it all again with a Touch when this one is false.
class OwnerTouch {
 public:
  OwnerTouch(const RecordRef& ref, const ThreadData& thread) noexcept {
    Record& record = *ref.record;
    if (record.owner.load(std::memory_order_relaxed) != thread.number) [[unlikely]] return;
    record.busy.store(1, std::memory_order_relaxed);
    light_fence();  // pairs with fence_all_threads in Touch and RecordPool::retire
    if (record.foreign.load(std::memory_order_relaxed) == 0 && is_current(ref)) [[likely]] {
      record_ = &record;
    } else {
      record.busy.store(0, std::memory_order_release);
    }
  }
  OwnerTouch(const OwnerTouch&) = delete;
  OwnerTouch& operator=(const OwnerTouch&) = delete;
  ~OwnerTouch() {
    // Release: who waits for us sees what we wrote.
    if (record_ != nullptr) record_->busy.store(0, std::memory_order_release);
  }
  explicit operator bool() const noexcept { return record_ != nullptr; }

 private:
  Record* record_ = nullptr;
};

/// A guarded look into the record of a span: while it lives, nobody else touches the record, and the
/// record is certainly this span's and open. Biased to the thread that leased the record, which pays
/// two plain stores: another thread first raises `foreign`, makes the owner see it with a fence on
/// all threads, waits until the owner is out, and from then on both use the byte lock.
/// No user code runs inside.
class Touch {
 public:
  Touch(const RecordRef& ref, ThreadData& thread) noexcept : record_(ref.record) {
    if (record_->owner.load(std::memory_order_relaxed) == thread.number) [[likely]] {
      enter_as_owner(ref);
    } else {
      enter_as_foreigner(ref);
    }
  }
  Touch(const Touch&) = delete;
  Touch& operator=(const Touch&) = delete;
  ~Touch() {
    if (record_ == nullptr) return;
    // Release: who waits for us sees what we wrote.
    (is_locked_ ? record_->lock : record_->busy).store(0, std::memory_order_release);
  }

  /// False: the span ended, was shut down, belongs to the parent process … Nothing may be touched.
  explicit operator bool() const noexcept { return record_ != nullptr; }
  Record& record() const noexcept { return *record_; }

 private:
  void enter_as_owner(const RecordRef& ref) noexcept {
    record_->busy.store(1, std::memory_order_relaxed);
    light_fence();  // pairs with fence_all_threads in enter_as_foreigner and RecordPool::retire
    if (record_->foreign.load(std::memory_order_relaxed) == 0 && is_current(ref)) [[likely]] return;
    record_->busy.store(0, std::memory_order_release);
    enter_locked(ref);
  }
  void enter_as_foreigner(const RecordRef& ref) noexcept;
  void enter_locked(const RecordRef& ref) noexcept;

  Record* record_;
  bool is_locked_ = false;
};

}  // namespace weft::inline v0::detail
