// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstddef>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <utility>

#include "remote_sampling/strategy.hpp"

namespace weft::inline v0::remote_sampling {

namespace {

using nlohmann::json;

constexpr const char* kOperations = "operationSampling";
constexpr const char* kList = "perOperationStrategies";
constexpr const char* kProbabilistic = "probabilisticSampling";
constexpr const char* kRateLimiting = "rateLimitingSampling";
constexpr const char* kRate = "samplingRate";
constexpr const char* kElement = nullptr;  // of a list, in a path

// Takes out of an answer, whatever a peer has put into it, the numbers that mean something here.
// Without a tree of values, which is many times as large as the answer and takes memory to be
// taken apart. Of a key that is there twice the last counts.
class StrategyReader final : public nlohmann::json_sax<json> {
 public:
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t number) override {
    return take(static_cast<double>(number));
  }
  bool number_unsigned(number_unsigned_t number) override {
    return take(static_cast<double>(number));
  }
  bool number_float(number_float_t number, const string_t&) override { return take(number); }
  bool string(string_t& text) override {
    if (is_at({kOperations, kList, kElement, "operation"})) name_ = text;
    return true;
  }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override {
    if (depth_ == 0) is_object = true;
    if (is_at({kOperations, kList, kElement})) {
      name_.reset();
      rate_.reset();
    }
    return begin("");
  }
  bool end_object() override {
    --depth_;
    if (is_at({kOperations, kList, kElement}) && name_ && rate_) {
      operations_.probabilities.emplace_back(std::move(*name_), *rate_);
    }
    return true;
  }
  bool start_array(std::size_t) override { return begin(std::nullopt); }
  bool end_array() override {
    --depth_;
    return true;
  }
  bool key(string_t& key) override {
    if (depth_ <= path_.size()) path_[depth_ - 1] = key;
    forget();
    return take(std::nullopt);
  }
  bool parse_error(std::size_t, const std::string&, const json::exception&) override {
    return false;
  }

  StrategyNumbers numbers() && {
    if (default_probability_) {
      operations_.default_probability = *default_probability_;
      numbers_.by_operation = std::move(operations_);
    }
    return std::move(numbers_);
  }

  bool is_object = false;

 private:
  bool is_at(std::initializer_list<const char*> path) const {
    if (depth_ != path.size()) return false;
    auto here = path_.begin();
    for (const char* name : path) {
      const std::optional<std::string>& key = *here++;
      if (name == kElement ? key.has_value() : key != name) return false;
    }
    return true;
  }
  bool begin(std::optional<std::string> key) {
    if (depth_ < path_.size()) path_[depth_] = std::move(key);
    ++depth_;
    return true;
  }
  static std::optional<double> within(double most, std::optional<double> number) {
    return number ? from_zero_to(most, *number) : number;
  }
  // None: a key, and what an earlier one of that name has said is gone.
  bool take(std::optional<double> number) {
    if (is_at({kProbabilistic, kRate})) {
      numbers_.probability = within(1, number);
    } else if (is_at({kRateLimiting, "maxTracesPerSecond"})) {
      numbers_.traces_per_second = within(kMostPerSecond, number);
    } else if (is_at({kOperations, "defaultSamplingProbability"})) {
      default_probability_ = within(1, number);
    } else if (is_at({kOperations, "defaultLowerBoundTracesPerSecond"})) {
      operations_.least_per_second = within(kMostPerSecond, number).value_or(0);
    } else if (is_at({kOperations, kList, kElement, kProbabilistic, kRate})) {
      rate_ = within(1, number);
    }
    return true;
  }
  // What an earlier key of the same name has said.
  void forget() {
    if (is_at({kProbabilistic})) numbers_.probability.reset();
    if (is_at({kRateLimiting})) numbers_.traces_per_second.reset();
    if (is_at({kOperations})) {
      operations_ = {};
      default_probability_.reset();
    }
    if (is_at({kOperations, kList})) operations_.probabilities.clear();
    if (is_at({kOperations, kList, kElement, "operation"})) name_.reset();
    if (is_at({kOperations, kList, kElement, kProbabilistic})) rate_.reset();
  }

  std::size_t depth_ = 0;
  std::array<std::optional<std::string>, 5> path_;  // keys; none: in a list
  StrategyNumbers numbers_;
  OperationNumbers operations_;
  std::optional<double> default_probability_;
  std::optional<std::string> name_;  // of the operation that is being read
  std::optional<double> rate_;
};

}  // namespace

std::optional<StrategyNumbers> read_strategy(std::string_view text, std::string& why) {
  StrategyReader reader;
  if (!json::sax_parse(text, &reader) || !reader.is_object) {
    why = "the answer is no JSON object";
    return std::nullopt;
  }
  StrategyNumbers numbers = std::move(reader).numbers();
  if (numbers.by_operation || numbers.probability || numbers.traces_per_second) return numbers;
  why = "the answer names no strategy that can be used";
  return std::nullopt;
}

}  // namespace weft::inline v0::remote_sampling
