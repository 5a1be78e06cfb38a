// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include <weft/attribute_value.hpp>
#include <weft/version.hpp>

#include "codec/json_writer.hpp"

namespace weft::inline v0::zipkin {

/// A value as JSON: bytes are text in base64, NaN and the infinities are text too.
void write_value(codec::JsonWriter& json, const AttributeValue& value);

/// An object. Once more for a key: the value is another one, the place is not.
void write_attributes(codec::JsonWriter& json, std::span<const Attribute> attributes);

/// A tag's value: text as it is, everything else as JSON writes it.
std::string attribute_text(const AttributeValue& value);

}  // namespace weft::inline v0::zipkin
