// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <string_view>
#include <utility>

#include <weft/processors.hpp>

#include "components.hpp"
#include "plugins.hpp"

namespace weft::inline v0::config {

namespace {

using Key = std::pair<const char*, const char*>;
constexpr std::array<Key, 4> kBatchKeys = {
    Key{"schedule_delay", "OTEL_BSP_SCHEDULE_DELAY"},
    Key{"export_timeout", "OTEL_BSP_EXPORT_TIMEOUT"},
    Key{"max_queue_size", "OTEL_BSP_MAX_QUEUE_SIZE"},
    Key{"max_export_batch_size", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE"},
};

void append(std::string& list, const std::string& name) {
  list += (list.empty() ? "" : ", ") + name;
}

// One queue stands before all exporters: what the first batch processor says of it holds.
void read_batch_options(Section& section, Configured& configured) {
  for (const auto& [key, variable] : kBatchKeys) {
    const auto known = configured.variables.find(std::string_view(variable));
    if (known == configured.variables.end()) {
      put_number(configured, variable, section, key);
      continue;
    }
    const auto* number = section.integer(key, "the value of the first batch processor is used");
    if (number != nullptr && std::to_string(*number) != known->second.text) {
      section.report().refuse(*section.any(key), section.path(key),
                              "is not that of the first batch processor, with which it shares a "
                              "queue",
                              known->second.text + " is used");
    }
  }
}

void create_batch(Section& section, Configured& configured) {
  read_batch_options(section, configured);
  std::string name;
  const Properties* node = section.get("exporter");
  if (node == nullptr) {
    section.report().tell(section.line(), section.path() + " has no exporter; it is left out");
  }
  if (auto exporter = create_exporter(node, section.path("exporter"), section.report(), name)) {
    configured.exporters.push_back(std::move(exporter));
    configured.exporter_places.push_back(
        exporter_places(*node, section.path("exporter"), section.report()));
    append(configured.exporters_text, name);
  }
}

void create_simple(Section& section, Configured& configured) {
  std::string name;
  const Properties* node = section.get("exporter");
  if (node == nullptr) {
    section.report().tell(section.line(), section.path() + " has no exporter; it is left out");
  }
  if (auto exporter = create_exporter(node, section.path("exporter"), section.report(), name)) {
    configured.processors.push_back(processors::simple(std::move(exporter)));
    configured.processor_places.push_back(
        exporter_places(*node, section.path("exporter"), section.report()));
    append(configured.processors_text, "simple(" + name + ")");
  }
}

}  // namespace

void create_processor(const Properties& item, const std::string& path, const Report& report,
                      Configured& configured) {
  Section section(&item, path, report);
  const std::string name = section.only_key();
  if (name.empty()) return;
  const Properties& inner = *section.any(name);
  const std::string inner_path = path + "." + name;
  if (const auto provider = processor_provider(name)) {
    if (auto processor = provided(provider, inner, inner_path, report)) {
      configured.processors.push_back(std::move(processor));
      configured.processor_places.push_back(exporter_places(inner, inner_path, report));
      append(configured.processors_text, name);
    }
    return;
  }
  Section parameters(&inner, inner_path, report);
  if (name == "batch") {
    create_batch(parameters, configured);
  } else if (name == "simple") {
    create_simple(parameters, configured);
  } else {
    return report.tell(inner.line(), inner_path +
                                         " is no processor (batch and simple are), and nobody "
                                         "registered it; it is left out");
  }
  parameters.finish();
}

}  // namespace weft::inline v0::config
