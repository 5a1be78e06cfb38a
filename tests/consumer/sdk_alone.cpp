// SPDX-License-Identifier: Apache-2.0
// A library that is instrumented with weft::sdk alone: no exporters, no libcurl, and nobody called
// init.
#include <weft/tracer.hpp>
#include <weft/version.hpp>

#include <cstdio>

int main() {
  weft::Tracer tracer{"library"};
  auto span = tracer.start("work", {{"answer", 42}});
  if (span.is_recording() || !span.context().is_valid()) {
    std::puts("without init a span has valid ids and records nothing");
    return 1;
  }
  std::printf("weft %s\n", weft::version());
  return 0;
}
