// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <string_view>

#include "platform/user_exception.hpp"
#include "tracer/chosen_parts.hpp"

namespace weft::inline v0::detail {

namespace {

constexpr const char* kVariable = "OTEL_TRACES_SAMPLER";
constexpr const char* kArgumentVariable = "OTEL_TRACES_SAMPLER_ARG";
constexpr const char* kUnknown =
    "is none of always_on, always_off, traceidratio, jaeger_remote, nor parentbased_ before one of "
    "these";
constexpr const char* kInstead = "parentbased_always_on is used";

constexpr std::string_view kParentBased = "parentbased_";

// Null for an unknown name. `has_argument`: the argument's variable is part of it.
SamplerPtr root_sampler(std::string_view name, const Components& components,
                        const Environment& environment, bool& has_argument) {
  if (name == "always_on") return samplers::always_on();
  if (name == "always_off") return samplers::always_off();
  if (name == "traceidratio") {
    const auto ratio = environment.ratio(kArgumentVariable, "1 is used");
    has_argument = ratio.has_value();
    return samplers::trace_id_ratio(ratio.value_or(1));
  }
  if (components.make_sampler == nullptr) return nullptr;
  const auto argument = environment.text(kArgumentVariable);
  has_argument = argument.has_value();
  return components.make_sampler(name, argument.value_or(""));
}

SamplerPtr sampler_from(const Components& components, const Environment& environment,
                        bool& has_argument) {
  const auto given = environment.text(kVariable);
  if (!given) return nullptr;
  const std::string name = lower_case(*given);
  const bool follows_parent = name.starts_with(kParentBased);
  const std::string_view root =
      std::string_view(name).substr(follows_parent ? kParentBased.size() : 0);
  SamplerPtr sampler = root_sampler(root, components, environment, has_argument);
  if (sampler == nullptr) {
    const bool is_known = root == "jaeger_remote" || root == "xray";
    environment.refuse(kVariable, *given, is_known ? "is not available here" : kUnknown, kInstead);
  }
  if (sampler == nullptr || !follows_parent) return sampler;
  return samplers::parent_based(std::move(sampler));
}

}  // namespace

SamplerPtr choose_sampler(const Options& options, const Components& components,
                          Settings& settings) {
  SamplerPtr sampler = options.sampler;
  Origin origin = Origin::code;
  bool has_argument = false;
  if (sampler == nullptr) {
    sampler = sampler_from(components, settings.environment(), has_argument);
    origin = Origin::environment;
  }
  if (sampler == nullptr) {
    sampler = samplers::parent_based(samplers::always_on());
    origin = Origin::built_in;
  }
  std::string description = "?";
  try {
    description = sampler->description();
  } catch (...) {
    count_user_exception();
    settings.report(ErrorCode::user_callback, "Sampler::description threw an exception");
  }
  if (origin == Origin::environment) {
    const std::string argument = has_argument ? std::string(", ") + kArgumentVariable : "";
    settings.keep({"sampler", std::move(description), origin, kVariable + argument});
  } else {
    settings.keep("sampler", std::move(description), origin);
  }
  return sampler;
}

}  // namespace weft::inline v0::detail
