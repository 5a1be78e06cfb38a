// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include <weft/version.hpp>

#include "wire/http_settings.hpp"

namespace weft::inline v0::wire {

/// Sends requests over connections that are kept open: a fixed number of places, each with one
/// request at a time. Belongs to one thread but for `wake`. In a forked child it must be left
/// alone, undestroyed: its connections are the parent's.
class HttpClient {
 public:
  HttpClient(const HttpSettings& settings, std::size_t places);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  /// Begins a request in a free place. `body` must stay until its reply is there, or `cancel_all`.
  void send(std::size_t place, std::string_view body, bool gzipped);
  /// Does what can be done without waiting.
  void perform() noexcept;
  struct Finished {
    std::size_t place;
    HttpReply reply;
  };
  /// A reply that is complete; none when there is no more.
  std::optional<Finished> next_finished();
  /// Sleeps until something can be done, at most so long.
  void wait(std::chrono::milliseconds longest) noexcept;
  /// Ends a `wait`, or the next one. Any thread.
  void wake() noexcept;
  /// Forgets every request; the server sees its connection close.
  void cancel_all() noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace weft::inline v0::wire
