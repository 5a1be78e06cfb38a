// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <variant>

#include "tracer/chosen_parts.hpp"
#include "tracer/resource_detection.hpp"

namespace weft::inline v0::detail {

namespace {

constexpr const char* kServiceName = "service.name";
constexpr const char* kInstanceId = "service.instance.id";
constexpr std::size_t kLongestServiceName = 1024;
// It travels with every request.
constexpr std::size_t kLongestText = 65536;

// For people: the settings.
std::string value_text(const AttributeValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return std::to_string(*integer);
  if (const auto* real = std::get_if<double>(&value)) return std::to_string(*real);
  if (std::holds_alternative<AttributeValue::Bytes>(value)) return "(bytes)";
  return std::holds_alternative<AttributeValue::Array>(value) ? "(array)" : "(map)";
}

const char* problem_of(const Attribute& attribute) {
  const auto* text = std::get_if<std::string>(&attribute.value);
  if (attribute.key.empty()) return "has no key";
  if (attribute.key == kServiceName && (text == nullptr || text->empty())) {
    return "is not a text, or empty";
  }
  if (text != nullptr && text->size() > kLongestText) return "is longer than 65536 bytes";
  return nullptr;
}

Resource usable_resource(const Resource& given, const Settings& settings) {
  std::vector<Attribute> kept;
  for (const Attribute& attribute : given.attributes()) {
    if (const char* problem = problem_of(attribute)) {
      settings.refuse_option("resource." + attribute.key, value_text(attribute.value), problem,
                             "it is left out");
    } else {
      kept.push_back(attribute);
    }
  }
  return Resource(kept, given.schema_url());
}

std::string usable_service_name(const std::string& given, const Settings& settings) {
  if (given.size() <= kLongestServiceName) return given;
  settings.refuse_option("service_name", given, "is longer than 1024 bytes",
                         "the name from elsewhere or the default is used");
  return {};
}

}  // namespace

void choose_resource(const Options& options, Settings& settings, Configuration& configuration) {
  Resource code = usable_resource(options.resource, settings);
  const std::string name = usable_service_name(options.service_name, settings);
  if (!name.empty()) code = code.merge(Resource({{kServiceName, name}}));
  const Resource environment = environment_resource(settings.environment());
  const Resource resource = detected_resource().merge(environment).merge(code);

  for (const Attribute& attribute : resource.attributes()) {
    const Origin origin = code.find(attribute.key) != nullptr          ? Origin::code
                          : environment.find(attribute.key) != nullptr ? Origin::environment
                                                                       : Origin::built_in;
    const bool is_name = attribute.key == kServiceName;
    settings.keep(is_name ? "service_name" : "resource." + attribute.key,
                  value_text(attribute.value), origin);
  }
  configuration.generates_instance_id =
      code.find(kInstanceId) == nullptr && environment.find(kInstanceId) == nullptr;
  configuration.resource = resource;
}

Resource Configuration::resource_after_fork() const {
  const Resource fresh = process_identity();
  std::vector<Attribute> renewed;
  for (const Attribute& attribute : fresh.attributes()) {
    if (attribute.key != kInstanceId || generates_instance_id) renewed.push_back(attribute);
  }
  return resource.merge(Resource(renewed));
}

}  // namespace weft::inline v0::detail
