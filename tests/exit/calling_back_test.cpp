// SPDX-License-Identifier: Apache-2.0
// on_error calls back from each thread that it may be told on, and the program ends all the same.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <string>
#include <tuple>

#include "exit/program.hpp"
#include "spool/killed.hpp"

namespace weft::testing {
namespace {

using std::chrono::milliseconds;

#ifndef LEAVING_SLACK_MS
#define LEAVING_SLACK_MS 500
#endif

// A flush has nothing to wait for: one that waits for itself takes its deadline. The exporter's own
// does, since what it flushes is its own batch.
bool returns_at_once(const std::string& where, const std::string& what) {
  return what == "flush" && where != "exporter";
}

class OnErrorTold : public ::testing::TestWithParam<std::tuple<std::string, std::string>> {};

TEST_P(OnErrorTold, MayCallBack) {
  const auto& [where, what] = GetParam();
  const SpoolFolder spool;
  if (where == "recovery") {
    std::ofstream(spool.path() / "1-1.weft") << "what is this";
    ::setenv("LEAVING_SPOOL", spool.path().c_str(), 1);
  }
  const bool is_soon = returns_at_once(where, what);
  const Ending ending =
      run_program({CALLING_BACK_PROGRAM, where, what, is_soon ? "20000" : "1000"});
  ::unsetenv("LEAVING_SPOOL");
  EXPECT_EQ(ending.status, 7) << ending.how << "\n" << ending.output;
  EXPECT_LT(ending.took, milliseconds(is_soon ? 10'000 : 1000 + LEAVING_SLACK_MS));
  EXPECT_EQ(ending.output.find("NOT EXACT"), std::string::npos) << ending.output;
}

INSTANTIATE_TEST_SUITE_P(By, OnErrorTold,
                         ::testing::Combine(::testing::Values("init", "span", "exporter", "worker",
                                                              "recovery", "stats", "shutdown"),
                                            ::testing::Values("flush", "shutdown", "exit")),
                         [](const auto& one) {
                           return std::get<0>(one.param) + "_" + std::get<1>(one.param);
                         });

}  // namespace
}  // namespace weft::testing
