// SPDX-License-Identifier: Apache-2.0
// From a model to components: OpenTelemetry's data model, key by key.
#include <array>
#include <filesystem>
#include <span>
#include <string_view>
#include <utility>

#include "components.hpp"
#include "create.hpp"

namespace weft::inline v0::config {

namespace {

using Key = std::pair<const char*, const char*>;
constexpr std::array<Key, 2> kGeneralLimits = {
    Key{"attribute_value_length_limit", "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT"},
    Key{"attribute_count_limit", "OTEL_ATTRIBUTE_COUNT_LIMIT"},
};
constexpr std::array<Key, 6> kSpanLimits = {
    Key{"attribute_value_length_limit", "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT"},
    Key{"attribute_count_limit", "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT"},
    Key{"event_count_limit", "OTEL_SPAN_EVENT_COUNT_LIMIT"},
    Key{"link_count_limit", "OTEL_SPAN_LINK_COUNT_LIMIT"},
    Key{"event_attribute_count_limit", "OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT"},
    Key{"link_attribute_count_limit", "OTEL_LINK_ATTRIBUTE_COUNT_LIMIT"},
};

void read_limits(Section limits, std::span<const Key> keys, Configured& configured) {
  for (const auto& [key, variable] : keys) put_number(configured, variable, limits, key);
  limits.finish();
}

void read_disabled(Section& top, Configured& configured) {
  const Properties* node = top.get("disabled");
  if (node == nullptr) return;
  if (const bool* disabled = node->boolean()) {
    put(configured, "OTEL_SDK_DISABLED", *disabled ? "true" : "false", node->line(), top,
        "disabled");
  } else {
    top.report().refuse(*node, "disabled", "is neither true nor false", "false is used");
  }
}

// "error4" is an error to us.
void read_log_level(Section& top, Configured& configured) {
  const std::string* level = top.text("log_level");
  if (level == nullptr) return;
  std::string name = *level;
  if (name.size() > 1 && name.back() >= '2' && name.back() <= '4') name.pop_back();
  put(configured, "OTEL_LOG_LEVEL", name, top.get("log_level")->line(), top, "log_level");
}

void ignore_other_signals(Section& top) {
  for (const char* key : {"meter_provider", "logger_provider"}) {
    if (const Properties* node = top.get(key)) {
      top.report().tell(node->line(), std::string(key) +
                                          " is for another signal than traces; it "
                                          "is ignored");
    }
  }
  top.any("instrumentation/development");
  top.any("distribution");
}

}  // namespace

void put(Configured& configured, const char* variable, std::string text, int line,
         const Section& section, std::string_view key) {
  configured.variables[variable] = {std::move(text),
                                    section.report().place(line, section.path(key))};
}

void put_number(Configured& configured, const char* variable, Section& section,
                std::string_view key) {
  const auto* number = section.integer(key, "the default is used");
  if (number == nullptr) return;
  put(configured, variable, std::to_string(*number), section.any(key)->line(), section, key);
}

void create_propagator(Section& top, Configured& configured) {
  Section section = top.section("propagator");
  std::string names;
  int line = section.line();
  const auto append = [&](const std::string& name) { names += (names.empty() ? "" : ",") + name; };
  if (const Properties::List* list = section.list("composite")) {
    line = section.get("composite")->line();
    for (const Properties& item : *list) {
      Section propagator(&item, section.path("composite"), section.report());
      if (std::string name = propagator.only_key(); !name.empty()) append(name);
    }
  }
  if (const std::string* list = section.text("composite_list")) append(*list);
  section.finish();
  put(configured, "OTEL_PROPAGATORS", names.empty() ? "none" : names, line, section, "composite");
}

void create_tracer_provider(Section& top, Configured& configured) {
  Section section = top.section("tracer_provider");
  const Report& report = section.report();
  if (!section.is_there()) configured.sampler = samplers::always_off();  // nothing is recorded
  configured.sampler_place = report.place(section.line(), "tracer_provider");
  if (const Properties::List* list = section.list("processors")) {
    configured.processors_place =
        report.place(section.get("processors")->line(), section.path("processors"));
    for (std::size_t i = 0; i < list->size(); ++i) {
      create_processor((*list)[i], section.path("processors") + "[" + std::to_string(i) + "]",
                       report, configured);
    }
  } else {
    configured.processors_place = configured.sampler_place;
  }
  read_limits(section.section("limits"), kSpanLimits, configured);
  if (const Properties* node = section.get("sampler")) {
    configured.sampler = create_sampler(*node, section.path("sampler"), report);
    configured.sampler_place = report.place(node->line(), section.path("sampler"));
  }
  create_tracer_configurator(section, configured);
  section.finish();
}

std::shared_ptr<Configured> configured_by(const Model& model, const ErrorHandler& on_error) {
  auto configured = std::make_shared<Configured>();
  configured->path = model.file;
  const std::string name = std::filesystem::path(model.file).filename();
  const Report report(name.empty() ? "configuration" : name, on_error);
  Section top(&model.root, "", report);
  const Properties* format = top.get("file_format");
  const std::string* text = format != nullptr ? format->text() : nullptr;
  if (text == nullptr || (*text != "1" && !text->starts_with("1."))) {
    report.tell(format != nullptr ? format->line() : 1,
                "file_format must be \"1.0\", or another version that begins with 1; the file is "
                "not used");
    return nullptr;
  }
  read_disabled(top, *configured);
  read_log_level(top, *configured);
  read_limits(top.section("attribute_limits"), kGeneralLimits, *configured);
  create_resource(top, *configured);
  create_propagator(top, *configured);
  create_tracer_provider(top, *configured);
  ignore_other_signals(top);
  top.finish();
  return configured;
}

}  // namespace weft::inline v0::config
