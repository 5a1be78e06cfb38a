// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <weft/attribute_value.hpp>
#include <weft/version.hpp>

namespace weft::inline v0::zipkin {

/// A value as JSON: bytes are text in base64, NaN and the infinities are text too.
std::string attribute_json(const AttributeValue& value);

/// A tag's value: text as it is, everything else as JSON writes it.
std::string attribute_text(const AttributeValue& value);

}  // namespace weft::inline v0::zipkin
