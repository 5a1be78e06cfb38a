// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <string_view>

#include "components.hpp"
#include "plugins.hpp"

namespace weft::inline v0::config {

namespace {

constexpr std::string_view kInstead = "it is left out";

// Of the data model, and not here.
constexpr std::array<std::string_view, 4> kElsewhere = {
    "jaeger_remote/development", "probability/development", "composite/development",
    "always_record/development"};

SamplerPtr by_ratio(Section& section) {
  const Properties* ratio = section.get("ratio");
  if (ratio == nullptr) return samplers::trace_id_ratio(1);
  const auto number = ratio->number();
  if (number && *number >= 0 && *number <= 1) return samplers::trace_id_ratio(*number);
  section.report().refuse(*ratio, section.path("ratio"), "is no number from 0 to 1", "1 is used");
  return samplers::trace_id_ratio(1);
}

// A parent's decision is followed; a file may say so, and no more.
void follow(Section& section, std::string_view key, std::string_view expected) {
  const Properties* given = section.get(key);
  if (given == nullptr) return;
  Section sampler(given, section.path(key), section.report());
  if (!sampler.is_there() || sampler.only_key() == expected) return;
  section.report().tell(given->line(), section.path(key) + " can only be " + std::string(expected) +
                                           " in this version; that is used");
}

SamplerPtr by_parent(Section& section) {
  follow(section, "remote_parent_sampled", "always_on");
  follow(section, "remote_parent_not_sampled", "always_off");
  follow(section, "local_parent_sampled", "always_on");
  follow(section, "local_parent_not_sampled", "always_off");
  SamplerPtr root;
  if (const Properties* node = section.get("root")) {
    root = create_sampler(*node, section.path("root"), section.report());
  }
  return samplers::parent_based(root != nullptr ? root : samplers::always_on());
}

SamplerPtr built_in(const std::string& name, Section& section) {
  if (name == "always_on") return samplers::always_on();
  if (name == "always_off") return samplers::always_off();
  if (name == "trace_id_ratio_based") return by_ratio(section);
  return name == "parent_based" ? by_parent(section) : nullptr;
}

}  // namespace

SamplerPtr create_sampler(const Properties& node, const std::string& path, const Report& report) {
  Section section(&node, path, report);
  const std::string name = section.only_key();
  if (name.empty()) return nullptr;
  const Properties& inner = *section.any(name);
  const std::string inner_path = path + "." + name;
  if (const auto provider = sampler_provider(name)) {
    return provided(provider, inner, inner_path, report);
  }
  Section parameters(&inner, inner_path, report);
  SamplerPtr sampler = built_in(name, parameters);
  if (sampler == nullptr) {
    const bool is_known = std::find(kElsewhere.begin(), kElsewhere.end(), name) != kElsewhere.end();
    report.tell(inner.line(), inner_path +
                                  (is_known ? " is not available in this version; "
                                            : " is no sampler, and nobody registered it; ") +
                                  std::string(kInstead));
  } else {
    parameters.finish();
  }
  return sampler;
}

}  // namespace weft::inline v0::config
