// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/wait.h>
#include <unistd.h>

namespace weft::testing {

/// Runs `body` in a forked child, and gives what the child exited with: 0 for true, 1 for false,
/// 100 plus the signal that killed it.
template <class Body>
int exit_code_of_child(Body body) {
  const pid_t child = fork();
  if (child < 0) return -1;
  if (child == 0) _exit(body() ? 0 : 1);
  int status = 0;
  if (waitpid(child, &status, 0) != child) return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 100 + WTERMSIG(status);
}

}  // namespace weft::testing
