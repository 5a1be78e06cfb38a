// SPDX-License-Identifier: Apache-2.0
// leaving WAY URL DEADLINE_MS: records spans, then ends in that way. Status 7 when that went as it
// should; leaving_test.cpp runs it and plays the receiver.
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <thread>

#include "exit/leaving.hpp"

namespace {

using namespace leaving;
using std::chrono::milliseconds;

StaticTelemetry held;

[[noreturn]] void sleep_for_ever() {
  for (;;) pause();
}

// Telemetry in main, destroyed by its return.

int by_return(const Arguments& given) {
  const auto telemetry = weft::init(options(given.url, given.deadline));
  record(100);
  announce();
  return kStatus;
}

int by_return_while_others_record(const Arguments& given) {
  const auto telemetry = weft::init(options(given.url, given.deadline));
  start_busy_threads();
  announce();
  return kStatus;
}

// … to several exporters that get nothing out: each has the same deadline, not one after the other.
weft::Options to_several(const Arguments& given) {
  weft::Options chosen = options(given.url, given.deadline);
  for (int i = 0; i < 3; ++i) {
    chosen.exporters.push_back(weft::exporters::otlp_http({.endpoint = given.url}));
    chosen.exporters.push_back(weft::exporters::zipkin({.endpoint = given.url}));
  }
  return chosen;
}

int by_return_with_several(const Arguments& given) {
  const auto telemetry = weft::init(to_several(given));
  record(100);
  announce();
  return kStatus;
}

// Telemetry in main, never destroyed: its threads run on while the process takes itself apart.

int by_exit(const Arguments& given) {
  const auto telemetry = weft::init(options(given.url, given.deadline));
  start_busy_threads();
  announce();
  std::exit(kStatus);
}

[[noreturn]] void exit_on_a_thread() {
  start_busy_threads();
  std::thread([] {
    announce();
    std::exit(kStatus);
  }).detach();
  for (;;) record(1);
}

int by_exit_of_a_thread(const Arguments& given) {
  const auto telemetry = weft::init(options(given.url, given.deadline));
  exit_on_a_thread();
}

int by_underscore_exit(const Arguments& given) {
  const auto telemetry = weft::init(options(given.url, given.deadline));
  start_busy_threads();
  announce();
  _exit(kStatus);
}

int by_quick_exit(const Arguments& given) {
  const auto telemetry = weft::init(options(given.url, given.deadline));
  start_busy_threads();
  announce();
  std::quick_exit(kStatus);
}

// A hundred spans, none of them flushed.

int by_underscore_exit_with_spans(const Arguments& given) {
  const auto telemetry = weft::init(options(given.url, given.deadline));
  record(100);
  announce();
  _exit(kStatus);
}

int by_quick_exit_with_spans(const Arguments& given) {
  const auto telemetry = weft::init(options(given.url, given.deadline));
  record(100);
  announce();
  std::quick_exit(kStatus);
}

weft::Telemetry* flushed_at_quick_exit = nullptr;

int by_quick_exit_with_a_flush(const Arguments& given) {
  auto telemetry = weft::init(options(given.url, given.deadline));
  flushed_at_quick_exit = &telemetry;
  std::at_quick_exit([] { flushed_at_quick_exit->force_flush(milliseconds(300)); });
  record(100);
  announce();
  std::quick_exit(kStatus);
}

// Telemetry with static storage duration.

int by_exit_static(const Arguments& given) {
  held.telemetry = weft::init(options(given.url, given.deadline));
  start_busy_threads();
  announce();
  std::exit(kStatus);
}

int by_exit_static_with_several(const Arguments& given) {
  held.telemetry = weft::init(to_several(given));
  record(100);
  announce();
  std::exit(kStatus);
}

int by_exit_of_a_thread_static(const Arguments& given) {
  held.telemetry = weft::init(options(given.url, given.deadline));
  exit_on_a_thread();
}

// A user's exporter has had enough: shutdown runs on the thread that it would wait for.
struct Leaving final : weft::SpanExporter {
  weft::ExportResult export_spans(const weft::SpanBatch&) override {
    announce();
    std::exit(kStatus);
  }
};

int by_exit_of_an_exporter(const Arguments& given) {
  weft::Options chosen = options(given.url, given.deadline);
  chosen.exporters = {std::make_shared<Leaving>()};
  held.telemetry = weft::init(std::move(chosen));
  record(10);
  sleep_for_ever();
}

constexpr Way kWays[] = {
    {"return", by_return},
    {"return_while_others_record", by_return_while_others_record},
    {"return_with_several", by_return_with_several},
    {"exit", by_exit},
    {"exit_of_a_thread", by_exit_of_a_thread},
    {"_exit", by_underscore_exit},
    {"quick_exit", by_quick_exit},
    {"_exit_with_spans", by_underscore_exit_with_spans},
    {"quick_exit_with_spans", by_quick_exit_with_spans},
    {"quick_exit_with_a_flush", by_quick_exit_with_a_flush},
    {"exit_static", by_exit_static},
    {"exit_static_with_several", by_exit_static_with_several},
    {"exit_of_a_thread_static", by_exit_of_a_thread_static},
    {"exit_of_an_exporter", by_exit_of_an_exporter},
};

}  // namespace

int main(int count, char** values) {
  if (count != 4) return 2;
  if (std::getenv("LEAVING_OPENSSL_FIRST") != nullptr) use_openssl_first();
  return leave(kWays, values);
}
