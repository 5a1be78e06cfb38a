// SPDX-License-Identifier: Apache-2.0
#include <functional>
#include <string>
#include <string_view>
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

constexpr const char* kDetectorsVariable = "WEFT_RESOURCE_DETECTORS";
constexpr const char* kDetectorNames = "service, process, host, os, container, k8s, all and none";

// Those of code that can run: one without a function has a name of ours.
std::vector<ResourceDetector> usable_detectors(const std::vector<ResourceDetector>& given,
                                               const Settings& settings) {
  std::vector<ResourceDetector> kept;
  for (const ResourceDetector& detector : given) {
    if (detector.detect || is_detector(detector.name)) {
      kept.push_back(detector);
    } else {
      settings.refuse_option("resource_detectors", detector.name,
                             "has no function and is none of service, process, host, os, "
                             "container and k8s",
                             "it is left out");
    }
  }
  return kept;
}

std::vector<ResourceDetector> named_detectors(const Environment& environment) {
  std::vector<ResourceDetector> named;
  for (const std::string& name : environment.names(kDetectorsVariable)) {
    const std::string lower = lower_case(name);
    if (lower == "none") return {};
    if (lower == "all") return all_detectors();
    if (is_detector(lower)) {
      named.push_back({lower, nullptr});
    } else {
      environment.refuse(kDetectorsVariable, name, std::string("is none of ") + kDetectorNames,
                         "it is left out");
    }
  }
  return named;
}

std::string names_of(const std::vector<ResourceDetector>& detectors) {
  std::string names;
  for (const ResourceDetector& detector : detectors) {
    names += (names.empty() ? "" : ", ") + detector.name;
  }
  return names.empty() ? "none" : names;
}

std::vector<ResourceDetector> choose_detectors(const Options& options, Settings& settings) {
  if (!options.resource_detectors.empty()) {
    auto detectors = usable_detectors(options.resource_detectors, settings);
    settings.keep("resource_detectors", names_of(detectors), Origin::code);
    return detectors;
  }
  if (!settings.environment().text(kDetectorsVariable)) {
    settings.keep("resource_detectors", names_of(all_detectors()), Origin::built_in);
    return all_detectors();
  }
  auto detectors = named_detectors(settings.environment());
  settings.keep_from(kDetectorsVariable, "resource_detectors", names_of(detectors));
  return detectors;
}

// Which variable, or line of the file, says an attribute that code does not.
const char* variable_of(const std::string& key, const Environment& environment) {
  const bool is_service_name = key == kServiceName && environment.text("OTEL_SERVICE_NAME");
  return is_service_name ? "OTEL_SERVICE_NAME" : "OTEL_RESOURCE_ATTRIBUTES";
}

Resource admitted(const Resource& detected, const std::function<bool(std::string_view)>& admits) {
  std::vector<Attribute> kept;
  for (const Attribute& attribute : detected.attributes()) {
    if (admits(attribute.key)) kept.push_back(attribute);
  }
  return Resource(kept, detected.schema_url());
}

void keep_attributes(const Resource& resource, const Resource& code, const Resource& environment,
                     Settings& settings) {
  const FileConfiguration* file = settings.file();
  for (const Attribute& attribute : resource.attributes()) {
    const std::string name =
        attribute.key == kServiceName ? "service_name" : "resource." + attribute.key;
    if (code.find(attribute.key) != nullptr) {
      settings.keep(name, value_text(attribute.value), Origin::code);
    } else if (file != nullptr && file->resource.find(attribute.key) != nullptr) {
      settings.keep_from_file(name, value_text(attribute.value), file->resource_place);
    } else if (environment.find(attribute.key) != nullptr) {
      settings.keep_from(variable_of(attribute.key, settings.environment()), name,
                         value_text(attribute.value));
    } else {
      settings.keep(name, value_text(attribute.value), Origin::built_in);
    }
  }
}

}  // namespace

void choose_resource(const Options& options, Settings& settings, Configuration& configuration) {
  Resource code = usable_resource(options.resource, settings);
  const std::string name = usable_service_name(options.service_name, settings);
  if (!name.empty()) code = code.merge(Resource({{kServiceName, name}}));
  const FileConfiguration* file = settings.file();
  Resource environment = environment_resource(settings.environment());
  if (file != nullptr) environment = environment.merge(file->resource);
  const Surroundings surroundings{.environment = settings.environment()};
  const std::vector<ResourceDetector> detectors = choose_detectors(options, settings);
  Resource detected = detected_resource(
      detectors, surroundings,
      [&](ErrorCode error, std::string what) { settings.report(error, std::move(what)); });
  if (file != nullptr && file->admits) detected = admitted(detected, file->admits);
  const Resource resource =
      sdk_resource(surroundings).merge(detected).merge(environment).merge(code);
  keep_attributes(resource, code, environment, settings);
  configuration.generates_instance_id = detected.find(kInstanceId) != nullptr &&
                                        code.find(kInstanceId) == nullptr &&
                                        environment.find(kInstanceId) == nullptr;
  // What somebody set on purpose is not lost to a conflict with what was detected.
  const std::string& schema =
      !code.schema_url().empty() ? code.schema_url() : environment.schema_url();
  configuration.resource = schema.empty() ? resource : Resource(resource.attributes(), schema);
}

Resource Configuration::resource_after_fork() const {
  const Resource fresh = process_identity();
  std::vector<Attribute> renewed;
  for (const Attribute& attribute : fresh.attributes()) {
    const bool is_ours = attribute.key == kInstanceId ? generates_instance_id
                                                      : resource.find(attribute.key) != nullptr;
    if (is_ours) renewed.push_back(attribute);
  }
  return resource.merge(Resource(renewed));
}

}  // namespace weft::inline v0::detail
