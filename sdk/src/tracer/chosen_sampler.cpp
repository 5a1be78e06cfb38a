// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <string_view>

#include "tracer/chosen_parts.hpp"

namespace weft::inline v0::detail {

namespace {

constexpr const char* kVariable = "OTEL_TRACES_SAMPLER";
constexpr const char* kArgumentVariable = "OTEL_TRACES_SAMPLER_ARG";
constexpr const char* kUnknown =
    "is none of always_on, always_off, traceidratio, nor parentbased_ before one of these";
constexpr const char* kInstead = "parentbased_always_on is used";

constexpr std::string_view kParentBased = "parentbased_";

// Known to the specification, not to this library.
constexpr std::array<std::string_view, 3> kUnavailable = {"jaeger_remote",
                                                          "parentbased_jaeger_remote", "xray"};

// Null for an unknown name.
SamplerPtr root_sampler(std::string_view name, const Environment& environment) {
  if (name == "always_on") return samplers::always_on();
  if (name == "always_off") return samplers::always_off();
  if (name != "traceidratio") return nullptr;
  return samplers::trace_id_ratio(environment.ratio(kArgumentVariable, "1 is used").value_or(1));
}

SamplerPtr sampler_from(const Environment& environment) {
  const auto given = environment.text(kVariable);
  if (!given) return nullptr;
  const std::string name = lower_case(*given);
  for (const std::string_view unavailable : kUnavailable) {
    if (name == unavailable) {
      environment.refuse(kVariable, *given, "is not available in this version", kInstead);
      return nullptr;
    }
  }
  const bool follows_parent = name.starts_with(kParentBased);
  const std::string_view root =
      std::string_view(name).substr(follows_parent ? kParentBased.size() : 0);
  SamplerPtr sampler = root_sampler(root, environment);
  if (sampler == nullptr) environment.refuse(kVariable, *given, kUnknown, kInstead);
  if (sampler == nullptr || !follows_parent) return sampler;
  return samplers::parent_based(std::move(sampler));
}

}  // namespace

SamplerPtr choose_sampler(const Options& options, Settings& settings) {
  SamplerPtr sampler = options.sampler;
  Origin origin = Origin::code;
  if (sampler == nullptr) {
    sampler = sampler_from(settings.environment());
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
    settings.report(ErrorCode::user_callback, "Sampler::description threw an exception");
  }
  settings.keep("sampler", std::move(description), origin);
  return sampler;
}

}  // namespace weft::inline v0::detail
