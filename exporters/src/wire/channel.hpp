// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

#include <weft/version.hpp>

#include "wire/reply.hpp"

namespace weft::inline v0::wire {

/// Where requests go: a fixed number of places, each with one request at a time. Belongs to one
/// thread but for `wake`. In a forked child it must be left alone, undestroyed.
class Channel {
 public:
  struct Finished {
    std::size_t place;
    Reply reply;
  };

  virtual ~Channel() = default;
  /// Begins a request in a free place. `body` must stay until its reply is there, or `cancel_all`.
  virtual void send(std::size_t place, std::string_view body, bool gzipped) = 0;
  /// Does what can be done without waiting.
  virtual void perform() noexcept = 0;
  /// A reply that is complete; none when there is no more.
  virtual std::optional<Finished> next_finished() = 0;
  /// Sleeps until something can be done, at most so long.
  virtual void wait(std::chrono::milliseconds longest) noexcept = 0;
  /// Ends a `wait`, or the next one. Any thread.
  virtual void wake() noexcept = 0;
  /// Forgets every request.
  virtual void cancel_all() noexcept = 0;
};

}  // namespace weft::inline v0::wire
