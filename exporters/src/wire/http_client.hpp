// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include <weft/version.hpp>

#include "wire/channel.hpp"
#include "wire/http_settings.hpp"

namespace weft::inline v0::wire {

/// Sends requests over connections that are kept open. In a forked child its connections are the
/// parent's.
class HttpClient final : public Channel {
 public:
  HttpClient(const HttpSettings& settings, std::size_t places);
  ~HttpClient() override;
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  void send(std::size_t place, std::string_view body, bool gzipped) override;
  void perform() noexcept override;
  std::optional<Finished> next_finished() override;
  void wait(std::chrono::milliseconds longest) noexcept override;
  void wake() noexcept override;
  /// The server sees its connection close.
  void cancel_all() noexcept override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace weft::inline v0::wire
