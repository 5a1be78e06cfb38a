// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <weft/exporters/otlp_http.hpp>

#include "delivery/delivery.hpp"
#include "exporters/records.hpp"
#include "exporters/scripted_server.hpp"
#include "otlp/http_settings.hpp"

namespace weft::testing {

/// A delivery to the scripted server whose clock stands still until the test moves it and whose
/// chance is nought, so that backoffs are a half of their step: 500 ms, 1 s, 2 s, … The test's
/// thread runs it; the only waiting is for bytes on the loopback.
class DeliveryTest : public ::testing::Test {
 protected:
  using Time = std::chrono::steady_clock::time_point;

  /// Made by the first call, towards `server` unless the options name another endpoint.
  delivery::Delivery& deliver_with(exporters::OtlpHttpOptions options) {
    if (options.endpoint.empty()) options.endpoint = server.url();
    std::vector<Error> problems;
    delivery::DeliverySettings settings =
        otlp::http_delivery_settings(std::move(options), problems);
    EXPECT_TRUE(problems.empty());
    settings.clockwork = {.now = [this] { return now; },
                          .wall_time = [this] { return wall_time; },
                          .chance = [] { return 0.0; }};
    delivery_ = std::make_unique<delivery::Delivery>(std::move(settings), std::move(problems));
    delivery_->set_error_sink([this](const Error& error) { errors.push_back(error); });
    return *delivery_;
  }
  delivery::Delivery& delivery() { return delivery_ ? *delivery_ : deliver_with({}); }

  /// Submits; the index of its outcome.
  std::size_t submit(detail::SharedBatch batch) {
    const std::size_t index = outcomes.size();
    outcomes.emplace_back();
    delivery().submit(std::move(batch), [this, index](const detail::Outcome& outcome) {
      ASSERT_FALSE(outcomes[index].has_value()) << "completed twice";
      outcomes[index] = outcome;
    });
    return index;
  }
  std::size_t submit(std::size_t spans) { return submit(records.batch(spans)); }

  /// Does what there is to do at this moment of the clock, until it is so.
  template <class Condition>
  bool run_until(Condition&& condition) {
    const Time patience = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (!condition()) {
      if (std::chrono::steady_clock::now() > patience) return false;
      delivery().run(now);
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
    return true;
  }
  bool run_until_answered(std::size_t index) {
    return run_until([&] { return outcomes[index].has_value(); });
  }
  bool run_until_errors(std::size_t count) {
    return run_until([&] { return errors.size() >= count; });
  }
  /// A while of the loopback's time in which nothing more should happen.
  void run_on() {
    for (int i = 0; i < 20; ++i) {
      delivery().run(now);
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
  }
  void advance(std::chrono::milliseconds time) {
    now += time;
    wall_time += time;
  }

  // Before the delivery, which may still hold records and connections.
  Records records;
  ScriptedServer server;
  Time now = std::chrono::steady_clock::now();
  std::chrono::system_clock::time_point wall_time =
      std::chrono::system_clock::from_time_t(1792000000);
  std::vector<std::optional<detail::Outcome>> outcomes;
  std::vector<Error> errors;

 private:
  std::unique_ptr<delivery::Delivery> delivery_;
};

inline void expect_outcome(const std::optional<detail::Outcome>& outcome, std::size_t accepted,
                           std::size_t given_up) {
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(outcome->accepted, accepted);
  EXPECT_EQ(outcome->given_up, given_up);
}

inline void expect_given_up(const std::optional<detail::Outcome>& outcome, std::size_t given_up,
                            detail::GiveUp reason) {
  expect_outcome(outcome, 0, given_up);
  if (outcome) {
    EXPECT_EQ(outcome->reason, reason);
  }
}

}  // namespace weft::testing
