// SPDX-License-Identifier: Apache-2.0
// Which tracers are enabled: `tracer_configurator/development`.
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "components.hpp"
#include "tracer/wildcard.hpp"

namespace weft::inline v0::config {

namespace {

struct TracerRule {
  std::string pattern{};
  bool is_enabled = true;
};

bool flag(Section& config, std::string_view key, bool otherwise) {
  const Properties* node = config.get(key);
  if (node == nullptr) return otherwise;
  if (const bool* value = node->boolean()) return *value;
  config.report().refuse(*node, config.path(key), "is neither true nor false",
                         "the tracer is enabled");
  return otherwise;
}

// The schema said `disabled` first, and says `enabled` since.
bool read_enabled(Section config) {
  const Properties* enabled = config.get("enabled");
  const Properties* disabled = config.get("disabled");
  const bool is_enabled = enabled != nullptr ? flag(config, "enabled", true)  //
                                             : !flag(config, "disabled", false);
  if (enabled != nullptr && disabled != nullptr) {
    config.report().refuse(*disabled, config.path("disabled"), "stands beside `enabled`",
                           "it is ignored");
  }
  config.finish();
  return is_enabled;
}

std::vector<TracerRule> read_rules(Section& section) {
  std::vector<TracerRule> rules;
  const Properties::List* list = section.list("tracers");
  if (list == nullptr) return rules;
  for (std::size_t i = 0; i < list->size(); ++i) {
    Section rule(&(*list)[i], section.path("tracers") + "[" + std::to_string(i) + "]",
                 section.report());
    const std::string* name = rule.text("name");
    if (name != nullptr && rule.any("config") != nullptr) {
      rules.push_back({*name, read_enabled(rule.section("config"))});
    } else {
      section.report().tell((*list)[i].line(),
                            rule.path() + " has no name or no config; it is left out");
    }
  }
  return rules;
}

std::string described(const std::vector<TracerRule>& rules, bool is_default_enabled) {
  const auto word = [](bool is_enabled) { return is_enabled ? "enabled" : "disabled"; };
  std::string text;
  for (const TracerRule& rule : rules) text += rule.pattern + ": " + word(rule.is_enabled) + ", ";
  return text + (rules.empty() ? "all: " : "others: ") + word(is_default_enabled);
}

}  // namespace

void create_tracer_configurator(Section& provider, Configured& configured) {
  constexpr std::string_view kKey = "tracer_configurator/development";
  Section section = provider.section(kKey);
  if (!section.is_there()) return;
  const bool is_default_enabled = read_enabled(section.section("default_config"));
  std::vector<TracerRule> rules = read_rules(section);
  section.finish();
  configured.tracer_configurator_text = described(rules, is_default_enabled);
  configured.tracer_configurator_place = section.report().place(section.line(), section.path());
  configured.tracer_configurator = [rules = std::move(rules),
                                    is_default_enabled](const Scope& scope) -> TracerConfig {
    for (const TracerRule& rule : rules) {
      if (detail::matches(rule.pattern, scope.name)) return {.enabled = rule.is_enabled};
    }
    return {.enabled = is_default_enabled};
  };
}

}  // namespace weft::inline v0::config
