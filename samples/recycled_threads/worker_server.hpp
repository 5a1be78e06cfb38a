// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

/// A request, as far as this sample goes: who asks, "" for a visitor who has not signed in.
struct Request {
  int number = 0;
  std::string signed_in_as;
};

/// A server with a few threads that serve one request after the other and know nothing of tracing:
/// what a request leaves behind in its thread, the next one finds there.
class WorkerServer {
 public:
  using Handler = std::function<void(const Request&)>;

  WorkerServer(std::size_t threads, Handler handler) : handler_(std::move(handler)) {
    for (std::size_t i = 0; i < threads; ++i) workers_.push_back(std::make_unique<Worker>());
  }
  ~WorkerServer() { finish(); }
  WorkerServer(const WorkerServer&) = delete;
  WorkerServer& operator=(const WorkerServer&) = delete;

  /// Called in the worker's thread before each request's handler.
  void before_request(std::function<void()> hook) { before_request_ = std::move(hook); }

  void start() {
    for (const auto& worker : workers_) {
      worker->thread = std::jthread(
          [this, &worker = *worker](const std::stop_token& stop) { serve(worker, stop); });
    }
  }
  /// Each worker has a queue of its own; they take turns.
  void submit(Request request) {
    Worker& worker = *workers_[next_++ % workers_.size()];
    {
      const std::lock_guard lock(worker.mutex);
      worker.requests.push_back(std::move(request));
    }
    worker.ready.notify_one();
  }
  /// Serves what was submitted, then ends the threads.
  void finish() {
    for (const auto& worker : workers_) worker->thread.request_stop();
    for (const auto& worker : workers_) {
      if (worker->thread.joinable()) worker->thread.join();
    }
  }

 private:
  struct Worker {
    std::mutex mutex;
    std::condition_variable_any ready;
    std::deque<Request> requests;
    std::jthread thread;
  };

  void serve(Worker& worker, const std::stop_token& stop) {
    while (true) {
      Request request;
      {
        std::unique_lock lock(worker.mutex);
        worker.ready.wait(lock, stop, [&] { return !worker.requests.empty(); });
        if (worker.requests.empty()) return;
        request = std::move(worker.requests.front());
        worker.requests.pop_front();
      }
      if (before_request_) before_request_();
      handler_(request);
    }
  }

  Handler handler_;
  std::function<void()> before_request_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::size_t next_ = 0;
};
