// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include <weft/attribute.hpp>

#include "codec/short_attribute.hpp"
#include "span/key_filter.hpp"
#include "span/record.hpp"
#include "span/record_pool.hpp"

namespace weft::inline v0::detail {

struct CopiedKey {
  KeyBit bit;
  std::uint64_t high_bits;  // 0: it is ASCII
};
struct UsualKey {
  KeyBit bit;
  std::uint64_t seen;
};

/// Copies a key of 4 to 32 bytes by words of which the outer ones make its bit too.
[[gnu::always_inline]] inline UsualKey copy_usual_key(char* out, std::string_view key) noexcept {
  const char* const text = key.data();
  const std::size_t size = key.size();
  if (size < 8) [[unlikely]] {
    std::uint32_t head;
    std::uint32_t tail;
    std::memcpy(&head, text, sizeof head);
    std::memcpy(&tail, text + size - 4, sizeof tail);
    std::memcpy(out, &head, sizeof head);
    std::memcpy(out + size - 4, &tail, sizeof tail);
    return {KeyBit(head, tail, size), head | tail};
  }
  std::uint64_t head;
  std::uint64_t tail;
  std::memcpy(&head, text, sizeof head);
  std::memcpy(&tail, text + size - 8, sizeof tail);
  std::uint64_t seen = head | tail;
  if (size > 16) seen |= codec::short_copy::copy_two<std::uint64_t>(out + 8, text + 8, size - 16);
  std::memcpy(out, &head, sizeof head);
  std::memcpy(out + size - 8, &tail, sizeof tail);
  return {KeyBit(head, tail, size), seen};
}

/// Copies a key, mostly in that way.
[[gnu::always_inline]] inline CopiedKey copy_key(char* out, std::string_view key) noexcept {
  if (key.size() - 4 > codec::kFew - 4) [[unlikely]] {
    return {KeyBit(key), codec::copy_and_look(out, key.data(), key.size())};
  }
  const UsualKey copied = copy_usual_key(out, key);
  return {copied.bit, copied.seen & codec::short_copy::kHighBits};
}

/// Undoes a bit that was set too early. False.
[[gnu::cold, gnu::noinline]] inline bool forget_key(Record& record, std::string_view key) noexcept {
  KeyBit(key).clear(record);
  return false;
}

/// Nearly every attribute: short, ASCII, new, and there is room in the record itself. No search, no
/// writer object, one pass over the text, no call. False: nothing was done, it has to go the
/// general way (put_attribute). The caller holds the record.
[[gnu::always_inline]] inline bool put_quick_attribute(Record& record, std::string_view key,
                                                       const AttributeValueView& value) noexcept {
  const std::uint32_t size = record.body_size.load(std::memory_order_relaxed);
  if (size > kInlineBody - codec::kShortAttribute ||
      key.size() - 1 >= codec::short_attribute::kMostKey ||  // none wraps round
      record.attribute_count >= RecordPool::short_attribute_limit()) [[unlikely]] {
    return false;
  }
  char* const out = record.body + size;
  const CopiedKey copied = copy_key(out + 4, key);
  if (copied.bit.test_and_set(record)) [[unlikely]]
    return false;
  const char* end = codec::write_around_key(out, codec::span_field::attributes, key.size(),
                                            copied.high_bits, value);
  if (end == nullptr) [[unlikely]]
    return forget_key(record, key);
  ++record.attribute_count;
  record.body_size.store(static_cast<std::uint32_t>(end - record.body), std::memory_order_release);
  return true;
}

inline bool is_few(std::string_view text) noexcept { return text.size() <= codec::kFew; }
template <class Number>
bool is_few(Number /*value*/) noexcept {
  return true;
}

/// The most usual of these: a key of 4 to 32 bytes, and a number or a text of at most 32. In few
/// registers; what nearly all attributes of a program are. False: nothing was done.
template <class Value>
[[gnu::always_inline]] inline bool put_usual_attribute(Record& record, std::string_view key,
                                                       Value value) noexcept {
  const std::uint32_t size = record.body_size.load(std::memory_order_relaxed);
  if (size > kInlineBody - codec::kShortAttribute || key.size() - 4 > codec::kFew - 4 ||
      !is_few(value) || record.attribute_count >= RecordPool::short_attribute_limit())
      [[unlikely]] {
    return false;
  }
  char* const out = record.body + size;
  const UsualKey copied = copy_usual_key(out + 4, key);
  if (copied.bit.test_and_set(record)) [[unlikely]]
    return false;
  std::uint64_t seen = copied.seen;
  const std::size_t more = codec::write_behind_key(out + 4 + key.size(), value, seen);
  if ((seen & codec::short_copy::kHighBits) != 0) [[unlikely]] {
    KeyBit(key).clear(record);  // without a call, for which registers would be saved
    return false;
  }
  codec::short_attribute::write_nested(out, codec::span_field::attributes, codec::common_field::key,
                                       key.size(), more);
  ++record.attribute_count;
  // Read again: what was read above would take a register for that long.
  const std::size_t added = 4 + key.size() + more;
  record.body_size.store(
      record.body_size.load(std::memory_order_relaxed) + static_cast<std::uint32_t>(added),
      std::memory_order_release);
  return true;
}

}  // namespace weft::inline v0::detail
