// SPDX-License-Identifier: Apache-2.0
// Programs that end, each in its way, while spans are recorded and exported: none crashes, none
// hangs, and the account is exact where it can still be told.
#include <gtest/gtest.h>

#include <cstdlib>
#include <ostream>
#include <string>
#include <vector>

#include "exit/program.hpp"
#include "exporters/scripted_server.hpp"
#include "spool/killed.hpp"

namespace weft::testing {
namespace {

using std::chrono::milliseconds;

constexpr int kStatus = 7;

#ifndef LEAVING_SLACK_MS
#define LEAVING_SLACK_MS 500
#endif

// What may go wrong goes wrong at some instant or other.
int rounds() { return std::getenv("WEFT_LONG") != nullptr ? 200 : 8; }

// Spans of that name in what arrived: requests to this machine are not packed.
std::size_t spans(const ScriptedServer& server, const std::string& name = "recorded") {
  std::size_t count = 0;
  const std::string field = std::string("\x2a", 1) + static_cast<char>(name.size()) + name;
  for (const Received& request : server.received()) {
    for (std::size_t at = request.body.find(field); at != std::string::npos;
         at = request.body.find(field, at + 1)) {
      ++count;
    }
  }
  return count;
}

void expect_exact(const Ending& ending) {
  EXPECT_NE(ending.output.find("exact: "), std::string::npos) << ending.output;
  EXPECT_EQ(ending.output.find("NOT EXACT"), std::string::npos) << ending.output;
}

Ending leave(const std::string& program, const std::string& way, const std::string& url,
             int deadline) {
  Ending ending = run_program({program, way, url, std::to_string(deadline)});
  EXPECT_EQ(ending.status, kStatus) << way << ": " << ending.how << "\n" << ending.output;
  EXPECT_LT(ending.took, milliseconds(deadline + LEAVING_SLACK_MS)) << way;
  return ending;
}

class Leaving : public ::testing::TestWithParam<std::string> {};

TEST_P(Leaving, NeitherCrashesNorHangs) {
  for (int round = 0; round < rounds() && !HasFailure(); ++round) {
    const ScriptedServer server;
    const Ending ending = leave(LEAVING_PROGRAM, GetParam(), server.url(), 2000);
    if (GetParam().ends_with("static")) expect_exact(ending);
  }
}

INSTANTIATE_TEST_SUITE_P(By, Leaving,
                         ::testing::Values("return_while_others_record", "exit", "exit_of_a_thread",
                                           "_exit", "quick_exit", "exit_static",
                                           "exit_of_a_thread_static"),
                         [](const auto& one) {
                           return one.param == "_exit" ? "underscore_exit" : one.param;
                         });

TEST(Leaving, ByReturnDeliversEverySpan) {
  const ScriptedServer server;
  leave(LEAVING_PROGRAM, "return", server.url(), 2000);
  EXPECT_EQ(spans(server), 100U);
}

TEST(Leaving, ByQuickExitDeliversWhatItsHandlerFlushes) {
  const ScriptedServer server;
  leave(LEAVING_PROGRAM, "quick_exit_with_a_flush", server.url(), 2000);
  EXPECT_EQ(spans(server), 100U);
}

TEST(Leaving, FromAnExportersThreadKeepsTheDeadline) {
  const Ending ending = leave(LEAVING_PROGRAM, "exit_of_an_exporter", "http://127.0.0.1:1/", 300);
  expect_exact(ending);
}

// Whatever the peer does, the way out takes the deadline and half a second at most.
struct Peer {
  const char* name;
  Answer::Then then;
  const char* scheme;
};
void PrintTo(const Peer& peer, std::ostream* out) { *out << peer.name; }

class LeavingAPeer : public ::testing::TestWithParam<Peer> {
 protected:
  std::string url() {
    if (GetParam().scheme == nullptr) return "http://hangs.example:4318/v1/traces";
    for (int i = 0; i < 50; ++i) server_.then({.then = GetParam().then});
    return std::string(GetParam().scheme) + "://127.0.0.1:" + std::to_string(server_.port()) +
           "/v1/traces";
  }

