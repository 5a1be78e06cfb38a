// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include <weft/weft.hpp>

namespace weft::testing {

/// The promise of the account: nothing is lost, and the records' state words say the same. An
/// answer may come between two readings, so there are a few.
inline void expect_exact_account(const Telemetry& telemetry) {
  Stats stats;
  Audit audit;
  for (int attempt = 0; attempt < 200; ++attempt) {
    stats = telemetry.stats();
    audit = telemetry.audit();
    ASSERT_EQ(stats.started, stats.exported + stats.dropped.total() + stats.live + stats.spooled)
        << to_string(stats);
    if (stats.live == audit.live && stats.spooled == audit.spooled) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  ADD_FAILURE() << "the records say that " << audit.live << " are live and " << audit.spooled
                << " spooled, the account: " << to_string(stats);
}

/// Shuts it down: the account is exact before, and afterwards nothing is live.
inline void end_with_exact_account(Telemetry& telemetry) {
  expect_exact_account(telemetry);
  telemetry.shutdown();
  expect_exact_account(telemetry);
  EXPECT_EQ(telemetry.stats().live, 0U) << to_string(telemetry.stats());
}

}  // namespace weft::testing
