// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <thread>
#include <utility>

#include <weft/version.hpp>

#include "remote_sampling/strategy.hpp"

namespace weft::inline v0::remote_sampling {

/// The strategy in force. Many read it without a lock, one replaces it: in the place that is not in
/// use, once the last late reader has left it.
class CurrentStrategy {
 public:
  explicit CurrentStrategy(std::unique_ptr<Strategy> first) { places_[0] = std::move(first); }

  /// Any thread. `use` gets the strategy, which stays until it returns.
  template <class Use>
  auto read(Use&& use) const {
    const Visit visit(*this);
    return use(*places_[visit.place]);
  }
  /// One thread at a time.
  void replace(std::unique_ptr<Strategy> next) {
    const std::size_t place = 1 - current_.load(std::memory_order_relaxed);
    while (readers_[place].load(std::memory_order_seq_cst) != 0) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    places_[place] = std::move(next);
    current_.store(place, std::memory_order_seq_cst);
  }

 private:
  // Counted in, and only then sure that the place is the current one: who replaces it waits.
  struct Visit {
    explicit Visit(const CurrentStrategy& strategy) noexcept : strategy_(strategy) {
      for (;;) {
        place = strategy_.current_.load(std::memory_order_seq_cst);
        strategy_.readers_[place].fetch_add(1, std::memory_order_seq_cst);
        if (strategy_.current_.load(std::memory_order_seq_cst) == place) return;
        strategy_.readers_[place].fetch_sub(1, std::memory_order_seq_cst);
      }
    }
    Visit(const Visit&) = delete;
    Visit& operator=(const Visit&) = delete;
    ~Visit() { strategy_.readers_[place].fetch_sub(1, std::memory_order_seq_cst); }

    std::size_t place = 0;

   private:
    const CurrentStrategy& strategy_;
  };

  std::array<std::unique_ptr<Strategy>, 2> places_;
  std::atomic<std::size_t> current_{0};
  mutable std::array<std::atomic<std::uint32_t>, 2> readers_{};
};

}  // namespace weft::inline v0::remote_sampling
