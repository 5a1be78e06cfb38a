// SPDX-License-Identifier: Apache-2.0
// A module that a program without weft loads and unloads: module_host.cpp.
#include <chrono>
#include <memory>
#include <thread>

#include <weft/weft.hpp>

namespace {

using std::chrono::milliseconds;

constexpr weft::Tracer kTracer{"module"};
weft::Telemetry telemetry;  // destroyed when the module is unloaded, or with the process

void record(int spans) {
  for (int i = 0; i < spans; ++i) auto span = kTracer.start("recorded", {{"number", i}});
}

}  // namespace

/// Its code and data are the module's: nothing of ours may call it once shutdown has returned.
extern "C" __attribute__((visibility("default"))) void module_begin(const char* url) {
  const auto told = std::make_shared<int>(0);
  telemetry = weft::init(
      {.service_name = "module",
       .exporters = {weft::exporters::otlp_http({.endpoint = url})},
       .batch = {.worker = {.on_start = [told] { ++*told; }}, .schedule_delay = milliseconds(5)},
       .on_error = [told](const weft::Error&) { ++*told; },
       .shutdown_timeout = milliseconds(2000)});
}

extern "C" __attribute__((visibility("default"))) void module_record(int spans) { record(spans); }

extern "C" __attribute__((visibility("default"))) int module_end() {
  telemetry.shutdown();
  const weft::Stats stats = telemetry.stats();
  const bool is_exact =
      stats.started == stats.exported + stats.dropped.total() + stats.live + stats.spooled;
  telemetry = weft::Telemetry();
  return is_exact && telemetry.audit().live == 0 ? 0 : 1;
}
