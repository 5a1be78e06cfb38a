// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace weft::testing {

/// A process that does this and is gone, beside others; it fails where an expectation did.
pid_t in_a_child(const auto& f) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  f();
  ::_exit(::testing::Test::HasFailure() ? 1 : 0);
}

inline void expect_success(pid_t child) {
  int status = -1;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

}  // namespace weft::testing
