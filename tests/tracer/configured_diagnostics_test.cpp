// SPDX-License-Identifier: Apache-2.0
// What is told of trouble, and where the figures go.
#include <gtest/gtest.h>

#include <chrono>

#include "tracer/finalized.hpp"

namespace {

using std::chrono::milliseconds;
using weft::testing::Case;
using weft::testing::finalized;

TEST(LogLevelVariable, IsTakenInAnyCase) {
  using weft::detail::LogLevel;
  const auto level = [](const char* text) {
    return finalized({{"OTEL_LOG_LEVEL", text}}).configuration.log_level;
  };
  EXPECT_EQ(level("none"), LogLevel::none);
  EXPECT_EQ(level("ERROR"), LogLevel::error);
  EXPECT_EQ(level("Warn"), LogLevel::warn);
  EXPECT_EQ(level("debug"), LogLevel::debug);
  EXPECT_EQ(level(""), LogLevel::info);
}

TEST(LogLevelVariable, IsRefusedWhenItIsNoLevel) {
  const Case bad = finalized({{"OTEL_LOG_LEVEL", "loud"}});
  EXPECT_EQ(bad.configuration.log_level, weft::detail::LogLevel::info);
  EXPECT_EQ(bad.error(),
            "OTEL_LOG_LEVEL=\"loud\" is none of none, error, warn, info and debug; info is used");
}

TEST(ConfiguredStats, GoNowhereByDefault) {
  const weft::StatsOptions stats = finalized().configuration.stats;
  EXPECT_TRUE(stats.file.empty());
  EXPECT_FALSE(stats.log);
  EXPECT_EQ(stats.interval, milliseconds(60000));
}

TEST(ConfiguredStats, RefuseAnIntervalOfNothing) {
  const Case zero = finalized({{"WEFT_STATS_INTERVAL", "0"}});
  EXPECT_EQ(zero.configuration.stats.interval, milliseconds(60000));
  EXPECT_EQ(zero.error(),
            "WEFT_STATS_INTERVAL=\"0\" is not a whole number of at least 1 and at most 86400000; "
            "60000 ms is used");
}

}  // namespace
