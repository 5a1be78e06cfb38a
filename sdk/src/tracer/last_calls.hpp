// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include <weft/batch_options.hpp>
#include <weft/exporter.hpp>
#include <weft/flush_result.hpp>
#include <weft/version.hpp>

namespace weft::inline v0::detail {

/// The calls of a user's code with which a shutdown ends. Each is made on a thread of its own: one
/// that does not return in time is left behind, and what it needs it holds itself. With
/// `WorkerOptions::none`, and where the system gives no thread, they are made on the caller's.
class LastCalls {
 public:
  explicit LastCalls(const WorkerOptions& worker) noexcept : worker_(worker) {}

  /// Until when to wait for one: the deadline, or a moment, since most return at once.
  static Deadline by(Deadline deadline) noexcept;
  /// Failed: it returned false. Timed out: it is left behind.
  FlushResult make(Deadline until, const std::function<bool()>& call) const;
  /// … on this thread.
  static FlushResult make_here(const std::function<bool()>& call);

 private:
  const WorkerOptions& worker_;
};

}  // namespace weft::inline v0::detail
