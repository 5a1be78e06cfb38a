// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <functional>
#include <new>
#include <optional>

#include <weft/batch_options.hpp>
#include <weft/exporter.hpp>
#include <weft/flush_result.hpp>
#include <weft/version.hpp>

namespace weft::inline v0::detail {

/// The calls of a user's code with which a shutdown ends. Each is made on a thread of its own: one
/// that does not return in time is left behind, and what it needs it holds itself. With
/// `WorkerOptions::none`, inside a callback of the user's, which may hold what they wait for, and
/// where the system gives no thread, they are made on the caller's.
class LastCalls {
 public:
  LastCalls(const WorkerOptions& worker, bool is_inside_a_callback) noexcept;

  /// Until when to wait for one. Beyond the deadline there is a second, since one that is slow
  /// refers to what may be gone once nobody waits for it.
  static Deadline by(Deadline deadline) noexcept;
  /// Failed: it returned false. Timed out: it is left behind. With the caller's mask of signals,
  /// for what it starts.
  template <std::predicate Call>
  FlushResult make(Deadline until, const Call& call) const {
    if (!is_here_) {
      if (const auto result = make_there(until, call)) return *result;
    }
    return make_here(std::cref(call));
  }

 private:
  template <class Call>
  std::optional<FlushResult> make_there(Deadline until, const Call& call) const {
    try {
      return make_on_thread(until, call);
    } catch (const std::bad_alloc&) {
      return std::nullopt;  // as where the system gives no thread
    }
  }
  std::optional<FlushResult> make_on_thread(Deadline until,
                                            const std::function<bool()>& call) const;
  static FlushResult make_here(const std::function<bool()>& call);

  WorkerOptions thread_;  // without `on_start`: they are no worker
  bool is_here_ = false;
};

}  // namespace weft::inline v0::detail
