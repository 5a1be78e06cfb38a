// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <weft/composable_sampler.hpp>

#include "components.hpp"

namespace weft::inline v0::config {

namespace {

using composables::Predicate;

ComposablePtr create(const Properties& node, const std::string& path, const Report& report);

ComposablePtr below(Section& section, std::string_view key) {
  const Properties* node = section.get(key);
  return node != nullptr ? create(*node, section.path(key), section.report()) : nullptr;
}

std::optional<SpanKind> kind_of(std::string_view text) {
  if (text == "internal") return SpanKind::internal;
  if (text == "server") return SpanKind::server;
  if (text == "client") return SpanKind::client;
  if (text == "producer") return SpanKind::producer;
  if (text == "consumer") return SpanKind::consumer;
  return std::nullopt;
}

Predicate any_of(std::vector<Predicate> choices) {
  return [choices = std::move(choices)](const ComposableParameters& parameters) {
    for (const Predicate& choice : choices) {
      if (choice(parameters)) return true;
    }
    return false;
  };
}

// Where in a trace a span stands: none, remote or local, as the data model calls its parent.
Predicate parent_is(std::string_view text) {
  if (text == "none") return composables::is_root();
  if (text == "remote") return composables::has_remote_parent();
  if (text != "local") return {};
  return [](const ComposableParameters& parameters) {
    return parameters.parent_span.is_valid() && !parameters.parent_span.is_remote();
  };
}

// One predicate for each text of the list; what `make` has none for is told.
template <class Make>
void read_choices(Section& rule, std::string_view key, std::vector<Predicate>& all, Make make) {
  const Properties::List* list = rule.list(key);
  if (list == nullptr) return;
  std::vector<Predicate> choices;
  for (const Properties& item : *list) {
    Predicate choice = item.text() != nullptr ? make(*item.text()) : Predicate();
    if (choice) {
      choices.push_back(std::move(choice));
    } else {
      rule.report().refuse(item, rule.path(key), "is not known", "it is left out");
    }
  }
  all.push_back(any_of(std::move(choices)));
}

void read_attribute(Section& rule, std::vector<Predicate>& all) {
  if (rule.get("attribute_values") == nullptr) return;
  Section wanted = rule.section("attribute_values");
  if (const std::string* key = wanted.text("key")) {
    read_choices(wanted, "values", all, [key](const std::string& value) {
      return composables::attribute_is(*key, value);
    });
  }
  wanted.finish();
}

std::optional<composables::Rule> read_rule(const Properties& node, const std::string& path,
                                           const Report& report) {
  Section rule(&node, path, report);
  std::vector<Predicate> all;
  read_choices(rule, "span_kinds", all, [](const std::string& text) {
    const auto kind = kind_of(text);
    return kind ? composables::is_kind(*kind) : Predicate();
  });
  read_choices(rule, "parent", all, [](const std::string& text) { return parent_is(text); });
  read_attribute(rule, all);
  ComposablePtr sampler = below(rule, "sampler");
  rule.finish();
  if (sampler == nullptr) return std::nullopt;
  Predicate predicate = [all = std::move(all)](const ComposableParameters& parameters) {
    for (const Predicate& one : all) {
      if (!one(parameters)) return false;
    }
    return true;
  };
  return composables::Rule{std::move(predicate), std::move(sampler), path};
}

ComposablePtr by_rules(Section& section) {
  std::vector<composables::Rule> rules;
  if (const Properties::List* list = section.list("rules")) {
    for (std::size_t i = 0; i < list->size(); ++i) {
      const std::string path = section.path("rules") + "[" + std::to_string(i) + "]";
      if (auto rule = read_rule((*list)[i], path, section.report())) {
        rules.push_back(std::move(*rule));
      }
    }
  }
  return composables::rule_based(std::move(rules));
}

ComposablePtr by_parent(Section& section) {
  ComposablePtr root = below(section, "root");
  return composables::parent_threshold(root != nullptr ? root : composables::always_on());
}

ComposablePtr built_in(const std::string& name, Section& section) {
  if (name == "always_on") return composables::always_on();
  if (name == "always_off") return composables::always_off();
  if (name == "probability") return composables::probability(read_ratio(section));
  if (name == "parent_threshold") return by_parent(section);
  return name == "rule_based" ? by_rules(section) : nullptr;
}

ComposablePtr create(const Properties& node, const std::string& path, const Report& report) {
  Section section(&node, path, report);
  const std::string name = section.only_key();
  if (name.empty()) return nullptr;
  const std::string inner_path = path + "." + name;
  Section parameters(section.any(name), inner_path, report);
  ComposablePtr sampler = built_in(name, parameters);
  if (sampler == nullptr) {
    report.tell(section.line(), inner_path + " is no composable sampler; it is left out");
  } else {
    parameters.finish();
  }
  return sampler;
}

}  // namespace

SamplerPtr create_composite(const Properties& node, const std::string& path, const Report& report) {
  ComposablePtr composable = create(node, path, report);
  return composable != nullptr ? samplers::composite(std::move(composable)) : nullptr;
}

}  // namespace weft::inline v0::config
