// SPDX-License-Identifier: Apache-2.0
#include "zipkin/attribute_text.hpp"

#include <cmath>
#include <variant>

#include "wire/base64.hpp"

namespace weft::inline v0::zipkin {

namespace {

using nlohmann::ordered_json;

struct ToJson {
  ordered_json operator()(bool value) const { return value; }
  ordered_json operator()(std::int64_t value) const { return value; }
  ordered_json operator()(double value) const {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
    return value;
  }
  ordered_json operator()(const std::string& value) const { return value; }
  ordered_json operator()(const AttributeValue::Bytes& bytes) const {
    return wire::to_base64({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }
  ordered_json operator()(const AttributeValue::Array& values) const {
    ordered_json list = ordered_json::array();
    for (const AttributeValue& value : values) list.push_back(attribute_json(value));
    return list;
  }
  ordered_json operator()(const AttributeValue::Map& entries) const {
    ordered_json object = ordered_json::object();
    for (const Attribute& entry : entries) object[entry.key] = attribute_json(entry.value);
    return object;
  }
};

}  // namespace

ordered_json attribute_json(const AttributeValue& value) {
  return std::visit(ToJson{}, value.variant());
}

std::string attribute_text(const AttributeValue& value) {
  const ordered_json json = attribute_json(value);
  return json.is_string() ? json.get<std::string>() : text_of(json);
}

std::string text_of(const ordered_json& json) {
  return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace weft::inline v0::zipkin
