// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <utility>

#include <weft/version.hpp>

#include "processor/async_exporter.hpp"

namespace weft::inline v0::delivery {

using detail::GiveUp;

/// A batch that was submitted and is not wholly answered. Belongs to the delivery's lock.
struct PendingBatch {
  detail::SharedBatch batch;
  detail::Completion completion;
  std::chrono::steady_clock::time_point born{};
  std::uint64_t number = 0;
  std::size_t left = 0;  // spans without an answer
  std::size_t accepted = 0;
  std::array<std::size_t, detail::kGiveUps> given_up{};  // by GiveUp

  /// One reason stands for all spans that were given up: the commonest.
  detail::Outcome outcome() const noexcept {
    std::size_t sum = 0;
    for (const std::size_t count : given_up) sum += count;
    const auto commonest = std::ranges::max_element(given_up) - given_up.begin();
    return {accepted, sum, static_cast<GiveUp>(commonest)};
  }
};

/// Neighbouring records of one batch that travel together: all of it, or what fits one request.
struct Parcel {
  std::shared_ptr<PendingBatch> batch{};
  std::size_t offset = 0;
  std::size_t count = 0;

  explicit operator bool() const noexcept { return batch != nullptr; }
  std::span<detail::Record* const> records() const noexcept {
    return batch->batch.records().subspan(offset, count);
  }
  /// Cuts off what comes after the first `size` records.
  Parcel split_after(std::size_t size) noexcept {
    Parcel rest{batch, offset + size, count - size};
    count = size;
    return rest;
  }
};

/// Parcels that wait, the oldest first.
class ParcelQueue {
 public:
  bool empty() const noexcept { return parcels_.empty(); }
  void push(Parcel parcel) {
    const auto place = std::ranges::upper_bound(parcels_, age(parcel), {}, age);
    parcels_.insert(place, std::move(parcel));
  }
  Parcel pop() noexcept {
    Parcel first = std::move(parcels_.front());
    parcels_.pop_front();
    return first;
  }
  /// Takes out every parcel for which `f` is true.
  template <class F>
  void remove_if(F&& f) {
    std::erase_if(parcels_, std::forward<F>(f));
  }

 private:
  static std::pair<std::uint64_t, std::size_t> age(const Parcel& parcel) noexcept {
    return {parcel.batch->number, parcel.offset};
  }
  std::deque<Parcel> parcels_;
};

}  // namespace weft::inline v0::delivery
