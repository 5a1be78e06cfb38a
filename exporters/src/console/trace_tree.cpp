// SPDX-License-Identifier: Apache-2.0
#include "console/trace_tree.hpp"

#include <algorithm>
#include <iterator>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace weft::inline v0::console {

namespace {

constexpr std::size_t kDeepestIndent = 32;  // levels; what is deeper is drawn no further right

using Spans = std::vector<const SpanData*>;

struct Level {
  const SpanData* span;
  std::string indent;
  std::size_t depth;
  bool last;
  bool orphan;
};

// `│` is three bytes and one column.
std::string deeper(const Level& level) {
  if (level.depth >= kDeepestIndent) return level.indent;
  return level.indent + (level.last ? "   " : "│  ");
}

class TreeBuilder {
 public:
  explicit TreeBuilder(Spans spans) : spans_(std::move(spans)) {
    // Of one instant in the order of the array that they lie in.
    std::ranges::sort(spans_, {},
                      [](const SpanData* span) { return std::pair(span->start_time, span); });
    std::unordered_map<SpanId, const SpanData*> by_id;
    for (const SpanData* span : spans_) by_id.emplace(span->context.span_id(), span);
    for (const SpanData* span : spans_) {
      const bool has_parent = span->parent.is_valid();
      const bool parent_is_here = has_parent && by_id.contains(span->parent.span_id());
      if (parent_is_here) {
        children_[span->parent.span_id()].push_back(span);
      } else {
        (has_parent ? orphans_ : roots_).push_back(span);
      }
    }
  }

  TraceTree build() && {
    TraceTree tree{{}, spans_.front()->start_time, spans_.front()->end_time};
    for (const SpanData* span : spans_) tree.end = std::max(tree.end, span->end_time);
    std::vector<Level> open;
    open_all(open, roots_, orphans_);
    walk(tree, open);
    // Spans that are their own ancestors (only a broken peer makes such) hang from no root.
    Spans rest;
    std::ranges::copy_if(spans_, std::back_inserter(rest),
                         [&](const SpanData* span) { return !drawn_.contains(span); });
    for (const SpanData* span : rest) {
      if (drawn_.contains(span)) continue;
      open.push_back({span, "", 0, true, true});
      walk(tree, open);
    }
    return tree;
  }

 private:
  static void open_all(std::vector<Level>& open, const Spans& roots, const Spans& orphans) {
    std::vector<Level> levels;
    for (const SpanData* span : roots) levels.push_back({span, "", 0, false, false});
    for (const SpanData* span : orphans) levels.push_back({span, "", 0, false, true});
    if (!levels.empty()) levels.back().last = true;
    open.assign(levels.rbegin(), levels.rend());
  }

  // Depth first, with a stack of our own: a chain of spans may be as long as a batch.
  void walk(TraceTree& tree, std::vector<Level>& open) {
    while (!open.empty()) {
      const Level level = std::move(open.back());
      open.pop_back();
      if (!drawn_.insert(level.span).second) continue;
      const std::string below = deeper(level);
      const auto found = children_.find(level.span->context.span_id());
      const bool has_children = found != children_.end();
      tree.branches.push_back({level.span, below + (has_children ? "│  " : "   "),
                               level.indent + (level.last ? "└─ " : "├─ "), level.orphan});
      if (!has_children) continue;
      const Spans& children = found->second;
      for (std::size_t i = children.size(); i-- > 0;) {
        open.push_back({children[i], below, level.depth + 1, i + 1 == children.size(), false});
      }
    }
  }

  Spans spans_;
  Spans roots_;
  Spans orphans_;
  std::unordered_map<SpanId, Spans> children_;
  std::unordered_set<const SpanData*> drawn_;
};

}  // namespace

std::vector<TraceTree> make_trees(const std::vector<SpanData>& spans) {
  std::vector<std::pair<TraceId, Spans>> traces;
  std::unordered_map<TraceId, std::size_t> numbers;
  for (const SpanData& span : spans) {
    const auto [found, fresh] = numbers.emplace(span.context.trace_id(), traces.size());
    if (fresh) traces.emplace_back(span.context.trace_id(), Spans());
    traces[found->second].second.push_back(&span);
  }
  std::vector<TraceTree> trees;
  trees.reserve(traces.size());
  for (auto& [id, members] : traces) trees.push_back(TreeBuilder(std::move(members)).build());
  return trees;
}

}  // namespace weft::inline v0::console
