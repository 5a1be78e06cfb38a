// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include <weft/version.hpp>

#include "remote_sampling/current_strategy.hpp"
#include "remote_sampling/service.hpp"
#include "wire/http_client.hpp"

namespace weft::inline v0::remote_sampling {

/// Asks for the strategy, at once and then at every interval, and puts it in force when it has
/// changed. `run` is a thread's body; `stop` ends it, from any thread, whatever the network does.
class Poller {
 public:
  Poller(Service service, std::chrono::milliseconds interval,
         std::shared_ptr<CurrentStrategy> strategy)
      : service_(std::move(service)), interval_(interval), strategy_(std::move(strategy)) {}

  void run() noexcept;
  void stop() noexcept;

 private:
  wire::Reply ask();
  void take(const wire::Reply& reply);
  void refuse(const std::string& why) noexcept;
  bool is_stopped();

  const Service service_;
  const std::chrono::milliseconds interval_;
  const std::shared_ptr<CurrentStrategy> strategy_;
  std::optional<std::string> last_;  // the answer that is in force

  std::mutex mutex_;
  std::condition_variable stopping_;
  bool is_stopped_ = false;             // under the mutex, as what follows
  wire::HttpClient* client_ = nullptr;  // while it asks
};

}  // namespace weft::inline v0::remote_sampling
