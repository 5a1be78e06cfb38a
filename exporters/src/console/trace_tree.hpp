// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include <weft/span_view.hpp>
#include <weft/version.hpp>

namespace weft::inline v0::console {

/// A span at its place in the drawing.
struct Branch {
  const SpanData* span;
  std::string prefix;  // of the lines below the span's own
  std::string stem;    // of the span's own line
  bool orphan;         // it has a parent, which is not here
};

/// The spans of one trace that are here, parents before their children.
struct TraceTree {
  std::vector<Branch> branches;
  std::chrono::system_clock::time_point begin;
  std::chrono::system_clock::time_point end;
};

/// One tree a trace, in the order of first appearance; siblings by their start. The spans must
/// stay as long as the trees.
std::vector<TraceTree> make_trees(const std::vector<SpanData>& spans);

}  // namespace weft::inline v0::console
