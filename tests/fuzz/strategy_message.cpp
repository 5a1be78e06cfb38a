// SPDX-License-Identifier: Apache-2.0
// What Jaeger's gRPC service answers.
#include "fuzz/fuzz_target.hpp"
#include "remote_sampling/strategy.hpp"

namespace {

bool is_probability(double number) { return number >= 0 && number <= 1; }
bool is_rate(double number) {
  return number >= 0 && number <= weft::remote_sampling::kMostPerSecond;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace weft_fuzz;
  std::string why;
  const auto numbers = weft::remote_sampling::read_strategy_message(text_of(data, size), why);
  require(numbers.has_value() == why.empty(), "a strategy, or the reason why it is none");
  if (!numbers) return 0;
  require(is_probability(numbers->probability.value_or(0)), "a probability is from 0 to 1");
  require(is_rate(numbers->traces_per_second.value_or(0)), "a rate is from 0 to the most");
  if (!numbers->by_operation) return 0;
  require(is_probability(numbers->by_operation->default_probability), "so is the default");
  require(is_rate(numbers->by_operation->least_per_second), "so is the least rate");
  for (const auto& [name, probability] : numbers->by_operation->probabilities) {
    require(name.size() < size, "a name is in the message");
    require(is_probability(probability), "so is every operation's probability");
  }
  return 0;
}
