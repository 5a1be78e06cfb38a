// SPDX-License-Identifier: Apache-2.0
#include "platform/error_reporter.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <stdexcept>
#include <thread>
#include <vector>

#include "platform/child_process.hpp"

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using weft::Error;
using weft::ErrorCode;
using weft::detail::error_reporter;
using weft::testing::exit_code_of_child;

std::chrono::steady_clock::time_point now;

/// The process's reporter with a clock that only the test moves, and a handler that keeps it all.
class ErrorReporter : public testing::Test {
 protected:
  void SetUp() override {
    now = std::chrono::steady_clock::time_point(seconds(1000));
    error_reporter().set_clock([] { return now; });
    error_reporter().set_handler([this](const Error& error) { told.push_back(error); });
  }
  void TearDown() override {
    error_reporter().set_handler({});
    error_reporter().set_clock(nullptr);
    error_reporter().set_log_level(weft::detail::LogLevel::info);
  }
  static void report(ErrorCode code, std::string what) {
    error_reporter().report(code, std::move(what));
  }
  static std::string on_stderr(ErrorCode code, std::string what) {
    testing::internal::CaptureStderr();
    report(code, std::move(what));
    return testing::internal::GetCapturedStderr();
  }

  std::vector<Error> told;
};

TEST_F(ErrorReporter, TellsTheHandlerCodeAndText) {
  report(ErrorCode::partial_success, "3 spans were refused");
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].code, ErrorCode::partial_success);
  EXPECT_EQ(told[0].what, "3 spans were refused");
}

TEST_F(ErrorReporter, WritesOneLineToStderrByDefault) {
  error_reporter().set_handler({});
  EXPECT_EQ(on_stderr(ErrorCode::export_failed, "first\nsecond"), "weft: first\\nsecond\n");
}

TEST_F(ErrorReporter, BoundsTheText) {
  report(ErrorCode::export_failed, std::string(10'000'000, 'x'));
  ASSERT_EQ(told.size(), 1U);
  EXPECT_LT(told[0].what.size(), 5000U);
}

TEST_F(ErrorReporter, TellsIdenticalTextOnceInTenSeconds) {
  for (int i = 0; i < 10; ++i) {
    report(ErrorCode::export_failed, "refused");
    now += milliseconds(999);
  }
  EXPECT_EQ(told.size(), 1U);
}

TEST_F(ErrorReporter, CountsIdenticalTextInTheNextLine) {
  for (int i = 0; i < 4; ++i) report(ErrorCode::export_failed, "refused");
  now += seconds(10);
  report(ErrorCode::export_failed, "refused");
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[1].what, "refused (3 more like this)");
}

TEST_F(ErrorReporter, TellsTheSameTextOfAnotherCode) {
  report(ErrorCode::export_failed, "full");
  report(ErrorCode::data_dropped, "full");
  EXPECT_EQ(told.size(), 2U);
}

TEST_F(ErrorReporter, TellsACodeFiveTimesASecond) {
  for (int i = 0; i < 100; ++i) report(ErrorCode::export_failed, "batch " + std::to_string(i));
  EXPECT_EQ(told.size(), 5U);
}

TEST_F(ErrorReporter, CountsACodeInTheNextLine) {
  for (int i = 0; i < 12; ++i) report(ErrorCode::export_failed, "batch " + std::to_string(i));
  now += seconds(1);
  report(ErrorCode::export_failed, "batch 12");
  EXPECT_EQ(told.back().what, "batch 12 (7 more like this)");
}

TEST_F(ErrorReporter, OneCodeDoesNotHoldBackAnother) {
  for (int i = 0; i < 100; ++i) report(ErrorCode::export_failed, "batch " + std::to_string(i));
  report(ErrorCode::user_callback, "on_end threw");
  EXPECT_EQ(told.back().what, "on_end threw");
}

TEST_F(ErrorReporter, TellsWhatIsSaidOnceWhateverWasSaidBefore) {
  for (int i = 0; i < 12; ++i) report(ErrorCode::data_dropped, "batch " + std::to_string(i));
  error_reporter().report_always(ErrorCode::data_dropped, "in all");
  EXPECT_EQ(told.back().what, "in all (7 more like this)");
}

TEST_F(ErrorReporter, TellsEveryRefusedOptionOfASetUp) {
  for (int i = 0; i < 40; ++i) {
    report(ErrorCode::invalid_environment, "OTEL_" + std::to_string(i) + " is refused");
  }
  EXPECT_EQ(told.size(), 40U);
}

TEST_F(ErrorReporter, ANewHandlerIsToldWhatTheOneBeforeWasTold) {
  report(ErrorCode::export_failed, "refused");
  std::vector<Error> anew;
  error_reporter().set_handler([&](const Error& error) { anew.push_back(error); });
  report(ErrorCode::export_failed, "refused");
  EXPECT_EQ(anew.size(), 1U);
}

