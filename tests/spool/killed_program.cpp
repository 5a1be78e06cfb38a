// SPDX-License-Identifier: Apache-2.0
// Leaves one finished and one unfinished span in the folder that it is given, and dies.
#include "spool/killed.hpp"

int main(int, char** argv) {
  const auto telemetry = weft::init({.service_name = "killed",
                                     .exporters = {std::make_shared<weft::testing::Silent>()},
                                     .spool_dir = argv[1]});
  constexpr weft::Tracer kTracer{"killed"};
  auto open = kTracer.start("open");
  {
    auto ended = kTracer.start("ended");
  }
  raise(SIGKILL);
}
