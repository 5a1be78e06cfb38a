// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <coroutine>
#include <cstddef>
#include <optional>
#include <stop_token>
#include <utility>

#include <weft/detail/gathered.hpp>
#include <weft/detail/started_task.hpp>
#include <weft/detail/task_scope.hpp>
#include <weft/version.hpp>

namespace weft::inline v0::detail {

/// What when_any shares with its children: lives until who waits has let go and all have finished.
class Race {
 public:
  explicit Race(std::size_t children) : references_(children + 1) {
    const std::stop_token outer = current_stop_token();
    if (outer.stop_possible()) outer_.emplace(outer, AskToStop(stop_));
  }
  Race(const Race&) = delete;
  Race& operator=(const Race&) = delete;
  virtual ~Race() = default;

  virtual void start_all() noexcept = 0;

  static constexpr std::size_t kNone = ~std::size_t{0};
  /// The index of the first to finish.
  std::size_t winner() const noexcept { return winner_.load(std::memory_order_acquire); }
  std::stop_token stop_token() const noexcept { return stop_.get_token(); }
  Rendezvous& end() noexcept { return end_; }

  /// From a child's end: what is to be resumed. The race, the child with it, may be gone then.
  std::coroutine_handle<> finish(std::size_t index) noexcept {
    std::coroutine_handle<> next = resume_nothing();
    std::size_t none = kNone;
    if (winner_.compare_exchange_strong(none, index, std::memory_order_acq_rel)) {
      stop_.request_stop();
      next = end_.arrive();
    }
    release();
    return next;
  }
  void release() noexcept {
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

 private:
  class AskToStop {
   public:
    explicit AskToStop(std::stop_source stop) noexcept : stop_(std::move(stop)) {}
    void operator()() noexcept { stop_.request_stop(); }

   private:
    std::stop_source stop_;
  };

  std::atomic<std::size_t> references_;
  std::atomic<std::size_t> winner_{kNone};
  Rendezvous end_{1};
  std::stop_source stop_;
  std::optional<std::stop_callback<AskToStop>> outer_;
};

/// A child of when_any: runs in its own copy of the context and can be asked to stop.
template <class T>
class RaceChild : public CopiedScope {
 public:
  RaceChild(Task<T>&& its_task) : task_(std::move(its_task)) {
    task_.check();
    task_.promise().join(*this);
    done = [](TaskScope& its_scope) noexcept {
      auto& its_child = static_cast<RaceChild&>(its_scope);
      return its_child.race_->finish(its_child.index_);
    };
  }
  void begin(Race& race, std::size_t index) noexcept {
    race_ = &race;
    index_ = index;
    stop = race.stop_token();
    start(task_.handle());
  }
  Gathered<T> take() { return take_gathered(task_); }

 private:
  Race* race_ = nullptr;
  std::size_t index_ = 0;
  StartedTask<T> task_;
};

/// Starts all children, waits for the first; owns the race until then.
template <class R>
class RaceAwaiter {
 public:
  explicit RaceAwaiter(R* race) noexcept : race_(race) {}
  RaceAwaiter(const RaceAwaiter&) = delete;
  RaceAwaiter& operator=(const RaceAwaiter&) = delete;
  ~RaceAwaiter() {
    if (race_->winner() != Race::kNone) {
      race_->release();
    } else {  // destroyed while it waits: so are all children
      delete race_;
    }
  }

  R& race() const noexcept { return *race_; }
  bool await_ready() const noexcept { return false; }
  [[gnu::noinline]] bool await_suspend(std::coroutine_handle<> awaiting) noexcept {
    R& race = *race_;
    race.end().set_awaiting(awaiting);
    race.start_all();
    return race.end().has_to_wait();
  }
  void await_resume() const noexcept {}

 private:
  R* race_;
};

}  // namespace weft::inline v0::detail
