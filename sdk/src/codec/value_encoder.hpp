// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

#include <weft/attribute.hpp>

#include "codec/byte_writer.hpp"

namespace weft::inline v0::codec {

/// What is cut from a value while it is written.
struct ValueLimits {
  std::size_t length = std::numeric_limits<std::size_t>::max();  // characters of each text
  std::size_t depth =
      std::numeric_limits<std::size_t>::max();  // arrays and maps within one another
};

/// Writes one attribute as a finished `KeyValue` field with that tag. False when it could not be
/// kept: a user's range threw, or there was no room; the caller then forgets what was written.
bool write_attribute(ByteWriter& out, std::uint32_t field_tag, std::string_view key,
                     const AttributeValueView& value, const ValueLimits& limits) noexcept;

/// Takes one entry of a range of attributes.
using EntrySink = void (*)(void* state, std::string_view key, const AttributeValueView& value);

/// Calls `sink` for every entry of a user's range of attributes; false when the range threw.
bool for_each_entry(const AttributeValueView& map, EntrySink sink, void* state) noexcept;

}  // namespace weft::inline v0::codec
