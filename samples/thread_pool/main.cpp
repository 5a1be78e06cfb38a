// SPDX-License-Identifier: Apache-2.0
// Requests that hand parts of their work to a pool of std::jthreads. One line,
// weft::propagating(pool), and each part runs in the context of the request that it belongs to,
// whichever thread takes it. With OTEL_TRACES_EXPORTER=console it shows the traces.
#include <atomic>
#include <iostream>
#include <string>

#include <weft/weft.hpp>

#include "../command_line.hpp"
#include "pool.hpp"

namespace {

constexpr weft::Tracer kTracer{"sample.thread_pool"};
const weft::ContextVar<weft::TraceId> expected_trace{"expected_trace"};

/// On one of the pool's threads.
bool work(int part) {
  auto span = kTracer.start("part", {{"part", part}});
  return span.context().trace_id() == expected_trace.get();
}

}  // namespace

int main(int argc, char** argv) {
  CommandLine options("thread_pool", "Requests hand parts of their work to a pool.",
                      {{"--requests", "N", "16", "how many requests there are, of four parts each"},
                       {"--threads", "N", "4", "how many threads the pool has"}});
  options.parse(argc, argv);
  const int requests = options.number("--requests", 1, 100'000);
  auto telemetry = weft::init({.service_name = "thread-pool"});

  std::atomic<int> right = 0;
  {
    Pool pool(static_cast<std::size_t>(options.number("--threads", 1, 256)));
    const auto executor = weft::propagating(pool);
    for (int i = 0; i < requests; ++i) {
      auto span = kTracer.start("request", {{"request", i}});
      const auto scope = expected_trace.scoped(span.context().trace_id());
      for (int part = 0; part < 4; ++part) {
        executor.post([&right, part] {
          if (work(part)) ++right;
        });
      }
    }
  }
  std::cout << 4 * requests << " jobs, " << right << " in their request's trace\n";
  return right == 4 * requests ? 0 : 1;
}
