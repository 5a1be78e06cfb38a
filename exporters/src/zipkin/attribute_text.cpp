// SPDX-License-Identifier: Apache-2.0
#include "zipkin/attribute_text.hpp"

#include <cmath>
#include <nlohmann/json.hpp>
#include <variant>

#include "wire/base64.hpp"
#include "zipkin/json_object.hpp"

namespace weft::inline v0::zipkin {

namespace {

struct ToJson {
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::int64_t value) const { return std::to_string(value); }
  std::string operator()(double value) const {
    if (std::isnan(value)) return json_string("NaN");
    if (std::isinf(value)) return json_string(value > 0 ? "Infinity" : "-Infinity");
    return nlohmann::json(value).dump();
  }
  std::string operator()(const std::string& value) const { return json_string(value); }
  std::string operator()(const AttributeValue::Bytes& bytes) const {
    return json_string(
        wire::to_base64({reinterpret_cast<const char*>(bytes.data()), bytes.size()}));
  }
  std::string operator()(const AttributeValue::Array& values) const {
    std::string list = "[";
    for (const AttributeValue& value : values) {
      if (list.size() > 1) list += ',';
      list += attribute_json(value);
    }
    return list += ']';
  }
  std::string operator()(const AttributeValue::Map& entries) const {
    JsonObject object;
    for (const Attribute& entry : entries) object.set(entry.key, attribute_json(entry.value));
    return object.text();
  }
};

// What JSON would have as a string, as it is.
struct ToText : ToJson {
  using ToJson::operator();
  std::string operator()(double value) const {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
    return ToJson::operator()(value);
  }
  std::string operator()(const std::string& value) const { return value; }
  std::string operator()(const AttributeValue::Bytes& bytes) const {
    return wire::to_base64({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }
};

}  // namespace

std::string attribute_json(const AttributeValue& value) {
  return std::visit(ToJson{}, value.variant());
}

std::string attribute_text(const AttributeValue& value) {
  return std::visit(ToText{}, value.variant());
}

}  // namespace weft::inline v0::zipkin
