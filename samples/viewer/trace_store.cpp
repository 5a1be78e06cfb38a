// SPDX-License-Identifier: Apache-2.0
#include "trace_store.hpp"

#include <algorithm>
#include <set>
#include <string_view>

namespace viewer {
namespace {

std::uint64_t beginning(const Trace& trace) {
  std::uint64_t first = UINT64_MAX;
  for (const auto& span : trace.spans) first = std::min(first, span.start_ns);
  return first;
}

void sort_by_beginning(std::vector<Trace>& traces) {
  std::sort(traces.begin(), traces.end(),
            [](const Trace& a, const Trace& b) { return beginning(a) < beginning(b); });
}

std::vector<const ReceivedSpan*> orphans_of(const Trace& trace) {
  std::set<std::string_view> ids;
  for (const auto& span : trace.spans) ids.insert(span.span_id);
  std::vector<const ReceivedSpan*> orphans;
  for (const auto& span : trace.spans) {
    if (!span.parent_id.empty() && !ids.contains(span.parent_id)) orphans.push_back(&span);
  }
  return orphans;
}

constexpr auto kNever = std::chrono::milliseconds::max();

}  // namespace

std::size_t Trace::orphans() const { return orphans_of(*this).size(); }

std::size_t Trace::roots() const {
  return static_cast<std::size_t>(std::count_if(
      spans.begin(), spans.end(), [](const ReceivedSpan& span) { return span.parent_id.empty(); }));
}

bool TraceStore::add(std::vector<ReceivedSpan> spans, Clock::time_point now) {
  if (spans_ + spans.size() > settings_.max_spans) return false;
  spans_ += spans.size();
  for (auto& span : spans) {
    Entry& entry = traces_[span.trace_id];
    entry.trace.id = span.trace_id;
    entry.changed = now;
    entry.trace.spans.push_back(std::move(span));
  }
  return true;
}

std::chrono::milliseconds TraceStore::quiet_time(const Trace& trace) const {
  const auto orphans = orphans_of(trace);
  const std::size_t roots = trace.roots();
  if (roots == 1 && orphans.empty()) return settings_.quiet;
  if (roots != 0 || orphans.size() != 1 || !orphans[0]->parent_is_remote) return kNever;
  return orphans[0]->parent_id == settings_.outside_parent ? settings_.quiet
                                                           : settings_.quiet_outside;
}

std::vector<Trace> TraceStore::take_whole(Clock::time_point now) {
  std::vector<Trace> whole;
  for (auto it = traces_.begin(); it != traces_.end();) {
    const auto quiet = quiet_time(it->second.trace);
    if (quiet != kNever && now - it->second.changed >= quiet) {
      spans_ -= it->second.trace.spans.size();
      whole.push_back(std::move(it->second.trace));
      it = traces_.erase(it);
    } else {
      ++it;
    }
  }
  sort_by_beginning(whole);
  return whole;
}

std::vector<Trace> TraceStore::take_rest() {
  std::vector<Trace> rest;
  for (auto& [id, entry] : traces_) rest.push_back(std::move(entry.trace));
  traces_.clear();
  spans_ = 0;
  sort_by_beginning(rest);
  return rest;
}

}  // namespace viewer
