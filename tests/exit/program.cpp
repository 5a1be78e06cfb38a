// SPDX-License-Identifier: Apache-2.0
#include "exit/program.hpp"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>

namespace weft::testing {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

pid_t start(const std::vector<std::string>& command, int out) {
  std::vector<char*> arguments;
  for (const std::string& one : command) arguments.push_back(const_cast<char*>(one.c_str()));
  arguments.push_back(nullptr);
  const pid_t child = fork();
  if (child != 0) return child;
  dup2(out, STDOUT_FILENO);
  execv(arguments[0], arguments.data());
  _exit(127);
}

void describe(int status, Ending& ending) {
  if (WIFEXITED(status)) {
    ending.status = WEXITSTATUS(status);
    ending.how = "exit status " + std::to_string(ending.status);
  } else {
    ending.how = std::string("signal ") + strsignal(WTERMSIG(status));
  }
}

}  // namespace

Ending run_program(const std::vector<std::string>& command, std::chrono::seconds patience) {
  int ends[2];
  if (pipe(ends) != 0) return {};
  auto begin = steady_clock::now();
  const auto limit = begin + patience;
  const pid_t child = start(command, ends[1]);
  close(ends[1]);
  Ending ending;
  bool is_leaving = false;
  bool is_killed = false;
  // The pipe closes when the process is gone: no earlier than its last thread.
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(limit - steady_clock::now());
    pollfd readable{ends[0], POLLIN, 0};
    if (!is_killed &&
        (left.count() <= 0 || poll(&readable, 1, static_cast<int>(left.count())) == 0)) {
      is_killed = true;
      kill(child, SIGKILL);
    }
    char text[4096];
    const ssize_t size = read(ends[0], text, sizeof text);
    if (size <= 0) break;
    ending.output.append(text, static_cast<std::size_t>(size));
    if (!is_leaving && ending.output.find("leaving\n") != std::string::npos) {
      is_leaving = true;
      begin = steady_clock::now();
    }
  }
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  describe(status, ending);
  if (is_killed) ending.how += ": it hung";
  ending.took = std::chrono::duration_cast<milliseconds>(steady_clock::now() - begin);
  return ending;
}

}  // namespace weft::testing
