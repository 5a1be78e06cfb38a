// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "received_span.hpp"

namespace viewer {

/// The spans of one trace, and what is known about its shape.
struct Trace {
  std::string id;
  std::vector<ReceivedSpan> spans;
  /// Spans whose parent is not among these.
  std::size_t orphans() const;
  std::size_t roots() const;
};

/// Collects spans until their traces are whole: one root and no parent missing. A trace that began
/// outside has no root; the caller's span, a remote parent that never arrives, stands for it. That
/// looks the same as a trace whose first part is still under way, so it has to be quiet for longer.
/// Not safe for use from several threads at once.
class TraceStore {
 public:
  using Clock = std::chrono::steady_clock;
  struct Settings {
    std::chrono::milliseconds quiet{600};           ///< without a new span, before a trace is whole
    std::chrono::milliseconds quiet_outside{3000};  ///< … when its root is outside
    std::string outside_parent;  ///< a span known to be outside: no need to wait longer
    std::size_t max_spans = 200'000;
  };

  explicit TraceStore(Settings settings) : settings_(std::move(settings)) {}

  /// False, and nothing is kept, when there is no room.
  bool add(std::vector<ReceivedSpan> spans, Clock::time_point now);
  /// Removes and returns the traces that are whole by now, in the order in which they began.
  std::vector<Trace> take_whole(Clock::time_point now);
  /// Removes and returns the others.
  std::vector<Trace> take_rest();

 private:
  struct Entry {
    Trace trace;
    Clock::time_point changed;
  };
  std::chrono::milliseconds quiet_time(const Trace& trace) const;

  Settings settings_;
  std::map<std::string, Entry> traces_;
  std::size_t spans_ = 0;
};

}  // namespace viewer
