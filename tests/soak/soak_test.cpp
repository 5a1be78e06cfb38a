// SPDX-License-Identifier: Apache-2.0
// An hour of a service and its collector, a minute of which takes a fraction of a second: up, down,
// slow, failing, stuck, and up again.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <future>
#include <memory>
#include <string>
#include <thread>

#include "exit/program.hpp"
#include "exporters/scripted_server.hpp"

namespace weft::testing {
namespace {

using std::chrono::milliseconds;

constexpr int kMinutes = 60;

milliseconds minute() { return milliseconds(std::getenv("WEFT_LONG") != nullptr ? 4000 : 200); }

enum class Phase { up, down, slow, failing, stuck };

// Half of the hour it is up.
constexpr Phase kPhases[] = {Phase::up, Phase::down,    Phase::up, Phase::slow,
                             Phase::up, Phase::failing, Phase::up, Phase::stuck};

Answer answer_of(Phase phase) {
  switch (phase) {
    case Phase::slow:
      return {.delay = milliseconds(60)};
    case Phase::failing:
      return {.status = 503};
    case Phase::stuck:
      return {.then = Answer::Then::hang};
    default:
      return {};
  }
}

std::size_t spans(const ScriptedServer& server) {
  std::size_t count = 0;
  for (const Received& request : server.received()) {
    for (const char* name : {"\x2a\x07request", "\x2a\x05query"}) {
      for (std::size_t at = request.body.find(name); at != std::string::npos;
           at = request.body.find(name, at + 1)) {
        ++count;
      }
    }
  }
  return count;
}

// What the collector was sent in that minute, answered or not.
std::size_t live_through(Phase phase, int port) {
  if (phase == Phase::down) {
    std::this_thread::sleep_for(minute());
    return 0;
  }
  ScriptedServer server(port);
  if (phase != Phase::up) {
    for (int i = 0; i < 10'000; ++i) server.then(answer_of(phase));
  }
  std::this_thread::sleep_for(minute());
  return spans(server);
}

double number_after(const std::string& text, const std::string& words) {
  const std::size_t at = text.find(words);
  return at == std::string::npos ? -1 : std::strtod(text.c_str() + at + words.size(), nullptr);
}

TEST(Soak, OfAnHourKeepsTheAccountAndTheMemory) {
  const int port = ScriptedServer::free_port();
  const std::string url = "http://127.0.0.1:" + std::to_string(port) + "/v1/traces";
  const auto time = minute() * kMinutes;
  auto service = std::async(std::launch::async, [&] {
    return run_program({SOAKING_PROGRAM, url, std::to_string(time.count())},
                       std::chrono::ceil<std::chrono::seconds>(time) + std::chrono::seconds(60));
  });
  std::size_t sent = 0;
  for (std::size_t i = 0; i < kMinutes; ++i) {
    sent += live_through(kPhases[i % std::size(kPhases)], port);
  }
  const ScriptedServer last(port);  // up again: what is left arrives
  const Ending ending = service.get();
  sent += spans(last);
  EXPECT_EQ(ending.status, 0) << "not exact: " << ending.how << "\n" << ending.output;
  EXPECT_LT(number_after(ending.output, "grown by "), 3) << ending.output;
  const double exported = number_after(ending.output, "exported=");
  EXPECT_GT(exported, 1000) << ending.output;
  // An answer that was lost, or came too late, makes a span arrive twice; none is missing.
  EXPECT_GE(static_cast<double>(sent), exported) << ending.output;
  RecordProperty("account", ending.output);
}

}  // namespace
}  // namespace weft::testing
