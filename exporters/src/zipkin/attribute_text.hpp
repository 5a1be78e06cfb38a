// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include <weft/attribute_value.hpp>
#include <weft/version.hpp>

namespace weft::inline v0::zipkin {

/// A value in the types of JSON: bytes are text in base64, NaN and the infinities are text too.
nlohmann::ordered_json attribute_json(const AttributeValue& value);

/// A tag's value: text as it is, everything else as JSON writes it.
std::string attribute_text(const AttributeValue& value);

/// JSON text, whatever bytes are in it.
std::string text_of(const nlohmann::ordered_json& json);

}  // namespace weft::inline v0::zipkin
