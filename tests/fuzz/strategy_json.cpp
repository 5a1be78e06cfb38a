// SPDX-License-Identifier: Apache-2.0
// What a sampling endpoint answers.
#include "fuzz/fuzz_target.hpp"
#include "remote_sampling/strategy.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace weft_fuzz;
  std::string why;
  const auto numbers = weft::remote_sampling::read_strategy(text_of(data, size), why);
  require(numbers.has_value() == why.empty(), "a strategy, or the reason why it is none");
  return 0;
}
