// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include <weft/attribute.hpp>

#include "codec/short_attribute.hpp"
#include "span/key_filter.hpp"
#include "span/record.hpp"
#include "span/record_pool.hpp"

namespace weft::inline v0::detail {

/// Nearly every attribute: short, ASCII, new, and there is room in the record itself. No search, no
/// writer object, one pass over the text, no call. False: nothing was done, it has to go the
/// general way (put_attribute). The caller holds the record.
[[gnu::always_inline]] inline bool put_quick_attribute(const RecordPool& pool, Record& record,
                                                       std::string_view key,
                                                       const AttributeValueView& value) noexcept {
  const std::uint32_t size = record.body_size.load(std::memory_order_relaxed);
  const KeyBit bit(key);
  if (size + codec::kShortAttribute > kInlineBody || key.empty() || bit.is_set(record) ||
      record.attribute_count >= pool.short_attribute_limit()) [[unlikely]] {
    return false;
  }
  const char* end =
      codec::write_short_attribute(record.body + size, codec::span_field::attributes, key, value);
  if (end == nullptr) [[unlikely]]
    return false;
  bit.set(record);
  ++record.attribute_count;
  record.body_size.store(static_cast<std::uint32_t>(end - record.body), std::memory_order_release);
  return true;
}

}  // namespace weft::inline v0::detail
