// SPDX-License-Identifier: Apache-2.0
// lingering WAY URL DEADLINE_MS: spans that end, or begin, after the Telemetry has gone: in static
// and thread_local destructors, and from signal handlers. As leaving.cpp.
#include <unistd.h>

#include <sys/time.h>
#include <csignal>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "exit/leaving.hpp"

namespace {

using namespace leaving;
using std::chrono::milliseconds;

// Made before everything else here: told last.
struct LastWord {
  weft::Telemetry telemetry;
  bool is_wanted = false;
  LastWord() = default;
  LastWord(const LastWord&) = delete;
  LastWord& operator=(const LastWord&) = delete;
  ~LastWord() {
    if (is_wanted) report(telemetry);
  }
};
LastWord last_word;

// Outlives the Telemetry, and uses everything that a program may use.
struct Late {
  std::optional<weft::DetachedSpan> open;
  const char* url_of_another = nullptr;
  bool is_wanted = false;
  Late() = default;
  Late(const Late&) = delete;
  Late& operator=(const Late&) = delete;
  ~Late() {
    if (!is_wanted) return;
    if (open) {
      open->set_attribute("late", true);
      open->end();
    }
    record(100);
    auto span = kTracer.start("late");
    std::map<std::string, std::string> headers;
    weft::inject(headers);
    weft::active_telemetry().force_flush(milliseconds(100));
    last_word.telemetry.flush_on_signal();
    if (headers.empty()) _exit(3);
  }
};
Late late;

// A second life, begun and ended while statics are destroyed.
struct Reborn {
  const char* url = nullptr;
  Reborn() = default;
  Reborn(const Reborn&) = delete;
  Reborn& operator=(const Reborn&) = delete;
  ~Reborn() {
    if (url == nullptr) return;
    auto telemetry = weft::init(options(url, milliseconds(2000)));
    record(100);
    telemetry.shutdown();
    report(telemetry);
  }
};
Reborn reborn;

int static_spans(const Arguments& given) {
  last_word.telemetry = weft::init(options(given.url, given.deadline));
  last_word.is_wanted = late.is_wanted = true;
  late.open.emplace(kTracer.start_detached("open"));
  record(100);
  announce();
  last_word.telemetry.shutdown();
  return kStatus;
}

int static_init(const Arguments& given) {
  const auto telemetry = weft::init(options(given.url, given.deadline));
  reborn.url = given.url;
  record(100);
  announce();
  return kStatus;
}

thread_local std::optional<weft::DetachedSpan> of_this_thread;

int thread_local_spans(const Arguments& given) {
  last_word.telemetry = weft::init(options(given.url, given.deadline));
  last_word.is_wanted = true;
  std::thread([] { of_this_thread.emplace(kTracer.start_detached("of a thread")); }).join();
  of_this_thread.emplace(kTracer.start_detached("of main"));
  std::thread([] {
    of_this_thread.emplace(kTracer.start_detached("of a thread that stays"));
    for (;;) record(1);
  }).detach();
  std::this_thread::sleep_for(milliseconds(20));
  announce();
  last_word.telemetry.shutdown();
  return kStatus;
}

weft::Telemetry* flushed_by_signal = nullptr;

void flush(int) { flushed_by_signal->flush_on_signal(); }

// Nothing else would send the span within the hour.
int signal(const Arguments& given) {
  weft::Options chosen = options(given.url, given.deadline);
  chosen.batch.schedule_delay = std::chrono::hours(1);
  auto telemetry = weft::init(std::move(chosen));
  flushed_by_signal = &telemetry;
  std::signal(SIGUSR1, flush);
  raise(SIGUSR1);  // before there is a worker
  record(3);
  raise(SIGUSR1);
  for (int i = 0; i < 500 && telemetry.stats().exported < 3; ++i) {
    std::this_thread::sleep_for(milliseconds(10));
  }
  const bool is_sent = telemetry.stats().exported == 3;
  announce();
  telemetry.shutdown();
  raise(SIGUSR1);  // and when there is none any more
  report(telemetry);
  return is_sent ? kStatus : 1;
}

// The signal comes at every instant: inside a span's start, a hand-over, a flush, shutdown.
int signal_storm(const Arguments& given) {
  auto telemetry = weft::init(options(given.url, given.deadline));
  flushed_by_signal = &telemetry;
  std::signal(SIGALRM, flush);
  itimerval often{{0, 150}, {0, 150}};
  setitimer(ITIMER_REAL, &often, nullptr);
  for (int i = 0; i < 40; ++i) {
    record(500);
    telemetry.force_flush(milliseconds(200));
  }
  announce();
  telemetry.shutdown();
  often = {};
  setitimer(ITIMER_REAL, &often, nullptr);
  report(telemetry);
  return kStatus;
}

constexpr Way kWays[] = {
    {"static_spans", static_spans},
    {"static_init", static_init},
    {"thread_local_spans", thread_local_spans},
    {"signal", signal},
    {"signal_storm", signal_storm},
};

}  // namespace

int main(int count, char** values) {
  if (count != 4) return 2;
  return leave(kWays, values);
}
