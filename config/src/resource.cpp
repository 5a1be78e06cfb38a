// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <string_view>
#include <utility>

#include "components.hpp"
#include "wildcard.hpp"

namespace weft::inline v0::config {

namespace {

// The value as the type that stands beside it; none when it is of another.
std::optional<AttributeValue> as_type(const Properties& value, std::string_view type) {
  if (type == "string" && value.text() != nullptr) return AttributeValue(*value.text());
  if (type == "bool" && value.boolean() != nullptr) return AttributeValue(*value.boolean());
  if (type == "int" && value.integer() != nullptr) return AttributeValue(*value.integer());
  if (type == "double" && value.number()) return AttributeValue(*value.number());
  constexpr std::string_view kArray = "_array";
  if (!type.ends_with(kArray) || value.list() == nullptr) return std::nullopt;
  AttributeValue::Array array;
  for (const Properties& item : *value.list()) {
    auto element = as_type(item, type.substr(0, type.size() - kArray.size()));
    if (!element) return std::nullopt;
    array.push_back(std::move(*element));
  }
  return AttributeValue(std::move(array));
}

void read_attribute(const Properties& item, const std::string& path, const Report& report,
                    std::vector<Attribute>& attributes) {
  Section section(&item, path, report);
  const std::string* name = section.text("name");
  const Properties* value = section.get("value");
  const std::string* type = section.text("type");
  section.finish();
  if (name == nullptr || value == nullptr) {
    return report.tell(item.line(),
                       path + " has an entry without a name and a value; it is left out");
  }
  auto typed = as_type(*value, type != nullptr ? *type : "string");
  if (typed) {
    attributes.push_back({*name, std::move(*typed)});
  } else {
    report.refuse(*value, path + "." + *name,
                  "is not of the type " + (type != nullptr ? *type
                                                           : "string (write it in quotes, "
                                                             "or name its type)"),
                  "it is left out");
  }
}

std::vector<std::string> texts_of(Section& section, std::string_view key) {
  std::vector<std::string> texts;
  if (const Properties::List* list = section.list(key)) {
    for (const Properties& item : *list) {
      if (item.text() != nullptr) texts.push_back(*item.text());
    }
  }
  return texts;
}

// Which detectors run; a file that names none wants none.
void read_detection(Section detection, Section& resource, Configured& configured) {
  std::string names;
  int line = resource.line();
  if (const Properties::List* list = detection.list("detectors")) {
    line = detection.get("detectors")->line();
    for (const Properties& item : *list) {
      Section detector(&item, detection.path("detectors"), detection.report());
      const std::string name = detector.only_key();
      if (!name.empty()) names += (names.empty() ? "" : ",") + name;
    }
  }
  put(configured, "WEFT_RESOURCE_DETECTORS", names.empty() ? "none" : names, line, detection,
      "detectors");
  Section attributes = detection.section("attributes");
  if (attributes.is_there()) {
    configured.admits = [included = texts_of(attributes, "included"),
                         excluded = texts_of(attributes, "excluded")](std::string_view key) {
      return (included.empty() || matches_any(included, key)) && !matches_any(excluded, key);
    };
    attributes.finish();
  }
  detection.finish();
}

}  // namespace

void create_resource(Section& top, Configured& configured) {
  Section section = top.section("resource");
  std::vector<Attribute> attributes;
  if (const Properties::List* list = section.list("attributes")) {
    for (const Properties& item : *list) {
      read_attribute(item, section.path("attributes"), section.report(), attributes);
    }
  }
  if (const std::string* list = section.text("attributes_list")) {
    put(configured, "OTEL_RESOURCE_ATTRIBUTES", *list, section.get("attributes_list")->line(),
        section, "attributes_list");
  }
  const std::string* schema = section.text("schema_url");
  configured.resource = Resource(attributes, schema != nullptr ? *schema : "");
  if (const Properties* list = section.get("attributes")) {
    // So that the attributes are known to be the file's; the text itself is not looked at.
    configured.resource_place = section.report().place(list->line(), section.path("attributes"));
  }
  read_detection(section.section("detection/development"), section, configured);
  section.finish();
}

}  // namespace weft::inline v0::config
