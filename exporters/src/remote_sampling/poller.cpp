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
  wire::HttpClient client(settings_, 1);
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
  client.send(0, {}, false);
  while (!is_stopped()) {
    client.perform();
    if (auto finished = client.next_finished()) return std::move(finished->reply);
    client.wait(std::chrono::seconds(1));
  }
  return {};
}

void Poller::take(const wire::Reply& reply) {
  if (reply.kind != wire::Reply::Kind::answered || !reply.complete) return refuse(reply.why);
  if (reply.status != 200) {
    constexpr std::size_t kShown = 200;
    return refuse("it answered " + std::to_string(reply.status) + " \"" +
                  reply.body.substr(0, kShown) + "\"");
  }
  if (reply.body == last_) return;
  std::string why;
  const auto numbers = read_strategy(reply.body, why);
  if (!numbers) return refuse(why);
  strategy_->replace(make_strategy(*numbers));
  last_ = reply.body;
}

void Poller::refuse(const std::string& why) noexcept {
  try {
    detail::error_reporter().report(ErrorCode::export_failed,
                                    "samplers::jaeger_remote: endpoint=\"" +
                                        settings_.endpoint.display + "\" gave no strategy: " + why +
                                        "; the last one stays in force");
  } catch (const std::bad_alloc&) {
    // Told at the next failure.
  }
}

}  // namespace weft::inline v0::remote_sampling