TEST_F(ErrorReporter, ContainsAHandlerThatThrows) {
  error_reporter().set_handler([](const Error&) { throw std::runtime_error("mine"); });
  EXPECT_EQ(on_stderr(ErrorCode::export_failed, "refused"),
            "weft: on_error threw an exception while it was told: refused\n");
}

TEST_F(ErrorReporter, DoesNotRecurseIntoAHandlerThatCausesErrors) {
  int depth = 0;
  int deepest = 0;
  error_reporter().set_handler([&](const Error&) {
    deepest = std::max(deepest, ++depth);
    report(ErrorCode::user_callback, "caused by the handler");
    --depth;
  });
  report(ErrorCode::export_failed, "refused");
  EXPECT_EQ(deepest, 1);
}

TEST_F(ErrorReporter, CountsWhatAHandlerCauses) {
  error_reporter().set_handler([this](const Error& error) {
    told.push_back(error);
    if (told.size() == 1) report(ErrorCode::user_callback, "caused by the handler");
  });
  report(ErrorCode::export_failed, "refused");
  report(ErrorCode::user_callback, "on_end threw");
  EXPECT_EQ(told.back().what, "on_end threw (1 more like this)");
}

TEST_F(ErrorReporter, TellsAgainAfterAHandlerThrew) {
  error_reporter().set_handler([this](const Error& error) {
    told.push_back(error);
    throw 1;
  });
  on_stderr(ErrorCode::export_failed, "first");
  on_stderr(ErrorCode::export_failed, "second");
  EXPECT_EQ(told.size(), 2U);
}

TEST_F(ErrorReporter, HoldsNoLockWhileTheHandlerRuns) {
  error_reporter().set_handler([](const Error& error) {
    if (error.code != ErrorCode::export_failed) return;
    std::thread([] { report(ErrorCode::user_callback, "from another thread"); }).join();
    error_reporter().set_handler({});
  });
  report(ErrorCode::export_failed, "refused");
  EXPECT_EQ(on_stderr(ErrorCode::export_failed, "again"), "weft: again\n");
}

TEST_F(ErrorReporter, WritesToStderrWhatTheLevelAsksFor) {
  using weft::detail::LogLevel;
  error_reporter().set_handler({});
  const auto lines = [](LogLevel level) {
    error_reporter().set_log_level(level);
    now += seconds(60);
    return on_stderr(ErrorCode::export_failed, "spans") +
           on_stderr(ErrorCode::invalid_option, "option");
  };
  EXPECT_EQ(lines(LogLevel::none), "");
  EXPECT_EQ(lines(LogLevel::error), "weft: spans\n");
  EXPECT_EQ(lines(LogLevel::warn), "weft: spans\nweft: option\n");
  EXPECT_EQ(lines(LogLevel::info), "weft: spans\nweft: option\n");
}

TEST_F(ErrorReporter, TellsAHandlerEverythingWhateverTheLevel) {
  error_reporter().set_log_level(weft::detail::LogLevel::none);
  report(ErrorCode::invalid_option, "option");
  EXPECT_EQ(told.size(), 1U);
}

TEST_F(ErrorReporter, SurvivesAReaderOfStderrThatHasGone) {
  error_reporter().set_handler({});
  EXPECT_EQ(exit_code_of_child([] {
              std::signal(SIGPIPE, SIG_DFL);
              int ends[2];
              if (pipe(ends) != 0 || dup2(ends[1], STDERR_FILENO) < 0) return false;
              close(ends[0]);
              close(ends[1]);
              report(ErrorCode::export_failed, "nobody reads this");
              return true;
            }),
            0);
}

TEST_F(ErrorReporter, GoesOnInAChildThatIsForkedWhileAnotherThreadReports) {
  error_reporter().set_handler([](const Error&) {});
  std::atomic<bool> done{false};
  std::thread busy([&] {
    for (int i = 0; !done; ++i) report(ErrorCode::export_failed, std::to_string(i));
  });
  int failures = 0;
  for (int i = 0; i < 50; ++i) {
    const int code = exit_code_of_child([] {
      report(ErrorCode::user_callback, "in the child");
      return true;
    });
    if (code != 0) ++failures;
  }
  done = true;
  busy.join();
  EXPECT_EQ(failures, 0);
}

// In a child, which is ended when it hangs: a pipe that nobody reads, full to the last byte.
TEST_F(ErrorReporter, WaitsForNobodyToReadStandardError) {
  error_reporter().set_handler({});
  const int code = exit_code_of_child([] {
    int ends[2];
    if (pipe2(ends, O_NONBLOCK) != 0) return false;
    while (write(ends[1], "x", 1) == 1) continue;
    fcntl(ends[1], F_SETFL, 0);
    dup2(ends[1], STDERR_FILENO);
    alarm(10);
    report(ErrorCode::export_failed, "nobody reads it");
    return true;
  });
  EXPECT_EQ(code, 0);
}

}  // namespace
