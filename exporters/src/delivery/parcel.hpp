// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
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
  std::shared_ptr<PendingBatch> next_answered{};         // of a settlement

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

  std::span<detail::Record* const> records() const noexcept {
    return batch->batch.records().subspan(offset, count);
  }
};

/// One parcel, or none, with its place in a queue: to put it back takes no memory.
class Packet {
 public:
  Packet() noexcept = default;
  explicit Packet(Parcel parcel) { node_.push_back(std::move(parcel)); }

  explicit operator bool() const noexcept { return !node_.empty(); }
  const Parcel& operator*() const noexcept { return node_.front(); }
  const Parcel* operator->() const noexcept { return &node_.front(); }
  /// Cuts off what comes after the first `size` records. Without memory: it is as it was.
  Packet split_after(std::size_t size) {
    Parcel& parcel = node_.front();
    Packet rest(Parcel{parcel.batch, parcel.offset + size, parcel.count - size});
    parcel.count = size;
    return rest;
  }

 private:
  friend class ParcelQueue;
  std::list<Parcel> node_;
};

/// Parcels that wait, the oldest first.
class ParcelQueue {
 public:
  bool empty() const noexcept { return parcels_.empty(); }
  /// Mostly it is the newest, or among the oldest.
  void push(Packet packet) noexcept {
    const bool is_newest = parcels_.empty() || age(parcels_.back()) <= age(*packet);
    const auto place = is_newest ? parcels_.end() : std::ranges::find_if(parcels_, [&](auto& one) {
      return age(*packet) < age(one);
    });
    parcels_.splice(place, packet.node_);
  }
  Packet pop() noexcept {
    Packet first;
    first.node_.splice(first.node_.begin(), parcels_, parcels_.begin());
    return first;
  }
  /// Takes out every parcel for which `f` is true.
  template <class F>
  void remove_if(F&& f) noexcept {
    parcels_.remove_if(std::forward<F>(f));
  }

 private:
  static std::pair<std::uint64_t, std::size_t> age(const Parcel& parcel) noexcept {
    return {parcel.batch->number, parcel.offset};
  }
  std::list<Parcel> parcels_;
};

}  // namespace weft::inline v0::delivery
