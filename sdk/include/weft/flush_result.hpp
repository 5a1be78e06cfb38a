// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <weft/version.hpp>

namespace weft::inline v0 {

/// How a flush or a shutdown went. Converts to bool: true for success.
class FlushResult {
 public:
  enum class Status : std::uint8_t { success, failed, timed_out };
  constexpr FlushResult(Status status) noexcept : status_(status) {}
  constexpr Status status() const noexcept { return status_; }
  constexpr operator bool() const noexcept { return status_ == Status::success; }
  friend constexpr bool operator==(FlushResult a, FlushResult b) noexcept {
    return a.status_ == b.status_;
  }
  friend constexpr bool operator==(FlushResult a, Status b) noexcept { return a.status_ == b; }
  static constexpr Status success = Status::success;
  static constexpr Status failed = Status::failed;
  static constexpr Status timed_out = Status::timed_out;

 private:
  Status status_;
};

/// What `FlushResult::status()` returns.
using FlushStatus = FlushResult::Status;

}  // namespace weft::inline v0
