// SPDX-License-Identifier: Apache-2.0
#include "exit/leaving.hpp"

#include <dlfcn.h>
#include <netdb.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>

// Stands before the C library's: a name that is never resolved.
extern "C" int getaddrinfo(const char* name, const char* service, const addrinfo* hints,
                           addrinfo** result) {
  using Function = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
  static const auto real = reinterpret_cast<Function>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  if (name != nullptr && std::strcmp(name, "hangs.example") == 0) {
    std::this_thread::sleep_for(std::chrono::seconds{30});
  }
  return real(name, service, hints, result);
}

namespace leaving {

namespace {

void say(const std::string& line) {
  if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) _exit(2);
}

}  // namespace

void use_openssl_first() {
  using Init = int(std::uint64_t, const void*);
  auto* init = reinterpret_cast<Init*>(::dlsym(RTLD_DEFAULT, "OPENSSL_init_crypto"));
  if (init == nullptr || init(0, nullptr) != 1) _exit(4);
}

weft::Options options(const char* url, std::chrono::milliseconds deadline) {
  const char* const spool = std::getenv("LEAVING_SPOOL");
  return {.service_name = "leaving",
          .exporters = {weft::exporters::otlp_http({.endpoint = url})},
          .batch = {.max_export_batch_size = 64, .schedule_delay = std::chrono::milliseconds(5)},
          .spool_dir = spool != nullptr ? spool : "",
          .on_error = [](const weft::Error&) {},
          .shutdown_timeout = deadline};
}

void record(int spans) {
  for (int i = 0; i < spans; ++i) {
    auto span = kTracer.start("recorded", {{"number", i}});
    span.add_event("inside");
  }
}

void start_busy_threads() {
  for (int i = 0; i < 2; ++i) {
    std::thread([] {
      for (;;) {
        record(20);
        std::this_thread::sleep_for(std::chrono::microseconds(100));
      }
    }).detach();
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(20));  // exports are under way
}

void announce() { say("leaving\n"); }

void report(const weft::Telemetry& telemetry) {
  const weft::Stats stats = telemetry.stats();
  const weft::Audit audit = telemetry.audit();
  const bool is_exact =
      stats.started == stats.exported + stats.dropped.total() + stats.live + stats.spooled &&
      audit.live == stats.live && audit.spooled == stats.spooled;
  say(std::string(is_exact ? "exact" : "NOT EXACT") + ": " + weft::to_string(stats) + "\n");
}

StaticTelemetry::~StaticTelemetry() {
  telemetry.shutdown();
  report(telemetry);
}

int leave(std::span<const Way> ways, char** words) {
  for (const Way& way : ways) {
    if (way.name == words[1]) {
      return way.leave({words[2], std::chrono::milliseconds(std::atoi(words[3]))});
    }
  }
  return 2;
}

}  // namespace leaving
