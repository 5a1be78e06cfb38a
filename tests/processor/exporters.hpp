// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <weft/exporter.hpp>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "processor/async_exporter.hpp"

namespace weft::testing {

/// A user-written exporter that does what the test wants.
class RecordingExporter : public SpanExporter {
 public:
  ExportResult export_spans(const SpanBatch& batch) override {
    if (inside_.fetch_add(1) != 0) overlapped_ = true;
    std::unique_lock lock(mutex_);
    batches_.push_back(batch.size());
    thread_ = std::this_thread::get_id();
    changed_.notify_all();
    changed_.wait(lock, [this] { return !blocked_; });
    const auto on_export = on_export_;
    lock.unlock();
    const ExportResult result = on_export ? on_export() : ExportResult::success;
    inside_.fetch_sub(1);
    return result;
  }
  bool force_flush(Deadline) override {
    ++flushes;
    return flush_result;
  }
  bool shutdown(Deadline) override {
    ++shutdowns;
    return shutdown_result;
  }

  /// What `export_spans` does and returns, from now on.
  void on_export(std::function<ExportResult()> action) {
    const std::lock_guard lock(mutex_);
    on_export_ = std::move(action);
  }
  void block() { set_blocked(true); }
  void release() { set_blocked(false); }
  /// Sizes of the batches it was given, in order.
  std::vector<std::size_t> batches() const {
    const std::lock_guard lock(mutex_);
    return batches_;
  }
  std::size_t spans() const {
    std::size_t sum = 0;
    for (std::size_t size : batches()) sum += size;
    return sum;
  }
  std::thread::id thread() const {
    const std::lock_guard lock(mutex_);
    return thread_;
  }
  /// True when it was given so many spans in time.
  bool wait_for(std::size_t count) const {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(20), [&] {
      std::size_t sum = 0;
      for (std::size_t size : batches_) sum += size;
      return sum >= count;
    });
  }
  bool overlapped() const { return overlapped_; }

  std::atomic<int> flushes{0};
  std::atomic<int> shutdowns{0};
  std::atomic<bool> flush_result{true};
  std::atomic<bool> shutdown_result{true};

 private:
  void set_blocked(bool blocked) {
    const std::lock_guard lock(mutex_);
    blocked_ = blocked;
    changed_.notify_all();
  }

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<std::size_t> batches_;
  std::function<ExportResult()> on_export_;
  std::thread::id thread_;
  bool blocked_ = false;
  std::atomic<int> inside_{0};
  std::atomic<bool> overlapped_{false};
};

/// An exporter of the asynchronous kind whose answers the test gives.
class AnsweringExporter final : public SpanExporter, public detail::AsyncExporter {
 public:
  static std::shared_ptr<AnsweringExporter> make() {
    auto made = std::make_shared<AnsweringExporter>();
    made->self_ = made;
    return made;
  }
  ExportResult export_spans(const SpanBatch&) override { return ExportResult::failure; }
  std::shared_ptr<detail::AsyncExporter> async_exporter() override { return self_.lock(); }

  std::string_view name() const noexcept override { return "answering"; }
  void submit(detail::SharedBatch batch, detail::Completion completion) noexcept override {
    {
      const std::lock_guard lock(mutex_);
      held_.push_back({std::move(batch), std::move(completion)});
      changed_.notify_all();
    }
    if (on_submit) on_submit();
  }
  void run(Deadline until) noexcept override {
    std::unique_lock lock(mutex_);
    ++runs_;
    changed_.wait_until(lock, until, [this] { return woken_; });
    woken_ = false;
  }
  void wake() noexcept override {
    const std::lock_guard lock(mutex_);
    woken_ = true;
    changed_.notify_all();
  }
  void hurry() noexcept override { ++hurries; }
  std::size_t shed(const detail::SharedBatch& batch, detail::Shed which) noexcept override {
    if (which == detail::Shed::waiting) return 0;  // as if all were on their way
    Held one;
    {
      const std::lock_guard lock(mutex_);
      const auto found =
          std::ranges::find_if(held_, [&](const Held& held) { return held.batch.is(batch); });
      if (found == held_.end()) return 0;
      one = std::move(*found);
      held_.erase(found);
    }
    const std::size_t size = one.batch.size();
    one.completion({0, size, detail::GiveUp::queue_full});
    return size;
  }
  bool idle() const noexcept override { return held() == 0; }
  void close(Deadline) noexcept override {
    closed = true;
    if (answers_at_close) answer_all({.reason = detail::GiveUp::shutdown});
  }
  void set_error_sink(std::function<void(const Error&)>) noexcept override {}

  std::size_t held() const {
    const std::lock_guard lock(mutex_);
    return held_.size();
  }
  std::size_t held_spans() const {
    const std::lock_guard lock(mutex_);
    std::size_t sum = 0;
    for (const Held& one : held_) sum += one.batch.size();
    return sum;
  }
  int runs() const {
    const std::lock_guard lock(mutex_);
    return runs_;
  }
  bool wait_for_batches(std::size_t count) const {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(20), [&] { return held_.size() >= count; });
  }
  /// Answers the oldest: so many accepted, the rest given up.
  void answer(std::size_t accepted, detail::GiveUp reason = detail::GiveUp::rejected) {
    Held one;
    {
      const std::lock_guard lock(mutex_);
      one = std::move(held_.front());
      held_.erase(held_.begin());
    }
    one.completion({accepted, one.batch.size() - accepted, reason});
  }
  void answer_all(detail::Outcome outcome) {
    while (held() != 0) answer(outcome.accepted, outcome.reason);
  }

  std::function<void()> on_submit;  // when it has taken the batch
  std::atomic<int> hurries{0};
  std::atomic<bool> closed{false};
  std::atomic<bool> answers_at_close{true};

 private:
  struct Held {
    detail::SharedBatch batch;
    detail::Completion completion;
  };
  std::weak_ptr<AnsweringExporter> self_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<Held> held_;
  bool woken_ = false;
  int runs_ = 0;
};

}  // namespace weft::testing
