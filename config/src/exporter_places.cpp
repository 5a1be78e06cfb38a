// SPDX-License-Identifier: Apache-2.0
// Where a file says an exporter's options, by the names that `effective_config` gives them.
#include <array>
#include <string>
#include <string_view>

#include "components.hpp"

namespace weft::inline v0::config {

namespace {

struct Named {
  std::string_view section;  // "" is the exporter's own
  std::string_view key;
  const char* setting;
  std::string_view before{}, behind{};  // around the file's text, to be the setting's
};
constexpr std::array<Named, 10> kNames = {
    Named{"", "endpoint", "endpoint"},
    Named{"", "timeout", "timeout", "", " ms"},
    Named{"", "compression", "compression"},
    Named{"", "encoding", "protocol", "http/"},
    Named{"", "headers_list", "headers"},
    Named{"", "headers", "headers"},  // wins over the list
    Named{"tls", "ca_file", "tls.ca_file"},
    Named{"tls", "cert_file", "tls.certificate_file"},
    Named{"tls", "key_file", "tls.key_file"},
    Named{"tls", "insecure", "insecure"},
};

std::string text_of(const Properties& node) {
  if (const std::string* text = node.text()) return *text;
  if (const std::int64_t* number = node.integer()) return std::to_string(*number);
  const bool* flag = node.boolean();
  return flag == nullptr ? "" : *flag ? "true" : "false";
}

}  // namespace

ExporterPlaces exporter_places(const Properties& exporter, const std::string& path,
                               const Report& report) {
  ExporterPlaces places{report.place(exporter.line(), path), {}};
  const Properties::Map* map = exporter.map();
  if (map == nullptr || map->values.size() != 1) return places;
  const Properties& options = map->values.front();
  for (const Named& name : kNames) {
    const Properties* section = name.section.empty() ? &options : options.find(name.section);
    const Properties* node = section != nullptr ? section->find(name.key) : nullptr;
    if (node == nullptr || node->is_null()) continue;
    places.options[name.setting] = {
        std::string(name.before) + text_of(*node) + std::string(name.behind),
        report.place(node->line(), name.setting)};
  }
  return places;
}

}  // namespace weft::inline v0::config
