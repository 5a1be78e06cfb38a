// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <string_view>
#include <utility>

#include <weft/exporters/jaeger_remote.hpp>

#include "components.hpp"
#include "plugins.hpp"

namespace weft::inline v0::config {

namespace {

SamplerPtr delegate(Section& section, std::string_view key) {
  const Properties* node = section.get(key);
  return node != nullptr ? create_sampler(*node, section.path(key), section.report()) : nullptr;
}

SamplerPtr by_parent(Section& section) {
  SamplerPtr root = delegate(section, "root");
  return samplers::parent_based(
      root != nullptr ? root : samplers::always_on(),
      {.remote_parent_sampled = delegate(section, "remote_parent_sampled"),
       .remote_parent_not_sampled = delegate(section, "remote_parent_not_sampled"),
       .local_parent_sampled = delegate(section, "local_parent_sampled"),
       .local_parent_not_sampled = delegate(section, "local_parent_not_sampled")});
}

SamplerPtr by_jaeger(Section& section) {
  samplers::JaegerRemoteOptions options;
  if (const std::string* endpoint = section.text("endpoint")) options.endpoint = *endpoint;
  if (const auto* interval = section.integer("interval", "60000 ms is used")) {
    options.polling_interval = std::chrono::milliseconds(*interval);
  }
  options.initial_sampler = delegate(section, "initial_sampler");
  return samplers::jaeger_remote(std::move(options));
}

SamplerPtr by_any(Section& section) {
  SamplerPtr root = delegate(section, "root");
  return samplers::always_record(root != nullptr ? root : samplers::always_on());
}

SamplerPtr built_in(const std::string& name, Section& section) {
  if (name == "always_on") return samplers::always_on();
  if (name == "always_off") return samplers::always_off();
  if (name == "trace_id_ratio_based") return samplers::trace_id_ratio(read_ratio(section));
  if (name == "probability/development") return samplers::probability(read_ratio(section));
  if (name == "jaeger_remote/development") return by_jaeger(section);
  if (name == "always_record/development") return by_any(section);
  return name == "parent_based" ? by_parent(section) : nullptr;
}

}  // namespace

double read_ratio(Section& section) {
  const Properties* ratio = section.get("ratio");
  if (ratio == nullptr) return 1;
  const auto number = ratio->number();
  if (number && *number >= 0 && *number <= 1) return *number;
  section.report().refuse(*ratio, section.path("ratio"), "is no number from 0 to 1", "1 is used");
  return 1;
}

SamplerPtr create_sampler(const Properties& node, const std::string& path, const Report& report) {
  Section section(&node, path, report);
  const std::string name = section.only_key();
  if (name.empty()) return nullptr;
  const Properties& inner = *section.any(name);
  const std::string inner_path = path + "." + name;
  if (const auto provider = sampler_provider(name)) {
    return provided(provider, inner, inner_path, report);
  }
  if (name == "composite/development") return create_composite(inner, inner_path, report);
  Section parameters(&inner, inner_path, report);
  SamplerPtr sampler = built_in(name, parameters);
  if (sampler == nullptr) {
    report.tell(inner.line(),
                inner_path + " is no sampler, and nobody registered it; it is left out");
  } else {
    parameters.finish();
  }
  return sampler;
}

}  // namespace weft::inline v0::config
