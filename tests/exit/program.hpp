// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace weft::testing {

/// How a program ended that was run.
struct Ending {
  int status = -1;                    // of exit; -1: by a signal, or it had to be killed
  std::string how;                    // in words
  std::string output;                 // what it wrote
  std::chrono::milliseconds took{0};  // from its line "leaving" (else its start) to its end
};

/// Runs it to its end; after that long it is killed.
Ending run_program(const std::vector<std::string>& command,
                   std::chrono::seconds patience = std::chrono::seconds(30));

}  // namespace weft::testing
