// SPDX-License-Identifier: Apache-2.0
// Requests whose parts are tasks of a oneTBB task_group. Its workers steal tasks of one another and
// a waiting thread runs others' meanwhile: weft::bind gives each task the context of the request
// that it belongs to. With OTEL_TRACES_EXPORTER=console it shows the traces.
#include <atomic>
#include <iostream>
#include <string>

#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_group.h>
#include <weft/weft.hpp>

#include "../command_line.hpp"

namespace {

constexpr weft::Tracer kTracer{"sample.tbb_groups"};
const weft::ContextVar<weft::TraceId> expected_trace{"expected_trace"};

bool work(int part) {
  auto span = kTracer.start("part", {{"part", part}});
  return span.context().trace_id() == expected_trace.get();
}

/// How many of its parts ran in its trace.
int serve(int request) {
  auto span = kTracer.start("request", {{"request", request}});
  const auto scope = expected_trace.scoped(span.context().trace_id());
  std::atomic<int> right = 0;
  tbb::task_group group;
  for (int part = 0; part < 4; ++part) {
    group.run(weft::bind([&right, part] {
      if (work(part)) ++right;
    }));
  }
  group.wait();
  return right;
}

}  // namespace

int main(int argc, char** argv) {
  CommandLine options(
      "tbb_groups", "Requests run their parts in task groups of oneTBB.",
      {{"--requests", "N", "16", "how many requests there are, of four parts each"}});
  options.parse(argc, argv);
  const int requests = options.number("--requests", 1, 100'000);
  auto telemetry = weft::init({.service_name = "tbb-groups"});

  std::atomic<int> right = 0;
  tbb::parallel_for(0, requests, [&](int i) {
    // Started by a worker that may be waiting inside another request.
    right += weft::Context().run(serve, i);
  });
  std::cout << 4 * requests << " tasks, " << right << " in their request's trace\n";
  return right == 4 * requests ? 0 : 1;
}
