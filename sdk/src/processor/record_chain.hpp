// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include <weft/version.hpp>

#include "span/record_pool.hpp"

namespace weft::inline v0::detail {

/// Ended records, first in first out, linked through themselves: needs no memory. Belongs to one
/// thread at a time.
class RecordChain {
 public:
  bool empty() const noexcept { return first_ == 0; }
  std::size_t size() const noexcept { return size_; }

  void push(RecordPool& pool, Record& record) noexcept {
    const std::uint32_t number = pool.number_of(record);
    record.next = 0;
    (first_ != 0 ? pool.record(last_).next : first_) = number;
    last_ = number;
    ++size_;
  }
  /// Takes over all of `other`.
  void append(RecordPool& pool, RecordChain& other) noexcept {
    if (other.first_ == 0) return;
    (first_ != 0 ? pool.record(last_).next : first_) = other.first_;
    last_ = other.last_;
    size_ += other.size_;
    other = RecordChain();
  }
  /// Precondition: not empty.
  Record& front(RecordPool& pool) const noexcept { return pool.record(first_); }
  /// Precondition: not empty.
  Record& pop(RecordPool& pool) noexcept {
    Record& record = pool.record(first_);
    first_ = record.next;
    --size_;
    return record;
  }

 private:
  std::uint32_t first_ = 0;  // index + 1
  std::uint32_t last_ = 0;   // means nothing while there is no first
  std::size_t size_ = 0;
};

}  // namespace weft::inline v0::detail
