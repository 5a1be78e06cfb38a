// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <weft/sampler.hpp>
#include <weft/version.hpp>

namespace weft::inline v0::remote_sampling {

/// What Jaeger answers for each operation.
struct OperationNumbers {
  double default_probability = 0;
  double least_per_second = 0;  // of every operation
  std::vector<std::pair<std::string, double>> probabilities{};
};

/// What Jaeger answers, by its numbers. jaeger-idl, api_v2/sampling.proto.
struct StrategyNumbers {
  std::optional<double> probability{};
  std::optional<double> traces_per_second{};
  std::optional<OperationNumbers> by_operation{};  // goes before the others
};

/// Of what an answer says: a probability is at most 1, a rate this.
inline constexpr double kMostPerSecond = 1e9;
constexpr std::optional<double> from_zero_to(double most, double number) noexcept {
  if (number >= 0 && number <= most) return number;
  return std::nullopt;  // NaN as well
}

/// Reads an answer; none, and `why` says the reason, when nothing in it can be used. `strategyType`
/// is ignored, absent and null are the same, an operation that makes no sense is left out.
std::optional<StrategyNumbers> read_strategy(std::string_view json, std::string& why);
/// The same of the message SamplingStrategyResponse, where a number that is not written is zero.
std::optional<StrategyNumbers> read_strategy_message(std::string_view message, std::string& why);

/// A strategy in force: decides about roots. Any thread, at once; its rates are the only state.
class Strategy {
 public:
  virtual ~Strategy() = default;
  virtual SamplingResult decide(const SamplingParameters& parameters) = 0;
  virtual std::string description() const = 0;
};

std::unique_ptr<Strategy> make_strategy(const StrategyNumbers& numbers);
/// Until the first answer: adds no attributes.
std::unique_ptr<Strategy> make_initial_strategy(SamplerPtr sampler);

}  // namespace weft::inline v0::remote_sampling
