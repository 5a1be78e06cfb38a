// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <weft/composable_sampler.hpp>

#include "platform/error_reporter.hpp"
#include "span/ot_entry.hpp"
#include "span/sampling_threshold.hpp"
#include "span/span_access.hpp"
#include "tracer/builtin_samplers.hpp"
#include "tracer/usable_ratio.hpp"

namespace weft::inline v0 {

namespace {

// Everything, nothing, or a share.
class ComposableThreshold final : public ComposableSampler {
 public:
  ComposableThreshold(std::optional<std::uint64_t> threshold, std::string description)
      : threshold_(threshold), description_(std::move(description)) {}
  SamplingIntent sampling_intent(const ComposableParameters& /*given*/) override {
    SamplingIntent intent;
    intent.threshold = threshold_;
    intent.adjusted_count_reliable = threshold_.has_value();
    return intent;
  }
  std::string description() override { return description_; }

 private:
  const std::optional<std::uint64_t> threshold_;
  const std::string description_;
};

class ComposableParentThreshold final : public ComposableSampler {
 public:
  explicit ComposableParentThreshold(ComposablePtr root) : root_(std::move(root)) {}
  SamplingIntent sampling_intent(const ComposableParameters& given) override {
    if (!given.parent_span.is_valid()) return root_->sampling_intent(given);
    SamplingIntent intent;
    intent.threshold = detail::read_ot_entry(given.parent_span.trace_state()).threshold;
    intent.adjusted_count_reliable = intent.threshold.has_value();
    if (!intent.threshold && given.parent_span.is_sampled()) intent.threshold = 0;
    return intent;
  }
  std::string description() override {
    return "ComposableParentThreshold{root=" + root_->description() + "}";
  }

 private:
  const ComposablePtr root_;
};

class ComposableRuleBased final : public ComposableSampler {
 public:
  explicit ComposableRuleBased(std::vector<composables::Rule> rules) : rules_(std::move(rules)) {}
  SamplingIntent sampling_intent(const ComposableParameters& given) override {
    for (const composables::Rule& rule : rules_) {
      if (!rule.predicate || rule.predicate(given)) return rule.sampler->sampling_intent(given);
    }
    return {};
  }
  std::string description() override {
    std::string text = "ComposableRuleBased{[";
    for (const composables::Rule& rule : rules_) {
      if (text.back() != '[') text += ',';
      text += "(" + (rule.description.empty() ? "rule" : rule.description) + ":" +
              rule.sampler->description() + ")";
    }
    return text + "]}";
  }

 private:
  const std::vector<composables::Rule> rules_;
};

class ComposableAnnotating final : public ComposableSampler {
 public:
  ComposableAnnotating(Attributes attributes, ComposablePtr delegate)
      : attributes_(std::move(attributes)), delegate_(std::move(delegate)) {}
  SamplingIntent sampling_intent(const ComposableParameters& given) override {
    SamplingIntent intent = delegate_->sampling_intent(given);
    if (!intent.attributes) {
      intent.attributes = [own = attributes_] { return own; };
      return intent;
    }
    intent.attributes = [own = attributes_, theirs = std::move(intent.attributes)] {
      Attributes all = own;
      detail::SpanAccess::append(all, theirs());
      return all;
    };
    return intent;
  }
  std::string description() override {
    return "ComposableAnnotating{" + delegate_->description() + "}";
  }

 private:
  const Attributes attributes_;
  const ComposablePtr delegate_;
};

void refuse(const std::string& what) noexcept { detail::error_reporter().refuse(what); }

ComposablePtr usable(ComposablePtr given, const char* place) {
  if (given != nullptr) return given;
  refuse(std::string("composables::") + place + " is null; ComposableAlwaysOn is used");
  return composables::always_on();
}

}  // namespace

namespace composables {

ComposablePtr always_on() { return std::make_shared<ComposableThreshold>(0, "ComposableAlwaysOn"); }

ComposablePtr always_off() {
  return std::make_shared<ComposableThreshold>(std::nullopt, "ComposableAlwaysOff");
}

ComposablePtr probability(double ratio) {
  ratio = detail::usable_probability("composables::probability", ratio);
  if (ratio == 0) return always_off();
  return std::make_shared<ComposableThreshold>(
      detail::threshold_of(ratio), "ComposableProbability{" + builtin::ratio_text(ratio) + "}");
}

ComposablePtr parent_threshold(ComposablePtr root) {
  return std::make_shared<ComposableParentThreshold>(
      usable(std::move(root), "parent_threshold(root): root"));
}

ComposablePtr rule_based(std::vector<Rule> rules) {
  if (std::erase_if(rules, [](const Rule& rule) { return rule.sampler == nullptr; }) != 0) {
    refuse("composables::rule_based: a rule has no sampler; it is left out");
  }
  return std::make_shared<ComposableRuleBased>(std::move(rules));
}

ComposablePtr annotating(Attributes attributes, ComposablePtr delegate) {
  return std::make_shared<ComposableAnnotating>(
      std::move(attributes), usable(std::move(delegate), "annotating(…, delegate): delegate"));
}

}  // namespace composables

}  // namespace weft::inline v0
