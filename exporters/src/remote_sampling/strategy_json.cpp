// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "remote_sampling/strategy.hpp"

namespace weft::inline v0::remote_sampling {

namespace {

using Json = nlohmann::json;

// A member that is there, not null, and an object; else null.
const Json* object_in(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_object() ? &*found : nullptr;
}

// Not below zero, at most `most`.
std::optional<double> number_in(const Json* json, const char* key, double most) {
  if (json == nullptr) return std::nullopt;
  const auto found = json->find(key);
  if (found == json->end() || !found->is_number()) return std::nullopt;
  return from_zero_to(most, found->get<double>());
}

std::optional<OperationNumbers> by_operation_in(const Json* json) {
  const auto probability = number_in(json, "defaultSamplingProbability", 1);
  if (!probability) return std::nullopt;
  OperationNumbers read;
  read.default_probability = *probability;
  read.least_per_second =
      number_in(json, "defaultLowerBoundTracesPerSecond", kMostPerSecond).value_or(0);
  const auto list = json->find("perOperationStrategies");
  if (list == json->end() || !list->is_array()) return read;
  for (const Json& one : *list) {
    if (!one.is_object()) continue;
    const auto name = one.find("operation");
    const auto rate = number_in(object_in(one, "probabilisticSampling"), "samplingRate", 1);
    if (name != one.end() && name->is_string() && rate) {
      read.probabilities.emplace_back(name->get<std::string>(), *rate);
    }
  }
  return read;
}

}  // namespace

std::optional<StrategyNumbers> read_strategy(std::string_view text, std::string& why) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) {
    why = "the answer is no JSON object";
    return std::nullopt;
  }
  StrategyNumbers numbers;
  numbers.by_operation = by_operation_in(object_in(json, "operationSampling"));
  numbers.probability = number_in(object_in(json, "probabilisticSampling"), "samplingRate", 1);
  numbers.traces_per_second =
      number_in(object_in(json, "rateLimitingSampling"), "maxTracesPerSecond", kMostPerSecond);
  if (numbers.by_operation || numbers.probability || numbers.traces_per_second) return numbers;
  why = "the answer names no strategy that can be used";
  return std::nullopt;
}

}  // namespace weft::inline v0::remote_sampling
