// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string_view>

#include <weft/version.hpp>

namespace weft::inline v0::wire {

/// Bytes of one request. Used again for the next one, so that it grows to what the requests need
/// and stays; unlike a std::string it is not zeroed first.
class Buffer {
 public:
  /// Room for `capacity` bytes, whose content is undefined.
  char* reserve(std::size_t capacity) {
    if (capacity > capacity_) {
      const std::size_t grown = std::max(capacity, std::min(2 * capacity_, kKept));
      data_ = nullptr;  // the old one first: its content is not wanted
      capacity_ = 0;
      data_ = std::make_unique_for_overwrite<char[]>(grown);
      capacity_ = grown;
    }
    return data_.get();
  }
  char* data() noexcept { return data_.get(); }
  /// What of it is used.
  void set_size(std::size_t size) noexcept { size_ = size; }
  std::string_view view() const noexcept { return {data_.get(), size_}; }
  std::size_t size() const noexcept { return size_; }
  /// Its content is not needed any more; one huge request does not hold its memory for ever.
  void clear() noexcept {
    size_ = 0;
    if (capacity_ <= kKept) return;
    data_ = nullptr;
    capacity_ = 0;
  }

 private:
  static constexpr std::size_t kKept = std::size_t{1} << 20U;

  std::unique_ptr<char[]> data_;
  std::size_t capacity_ = 0;
  std::size_t size_ = 0;
};

}  // namespace weft::inline v0::wire
