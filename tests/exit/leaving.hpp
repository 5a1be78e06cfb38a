// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <weft/weft.hpp>

#include <chrono>
#include <cstdint>
#include <span>
#include <string_view>

// What the ways of leaving (leaving.cpp) have in common.
namespace leaving {

inline constexpr int kStatus = 7;  // of a program that left as it meant to
inline constexpr weft::Tracer kTracer{"leaving"};

/// As a program does that speaks TLS itself: OpenSSL then ends in an exit handler, whatever we ask.
void use_openssl_first();
/// OTLP/HTTP to that URL, in small batches at once; silent.
weft::Options options(const char* url, std::chrono::milliseconds deadline);
void record(int spans);
/// Threads that record until the process ends.
void start_busy_threads();
/// Tells the runner that from here on the time counts.
void announce();
/// One line with the account; "exact" when it is, and when the records agree.
void report(const weft::Telemetry& telemetry);

/// A Telemetry with static storage duration: it ends in `exit`, and tells its account.
struct StaticTelemetry {
  weft::Telemetry telemetry;
  StaticTelemetry() = default;
  StaticTelemetry(const StaticTelemetry&) = delete;
  StaticTelemetry& operator=(const StaticTelemetry&) = delete;
  ~StaticTelemetry();
};

struct Arguments {
  const char* url;
  std::chrono::milliseconds deadline;
};
struct Way {
  std::string_view name;
  int (*leave)(const Arguments&);
};
/// The way that a command line of four words names; 2 when there is none.
int leave(std::span<const Way> ways, char** words);

}  // namespace leaving
