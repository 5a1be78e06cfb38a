// SPDX-License-Identifier: Apache-2.0
#include "remote_sampling/poller.hpp"

#include <exception>
#include <utility>

#include "platform/error_reporter.hpp"

namespace weft::inline v0::remote_sampling {

void Poller::run() noexcept {
  for (;;) {
    try {
      const wire::Reply reply = ask();
      if (is_stopped()) return;
      take(reply);
    } catch (const std::exception& exception) {
      refuse(exception.what());
    }
    std::unique_lock lock(mutex_);
    if (stopping_.wait_for(lock, interval_, [this] { return is_stopped_; })) return;
  }
}

void Poller::stop() noexcept {
  const std::lock_guard lock(mutex_);
  is_stopped_ = true;
  stopping_.notify_all();
  if (client_ != nullptr) client_->wake();
}

bool Poller::is_stopped() {
  const std::lock_guard lock(mutex_);
  return is_stopped_;
}

// A connection of its own each time: the next one is a minute away.
wire::Reply Poller::ask() {
  wire::HttpClient client(service_.settings, 1);
  {
    const std::lock_guard lock(mutex_);
    client_ = &client;
  }
  struct Leave {
    Poller& poller;
    ~Leave() {
      const std::lock_guard lock(poller.mutex_);
      poller.client_ = nullptr;
    }
  } const leave{*this};
  client.send(0, service_.question, false);
  while (!is_stopped()) {
    client.perform();
    if (auto finished = client.next_finished()) return std::move(finished->reply);
    client.wait(std::chrono::seconds(1));
  }
  return {};
}

void Poller::take(const wire::Reply& reply) {
  std::string why;
  std::optional<std::string> answer = service_.answer_in(reply, why);
  if (!answer) return refuse(why);
  if (answer == last_) return;
  const auto numbers = service_.read(*answer, why);
  if (!numbers) return refuse(why);
  strategy_->replace(make_strategy(*numbers));
  last_ = std::move(answer);
}

void Poller::refuse(const std::string& why) noexcept {
  try {
    detail::error_reporter().report(
        ErrorCode::export_failed,
        "samplers::jaeger_remote: endpoint=\"" + service_.settings.endpoint.display +
            "\" gave no strategy: " + why + "; the last one stays in force");
  } catch (const std::bad_alloc&) {
    // Told at the next failure.
  }
}

}  // namespace weft::inline v0::remote_sampling
