// SPDX-License-Identifier: Apache-2.0
// Variables are read and set while the program's statics are destroyed.
#include <gtest/gtest.h>
#include <weft/context.hpp>

#include <cstdlib>
#include <string>
#include <thread>

namespace {

const weft::ContextVar<std::string> text{"text"};
const weft::ContextVar<std::string> with_default{"with default",
                                                 "a default that is too long to be inline"};

enum class Check { none, reads, reads_default, sets, snapshots, starts_a_thread };

bool holds(Check check) {
  switch (check) {
    case Check::none:
      return true;
    case Check::reads:
      return text.get() == "set in main";
    case Check::reads_default:
      return with_default.get().size() == 39;
    case Check::sets: {
      auto scope = text.scoped(std::string(100, 's'));
      return text.get().size() == 100;
    }
    case Check::snapshots: {
      weft::Context snapshot = weft::copy_context();
      return snapshot.run([] { return text.get(); }) == "set in main";
    }
    case Check::starts_a_thread: {
      bool seen = false;
      std::thread([&] {
        text.set("there");
        seen = text.get() == "there";
      }).join();
      return seen;
    }
  }
  return false;
}

constexpr int kHeld = 42;

// Destroyed after everything that was made later, such as GoogleTest's own.
struct AtExit {
  Check check = Check::none;
  ~AtExit() {
    if (check != Check::none) std::_Exit(holds(check) ? kHeld : 1);
  }
};
AtExit at_exit;

[[noreturn]] void exit_and(Check check) {
  text.set("set in main");
  at_exit.check = check;
  std::exit(0);
}

TEST(StaticDestruction, MayReadAVariable) {
  EXPECT_EXIT(exit_and(Check::reads), testing::ExitedWithCode(kHeld), "");
}

TEST(StaticDestruction, MayReadADefault) {
  EXPECT_EXIT(exit_and(Check::reads_default), testing::ExitedWithCode(kHeld), "");
}

TEST(StaticDestruction, MaySetAVariable) {
  EXPECT_EXIT(exit_and(Check::sets), testing::ExitedWithCode(kHeld), "");
}

TEST(StaticDestruction, MayTakeAndEnterASnapshot) {
  EXPECT_EXIT(exit_and(Check::snapshots), testing::ExitedWithCode(kHeld), "");
}

TEST(StaticDestruction, MayStartAThreadThatSets) {
  EXPECT_EXIT(exit_and(Check::starts_a_thread), testing::ExitedWithCode(kHeld), "");
}

}  // namespace
