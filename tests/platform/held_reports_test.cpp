// SPDX-License-Identifier: Apache-2.0
#include "platform/held_reports.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace {

using weft::Error;
using weft::ErrorCode;
using weft::detail::error_reporter;

/// What the handler was told.
class HeldReports : public testing::Test {
 protected:
  void SetUp() override {
    error_reporter().set_handler([this](const Error& error) { told.push_back(error.what); });
  }
  void TearDown() override { error_reporter().set_handler({}); }
  static void report(const std::string& what) {
    error_reporter().report(ErrorCode::export_failed, what);
  }

  using Held = weft::detail::HeldReports;
  using Lines = std::vector<std::string>;
  Lines told;
};

TEST_F(HeldReports, AreToldAtTheEndAlone) {
  {
    const Held held;
    report("one");
    report("two");
    EXPECT_EQ(told, Lines());
  }
  EXPECT_EQ(told, (Lines{"one", "two"}));
}

TEST_F(HeldReports, AreThoseOfTheirThreadAlone) {
  const Held held;
  std::thread([] { report("another thread's"); }).join();
  EXPECT_EQ(told, Lines{"another thread's"});
}

TEST_F(HeldReports, OfAnInnerOneAreToldByTheOuter) {
  {
    const Held outer;
    {
      const Held inner;
      report("inside");
    }
    EXPECT_EQ(told, Lines());
  }
  EXPECT_EQ(told, Lines{"inside"});
}

TEST_F(HeldReports, AreNoneAnyMoreOnceTheyWereTaken) {
  Held held;
  report("taken");
  const Held::Reports taken = held.take();
  report("after");
  EXPECT_EQ(told, Lines{"after"});
  Held::tell(taken);
  EXPECT_EQ(told, (Lines{"after", "taken"}));
}

TEST_F(HeldReports, AreBoundedAndTheRestCounted) {
  {
    const Held held;
    for (int i = 0; i < 100; ++i) report("line " + std::to_string(i));
  }
  ASSERT_EQ(told.size(), 5U);
  EXPECT_EQ(told[0], "line 0 (95 more like this)");
}

TEST_F(HeldReports, KeepTheLastWordWhateverCameBefore) {
  {
    const Held held;
    for (int i = 0; i < 100; ++i) report("line " + std::to_string(i));
    error_reporter().report_always(ErrorCode::export_failed, "the last word");
  }
  EXPECT_EQ(told.back(), "the last word");
}

TEST_F(HeldReports, OfTheHandlerItselfAreCountedAsEver) {
  error_reporter().set_handler([this](const Error& error) {
    const Held held;
    report("the handler's own");
    told.push_back(error.what);
  });
  report("one");
  EXPECT_EQ(told, Lines{"one"});
}

}  // namespace
