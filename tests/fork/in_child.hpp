// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <vector>

namespace weft::testing {

/// Runs `body` in a forked child, which writes what went wrong to the parent and leaves without
/// running anything else. Empty: it returned an empty text in time.
template <class Body>
std::string problem_in_child(Body&& body) {
  int ends[2];
  if (pipe(ends) != 0) return "no pipe";
  const pid_t child = fork();
  if (child == 0) {
    alarm(60);
    const std::string problem = body();
    (void)!write(ends[1], problem.data(), problem.size());
    _exit(0);
  }
  close(ends[1]);
  std::string problem;
  char text[512];
  for (ssize_t n = 0; (n = read(ends[0], text, sizeof text)) > 0;) {
    problem.append(text, static_cast<std::size_t>(n));
  }
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFSIGNALED(status)) problem += " killed by signal " + std::to_string(WTERMSIG(status));
  return problem;
}

}  // namespace weft::testing

/// In a child's body: leaves it with the condition's text when that does not hold.
#define WEFT_CHILD_EXPECT(...) \
  if (!(__VA_ARGS__)) return std::string("not true in the child: " #__VA_ARGS__)
