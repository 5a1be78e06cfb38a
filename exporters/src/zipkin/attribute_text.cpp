// SPDX-License-Identifier: Apache-2.0
#include "zipkin/attribute_text.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <variant>

#include "wire/base64.hpp"

namespace weft::inline v0::zipkin {

namespace {

using codec::JsonWriter;

std::string base64(const AttributeValue::Bytes& bytes) {
  return wire::to_base64({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

struct ToJson {
  void operator()(bool value) const { json.boolean(value); }
  void operator()(std::int64_t value) const { json.number(value); }
  void operator()(double value) const { json.number(value); }
  void operator()(const std::string& value) const { json.text(value); }
  void operator()(const AttributeValue::Bytes& bytes) const { json.plain_text(base64(bytes)); }
  void operator()(const AttributeValue::Array& values) const {
    json.begin_array();
    for (const AttributeValue& value : values) write_value(json, value);
    json.end_array();
  }
  void operator()(const AttributeValue::Map& entries) const { write_attributes(json, entries); }

  JsonWriter& json;
};

// What JSON would have as a string, as it is.
struct ToText {
  std::string operator()(const std::string& value) const { return value; }
  std::string operator()(const AttributeValue::Bytes& bytes) const { return base64(bytes); }
  std::string operator()(double value) const {
    return std::isfinite(value) ? as_json(value) : std::string(codec::name_of_no_number(value));
  }
  template <class Value>
  std::string operator()(const Value& value) const {
    return as_json(value);
  }
  template <class Value>
  static std::string as_json(const Value& value) {
    std::string text;
    JsonWriter json(text);
    ToJson{json}(value);
    return text;
  }
};

}  // namespace

void write_value(JsonWriter& json, const AttributeValue& value) {
  std::visit(ToJson{json}, value.variant());
}

void write_attributes(JsonWriter& json, std::span<const Attribute> attributes) {
  json.begin_object();
  for (auto one = attributes.begin(); one != attributes.end(); ++one) {
    const auto has_its_key = [&](const Attribute& other) { return other.key == one->key; };
    if (std::any_of(attributes.begin(), one, has_its_key)) continue;
    json.key(one->key);
    write_value(json, std::find_if(attributes.rbegin(), attributes.rend(), has_its_key)->value);
  }
  json.end_object();
}

std::string attribute_text(const AttributeValue& value) {
  return std::visit(ToText{}, value.variant());
}

}  // namespace weft::inline v0::zipkin
