// SPDX-License-Identifier: Apache-2.0
#include "codec/field_reader.hpp"
#include "codec/utf8.hpp"
#include "remote_sampling/strategy.hpp"

namespace weft::inline v0::remote_sampling {

namespace {

using codec::FieldReader;
using codec::kBytes;
using codec::kFixed64;
using codec::kVarint;
using codec::tag;

// jaeger-idl, api_v2/sampling.proto: SamplingStrategyResponse; ProbabilisticSamplingStrategy and
// RateLimitingSamplingStrategy; PerOperationSamplingStrategies; OperationSamplingStrategy.
constexpr std::uint32_t kProbabilistic = tag(2, kBytes);
constexpr std::uint32_t kRateLimiting = tag(3, kBytes);
constexpr std::uint32_t kByOperation = tag(4, kBytes);
constexpr std::uint32_t kSamplingRate = tag(1, kFixed64);
constexpr std::uint32_t kTracesPerSecond = tag(1, kVarint);
constexpr std::uint32_t kDefaultProbability = tag(1, kFixed64);
constexpr std::uint32_t kLeastPerSecond = tag(2, kFixed64);
constexpr std::uint32_t kOneOperation = tag(3, kBytes);
constexpr std::uint32_t kOperationName = tag(1, kBytes);
constexpr std::uint32_t kOperationProbabilistic = tag(2, kBytes);

// The readers below add to what earlier fields said, as protobuf merges messages that come again;
// false: the bytes are no such message.

bool read_probability(std::string_view message, std::optional<double>& probability) {
  if (!probability) probability = 0;
  FieldReader reader(message);
  while (const auto field = reader.next()) {
    if (field->tag == kSamplingRate) probability = field->real();
  }
  return !reader.malformed();
}

bool read_rate(std::string_view message, std::optional<double>& per_second) {
  if (!per_second) per_second = 0;
  FieldReader reader(message);
  while (const auto field = reader.next()) {
    if (field->tag == kTracesPerSecond) per_second = static_cast<std::int32_t>(field->number);
  }
  return !reader.malformed();
}

bool read_operation(std::string_view message, OperationNumbers& numbers) {
  std::string_view name;
  std::optional<double> probability;
  FieldReader reader(message);
  while (const auto field = reader.next()) {
    if (field->tag == kOperationName) name = field->bytes;
    if (field->tag == kOperationProbabilistic && !read_probability(field->bytes, probability)) {
      return false;
    }
  }
  if (reader.malformed()) return false;
  if (probability) probability = from_zero_to(1, *probability);
  if (probability && codec::is_utf8(name)) numbers.probabilities.emplace_back(name, *probability);
  return true;
}

bool read_by_operation(std::string_view message, OperationNumbers& numbers) {
  FieldReader reader(message);
  while (const auto field = reader.next()) {
    if (field->tag == kDefaultProbability) numbers.default_probability = field->real();
    if (field->tag == kLeastPerSecond) numbers.least_per_second = field->real();
    if (field->tag == kOneOperation && !read_operation(field->bytes, numbers)) return false;
  }
  return !reader.malformed();
}

bool read_response(std::string_view message, StrategyNumbers& numbers) {
  FieldReader reader(message);
  while (const auto field = reader.next()) {
    bool is_good = true;
    if (field->tag == kProbabilistic) is_good = read_probability(field->bytes, numbers.probability);
    if (field->tag == kRateLimiting) is_good = read_rate(field->bytes, numbers.traces_per_second);
    if (field->tag == kByOperation) {
      if (!numbers.by_operation) numbers.by_operation.emplace();
      is_good = read_by_operation(field->bytes, *numbers.by_operation);
    }
    if (!is_good) return false;
  }
  return !reader.malformed();
}

void drop_nonsense(StrategyNumbers& numbers) {
  if (numbers.probability) numbers.probability = from_zero_to(1, *numbers.probability);
  if (auto& rate = numbers.traces_per_second) rate = from_zero_to(kMostPerSecond, *rate);
  auto& by_operation = numbers.by_operation;
  if (!by_operation) return;
  by_operation->least_per_second =
      from_zero_to(kMostPerSecond, by_operation->least_per_second).value_or(0);
  if (!from_zero_to(1, by_operation->default_probability)) by_operation.reset();
}

}  // namespace

std::optional<StrategyNumbers> read_strategy_message(std::string_view message, std::string& why) {
  StrategyNumbers numbers;
  if (!read_response(message, numbers)) {
    why = "the answer is no SamplingStrategyResponse";
    return std::nullopt;
  }
  drop_nonsense(numbers);
  if (numbers.by_operation || numbers.probability || numbers.traces_per_second) return numbers;
  why = "the answer names no strategy that can be used";
  return std::nullopt;
}

}  // namespace weft::inline v0::remote_sampling
