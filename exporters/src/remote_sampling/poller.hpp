// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>

#include <weft/version.hpp>

#include "remote_sampling/current_strategy.hpp"
#include "wire/http_client.hpp"
#include "wire/http_settings.hpp"

namespace weft::inline v0::remote_sampling {

/// Asks for the strategy, at once and then at every interval, and puts it in force when it has
/// changed. `run` is a thread's body; `stop` ends it, from any thread, whatever the network does.
class Poller {
 public:
  /// `settings` hold the whole URL.
  Poller(wire::HttpSettings settings, std::chrono::milliseconds interval,
         std::shared_ptr<CurrentStrategy> strategy)
      : settings_(std::move(settings)), interval_(interval), strategy_(std::move(strategy)) {}

  void run() noexcept;
  void stop() noexcept;

 private:
  wire::Reply ask();
  void take(const wire::Reply& reply);
  void refuse(const std::string& why) noexcept;
  bool is_stopped();

  const wire::HttpSettings settings_;
  const std::chrono::milliseconds interval_;
  const std::shared_ptr<CurrentStrategy> strategy_;
  std::string last_;  // the answer that is in force

  std::mutex mutex_;
  std::condition_variable stopping_;
  bool is_stopped_ = false;             // under the mutex, as what follows
  wire::HttpClient* client_ = nullptr;  // while it asks
};

}  // namespace weft::inline v0::remote_sampling
