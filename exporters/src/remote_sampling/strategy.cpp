// SPDX-License-Identifier: Apache-2.0
#include "remote_sampling/strategy.hpp"

#include <array>
#include <cstddef>
#include <functional>
#include <unordered_map>

namespace weft::inline v0::remote_sampling {

namespace {

bool is_sampled(const SamplingResult& result) noexcept {
  return result.decision == SamplingDecision::record_and_sample;
}

// What Jaeger's adaptive sampling reads on root spans.
SamplingResult marked(SamplingResult result, std::string_view type, double parameter) {
  if (is_sampled(result)) {
    result.attributes.set("sampler.type", type);
    result.attributes.set("sampler.param", parameter);
  }
  return result;
}

class Probabilistic final : public Strategy {
 public:
  explicit Probabilistic(double probability)
      : probability_(probability), sampler_(samplers::probability(probability)) {}
  SamplingResult decide(const SamplingParameters& parameters) override {
    return marked(sampler_->should_sample(parameters), "probabilistic", probability_);
  }
  std::string description() const override { return sampler_->description(); }

 private:
  double probability_;
  SamplerPtr sampler_;
};

class RateLimiting final : public Strategy {
 public:
  explicit RateLimiting(double per_second)
      : per_second_(per_second), sampler_(samplers::rate_limited(per_second)) {}
  SamplingResult decide(const SamplingParameters& parameters) override {
    return marked(sampler_->should_sample(parameters), "ratelimiting", per_second_);
  }
  std::string description() const override { return sampler_->description(); }

 private:
  double per_second_;
  SamplerPtr sampler_;
};

// A probability, and a least rate that fills up what it leaves.
class Guaranteed {
 public:
  Guaranteed(double probability, double least_per_second)
      : probabilistic_(probability),
        probability_(probability),
        least_(least_per_second > 0 ? samplers::rate_limited(least_per_second) : nullptr) {}
  SamplingResult decide(const SamplingParameters& parameters) {
    SamplingResult result = probabilistic_.decide(parameters);
    if (least_ == nullptr) return result;
    // A place is taken either way: the least rate is of all that is sampled.
    SamplingResult guaranteed = least_->should_sample(parameters);
    if (is_sampled(result) || !is_sampled(guaranteed)) return result;
    return marked(std::move(guaranteed), "lowerbound", probability_);
  }

 private:
  Probabilistic probabilistic_;
  double probability_;
  SamplerPtr least_;
};

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const noexcept {
    return std::hash<std::string_view>()(text);
  }
};

class PerOperation final : public Strategy {
 public:
  explicit PerOperation(const OperationNumbers& numbers) {
    for (const auto& [name, probability] : numbers.probabilities) {
      named_.try_emplace(name, probability, numbers.least_per_second);
    }
    for (auto& one : others_) {
      one = std::make_unique<Guaranteed>(numbers.default_probability, numbers.least_per_second);
    }
  }
  SamplingResult decide(const SamplingParameters& parameters) override {
    const auto found = named_.find(parameters.name);
    if (found != named_.end()) return found->second.decide(parameters);
    return others_[TextHash()(parameters.name) % kOthers]->decide(parameters);
  }
  std::string description() const override {
    return "PerOperation{" + std::to_string(named_.size()) + "}";
  }

 private:
  // Operations that are not named have a least rate each; so many, before two share one.
  static constexpr std::size_t kOthers = 256;

  std::unordered_map<std::string, Guaranteed, TextHash, std::equal_to<>> named_;
  std::array<std::unique_ptr<Guaranteed>, kOthers> others_;
};

class Initial final : public Strategy {
 public:
  explicit Initial(SamplerPtr sampler) : sampler_(std::move(sampler)) {}
  SamplingResult decide(const SamplingParameters& parameters) override {
    return sampler_->should_sample(parameters);
  }
  std::string description() const override { return sampler_->description(); }

 private:
  SamplerPtr sampler_;
};

}  // namespace

std::unique_ptr<Strategy> make_strategy(const StrategyNumbers& numbers) {
  if (numbers.by_operation) return std::make_unique<PerOperation>(*numbers.by_operation);
  if (numbers.probability) return std::make_unique<Probabilistic>(*numbers.probability);
  return std::make_unique<RateLimiting>(numbers.traces_per_second.value_or(0));
}

std::unique_ptr<Strategy> make_initial_strategy(SamplerPtr sampler) {
  return std::make_unique<Initial>(std::move(sampler));
}

}  // namespace weft::inline v0::remote_sampling