 private:
  ScriptedServer server_;
};

TEST_P(LeavingAPeer, TakesItsDeadlineAndAHalfSecondAtMost) {
  const std::string peer = url();
  for (const char* way : {"return", "return_while_others_record", "exit", "exit_of_a_thread",
                          "_exit", "quick_exit", "quick_exit_with_a_flush"}) {
    leave(LEAVING_PROGRAM, way, peer, 300);
  }
  for (const char* way : {"exit_static", "exit_of_a_thread_static"}) {
    expect_exact(leave(LEAVING_PROGRAM, way, peer, 300));
  }
}

TEST_P(LeavingAPeer, DoesSoInAProgramThatHadUsedOpensslBefore) {
  const std::string peer = url();
  ::setenv("LEAVING_OPENSSL_FIRST", "1", 1);
  for (const char* way : {"exit", "exit_of_a_thread", "exit_static", "exit_of_a_thread_static"}) {
    leave(LEAVING_PROGRAM, way, peer, 300);
  }
}

TEST_P(LeavingAPeer, OfSeveralExportersTakesNoLonger) {
  const std::string peer = url();
  leave(LEAVING_PROGRAM, "return_with_several", peer, 300);
  expect_exact(leave(LEAVING_PROGRAM, "exit_static_with_several", peer, 300));
}

// By its Telemetry's destructor, and by a static one's: the next run sends what the first could
// not.
TEST_P(LeavingAPeer, LeavesWhatWasNotSentToTheNextRun) {
  const SpoolFolder spool;
  ::setenv("LEAVING_SPOOL", spool.path().c_str(), 1);
  leave(LEAVING_PROGRAM, "return", url(), 300);
  const ScriptedServer well;
  leave(LEAVING_PROGRAM, "return", well.url(), 5000);
  EXPECT_EQ(spans(well), 200U);
  EXPECT_TRUE(spool.files().empty());
}

TEST_P(LeavingAPeer, CountsAsSpooledWhatItLeavesToTheNextRun) {
  const SpoolFolder spool;
  ::setenv("LEAVING_SPOOL", spool.path().c_str(), 1);
  const Ending ending = leave(LEAVING_PROGRAM, "exit_static", url(), 300);
  expect_exact(ending);
  EXPECT_NE(ending.output.find("spooled = "), std::string::npos) << ending.output;
}

// Nothing of ours runs in these.
TEST_P(LeavingAPeer, AtOnceLeavesAllThatEndedToTheNextRun) {
  for (const char* way : {"_exit_with_spans", "quick_exit_with_spans"}) {
    const SpoolFolder spool;
    ::setenv("LEAVING_SPOOL", spool.path().c_str(), 1);
    leave(LEAVING_PROGRAM, way, url(), 300);
    const ScriptedServer well;
    leave(LEAVING_PROGRAM, "return", well.url(), 5000);
    ::unsetenv("LEAVING_SPOOL");
    EXPECT_EQ(spans(well), 200U) << way;
    EXPECT_TRUE(spool.files().empty()) << way;
  }
}

INSTANTIATE_TEST_SUITE_P(That, LeavingAPeer,
                         ::testing::Values(Peer{"IsABlackHole", Answer::Then::hang, "http"},
                                           Peer{"Drips", Answer::Then::drip, "http"},
                                           Peer{"StallsTheHandshake", Answer::Then::hang, "https"},
                                           Peer{"IsNeverResolved", Answer::Then::hang, nullptr}),
                         [](const auto& one) { return std::string(one.param.name); });

// After the Telemetry.

TEST(Lingering, SpansOfStaticDestructorsAreNoOps) {
  const ScriptedServer server;
  const Ending ending = leave(LINGERING_PROGRAM, "static_spans", server.url(), 2000);
  expect_exact(ending);
  EXPECT_EQ(spans(server), 100U);
  EXPECT_NE(ending.output.find("shutdown 1)"), std::string::npos) << ending.output;
}

TEST(Lingering, AStaticDestructorMayInitAgain) {
  const ScriptedServer server;
  expect_exact(leave(LINGERING_PROGRAM, "static_init", server.url(), 2000));
  EXPECT_EQ(spans(server), 200U);
}

TEST(Lingering, SpansOfThreadLocalDestructorsAreNoOps) {
  for (int round = 0; round < rounds() && !::testing::Test::HasFailure(); ++round) {
    const ScriptedServer server;
    expect_exact(leave(LINGERING_PROGRAM, "thread_local_spans", server.url(), 2000));
  }
}

TEST(Signal, HandlerThatAsksForAFlushGetsIt) {
  const ScriptedServer server;
  expect_exact(leave(LINGERING_PROGRAM, "signal", server.url(), 2000));
  EXPECT_EQ(spans(server), 3U);
}

TEST(Signal, HandlerMayAskForAFlushAtAnyInstant) {
  const ScriptedServer server;
  const Ending ending = leave(LINGERING_PROGRAM, "signal_storm", server.url(), 2000);
  expect_exact(ending);
  EXPECT_NE(ending.output.find("started = 20000"), std::string::npos) << ending.output;
}

// A program without weft that loads and unloads a module that has it.

Ending unload(const std::string& way, const std::string& url) {
  Ending ending = run_program({MODULE_HOST, MODULE, way, url});
  EXPECT_EQ(ending.status, kStatus) << way << ": " << ending.how << "\n" << ending.output;
  return ending;
}

TEST(Module, MayBeLoadedAndUnloadedAgainAndAgain) {
  const ScriptedServer server;
  unload("again_and_again", server.url());
  EXPECT_EQ(spans(server), 1000U);
}

TEST(Module, MayBeUnloadedWhileItExports) {
  const ScriptedServer server;
  unload("while_it_exports", server.url());
  EXPECT_EQ(spans(server), 1000U);
}

TEST(Module, MayBeUnloadedWhileItsPeerIsABlackHole) {
  for (const char* way : {"while_it_exports", "before_a_thread_ends"}) {
    ScriptedServer hole;
    for (int i = 0; i < 50; ++i) hole.then({.then = Answer::Then::hang});
    const Ending ending = unload(way, hole.url());
    EXPECT_LT(ending.took, milliseconds(2000 + 20 + LEAVING_SLACK_MS)) << way;
  }
}

TEST(Module, MayBeUnloadedBeforeAThreadEndsThatUsedIt) {
  for (int round = 0; round < rounds() && !::testing::Test::HasFailure(); ++round) {
    const ScriptedServer server;
    unload("before_a_thread_ends", server.url());
  }
}

}  // namespace
}  // namespace weft::testing
