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

/// Goes into a record as its owner: says so in the thread's own slot (one in the record would be
/// undone by a thread that comes late, when the record is another's by now), and looks only then
/// whether the record is still this span's and no other thread has been there. False: stay out.
inline bool enter_unlocked(const RecordRef& ref, ThreadData& thread) noexcept {
  thread.touching.store(ref.record, std::memory_order_relaxed);
  light_fence();  // pairs with fence_all_threads in Touch and RecordPool::retire
  if (ref.record->foreign.load(std::memory_order_relaxed) ==
          foreign_word(ref.generation, Foreign::none) &&
      is_current(ref)) [[likely]] {
    return true;
  }
  thread.touching.store(nullptr, std::memory_order_release);
  return false;
}

/// The first attempt of a Touch, which nearly always succeeds: without a call. For a hot path that
/// does it all again with a Touch when this one is false.
class OwnerTouch {
 public:
  OwnerTouch(const RecordRef& ref, ThreadData& thread) noexcept
      : thread_(thread),
        is_inside_(ref.record->owner.load(std::memory_order_relaxed) == thread.number &&
                   enter_unlocked(ref, thread)) {}
  OwnerTouch(const OwnerTouch&) = delete;
  OwnerTouch& operator=(const OwnerTouch&) = delete;
  ~OwnerTouch() {
    // Release: who waits for us sees what we wrote.
    if (is_inside_) thread_.touching.store(nullptr, std::memory_order_release);
  }
  explicit operator bool() const noexcept { return is_inside_; }

 private:
  ThreadData& thread_;
  bool is_inside_;
};

/// A guarded look into the record of a span: while it lives, nobody else touches the record, and
/// the record is certainly this span's and open. Biased to the thread that leased the record, which
/// pays two plain stores: another thread first raises `foreign`, makes the owner see it with a
/// fence on all threads, waits until the owner is out, and from then on both use the byte lock. No
/// user code runs inside.
class Touch {
 public:
  Touch(const RecordRef& ref, ThreadData& thread) noexcept : record_(ref.record), thread_(thread) {
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
    thread_.touching.store(nullptr, std::memory_order_release);
    if (is_locked_) record_->lock.store(0, std::memory_order_release);
  }

  /// False: the span ended, was shut down, belongs to the parent process … Nothing may be touched.
  explicit operator bool() const noexcept { return record_ != nullptr; }
  Record& record() const noexcept { return *record_; }

 private:
  void enter_as_owner(const RecordRef& ref) noexcept {
    if (!enter_unlocked(ref, thread_)) [[unlikely]]
      enter_locked(ref);
  }
  void enter_as_foreigner(const RecordRef& ref) noexcept;
  void enter_locked(const RecordRef& ref) noexcept;

  Record* record_;
  ThreadData& thread_;
  bool is_locked_ = false;
};

}  // namespace weft::inline v0::detail
