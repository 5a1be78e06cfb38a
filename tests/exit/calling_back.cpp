// SPDX-License-Identifier: Apache-2.0
// calling_back WHERE WHAT DEADLINE_MS: on_error is told on that thread and calls back from there:
// flush, shutdown or exit. As leaving.cpp.
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <thread>
#include <utility>

#include "exit/leaving.hpp"
#include "support/no_threads.hpp"

namespace {

using namespace leaving;
using std::chrono::milliseconds;

std::atomic<bool> is_told{false};

/// Goes after `held`, and makes it known when nobody was told by then.
struct ToldInTheEnd {
  ~ToldInTheEnd() {
    if (is_wanted && !is_told) _exit(1);
  }
  bool is_wanted = false;
} told_in_the_end;

StaticTelemetry held;

void call_back(std::string_view what, milliseconds deadline) {
  is_told = true;
  if (what == "exit") {
    announce();
    std::exit(kStatus);
  }
  if (what == "flush") weft::active_telemetry().force_flush(deadline);
  if (what == "shutdown") weft::active_telemetry().shutdown(deadline);
}

weft::Options options_of(const Arguments& given) {
  const char* const spool = std::getenv("LEAVING_SPOOL");
  return {.exporters = {weft::exporters::in_memory()},
          .batch = {.schedule_delay = milliseconds(5)},
          .spool_dir = spool != nullptr ? spool : "",
          .on_error = [given](const weft::Error&) { call_back(given.url, given.deadline); },
          .shutdown_timeout = given.deadline};
}

// 7 when it was told. Who was told may be the one to end the process.
int end(const Arguments& given) {
  const bool is_ended_there = given.url == std::string_view("exit");
  for (int i = 0; i < 5000 && (is_ended_there || !is_told); ++i) {
    std::this_thread::sleep_for(milliseconds(1));
  }
  if (!is_told) return 1;
  announce();
  return kStatus;
}

int in_init(const Arguments& given) {
  weft::Options chosen = options_of(given);
  chosen.batch.max_queue_size = 0;
  held.telemetry = weft::init(std::move(chosen));
  record(1);
  return end(given);
}

struct Throwing final : weft::SpanProcessor {
  void on_end(const weft::SpanView&) override { throw 1; }
};

int in_a_span(const Arguments& given) {
  weft::Options chosen = options_of(given);
  chosen.processors = {std::make_shared<Throwing>()};
  held.telemetry = weft::init(std::move(chosen));
  record(1);
  return end(given);
}

struct Failing final : weft::SpanExporter {
  weft::ExportResult export_spans(const weft::SpanBatch&) override {
    return weft::ExportResult::failure;
  }
};

int in_an_exporter(const Arguments& given) {
  weft::Options chosen = options_of(given);
  chosen.exporters = {std::make_shared<Failing>()};
  held.telemetry = weft::init(std::move(chosen));
  record(1);
  return end(given);
}

// It has a thread, and the exporter gets none for its first batch.
int in_the_worker(const Arguments& given) {
  weft::Options chosen = options_of(given);
  chosen.batch.schedule_delay = milliseconds(300);
  held.telemetry = weft::init(std::move(chosen));
  record(1);
  std::this_thread::sleep_for(milliseconds(20));
  const weft::testing::NoThreads none;
  return end(given);
}

// The test has left a damaged file in the folder.
int in_recovery(const Arguments& given) {
  held.telemetry = weft::init(options_of(given));
  record(1);
  return end(given);
}

int in_the_stats_thread(const Arguments& given) {
  weft::Options chosen = options_of(given);
  chosen.stats = {.interval = milliseconds(10), .file = "/nowhere/at/all"};
  held.telemetry = weft::init(std::move(chosen));
  record(1);
  return end(given);
}

// Told once more when it ends: never destroyed, so that it is open then.
int in_shutdown(const Arguments& given) {
  held.telemetry = weft::init(options_of(given));
  new weft::DetachedSpan(kTracer.start_detached("open"));
  told_in_the_end.is_wanted = true;
  announce();
  return kStatus;
}

constexpr Way kWays[] = {
    {"init", in_init},         {"span", in_a_span},       {"exporter", in_an_exporter},
    {"worker", in_the_worker}, {"recovery", in_recovery}, {"stats", in_the_stats_thread},
    {"shutdown", in_shutdown},
};

}  // namespace

int main(int count, char** values) { return count == 4 ? leave(kWays, values) : 2; }
