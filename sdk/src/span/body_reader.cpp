// SPDX-License-Identifier: Apache-2.0
#include "span/body_reader.hpp"

#include "span/body_writer.hpp"

namespace weft::inline v0::detail {

BodyText::BodyText(const RecordPool& pool, const Record& record) {
  const std::size_t size = record.body_size.load(std::memory_order_acquire);
  if (size <= kInlineBody) {
    view_ = std::string_view(record.body, size);
    return;
  }
  gathered_.reserve(size);
  for_each_piece(pool, record, [&](std::string_view piece) { gathered_.append(piece); });
  view_ = gathered_;
}

std::optional<codec::Field> find_field(std::string_view body, std::uint32_t field_tag) noexcept {
  std::optional<codec::Field> found;
  codec::FieldReader reader(body);
  while (const auto field = reader.next()) {
    if (field->tag == field_tag) found = field;
  }
  return found;
}

namespace {

// Reads a body's fields one after the other where they lie, also across chunks, without a copy: the
// head of each field (tag, length, key) is looked at byte by byte.
class BodyCursor {
 public:
  BodyCursor(const RecordPool& pool, const Record& record) noexcept
      : pool_(pool), record_(record), end_(record.body_size.load(std::memory_order_relaxed)) {}

  bool at_end() const noexcept { return at_ >= end_; }
  std::uint32_t offset() const noexcept { return at_; }
  std::uint32_t read_varint() noexcept {
    std::uint32_t value = 0;
    for (unsigned shift = 0; shift < 35 && !at_end(); shift += 7) {
      const auto byte = static_cast<std::uint8_t>(*body_byte(at_++));
      value |= static_cast<std::uint32_t>(byte & 0x7FU) << shift;
      if ((byte & 0x80U) == 0) break;
    }
    return value;
  }
  bool matches(std::string_view text) const noexcept {
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (*body_byte(at_ + static_cast<std::uint32_t>(i)) != text[i]) return false;
    }
    return true;
  }
  void move_to(std::uint32_t offset) noexcept { at_ = offset; }

 private:
  const char* body_byte(std::uint32_t offset) const noexcept {
    return body_address(pool_, record_, offset);
  }
  const RecordPool& pool_;
  const Record& record_;
  std::uint32_t at_ = 0;
  std::uint32_t end_;
};

bool has_key(BodyCursor cursor, std::string_view key) noexcept {
  return cursor.read_varint() == codec::common_field::key && cursor.read_varint() == key.size() &&
         cursor.matches(key);
}

// Every field of a body is length-delimited, so all can be skipped alike.
template <class Wanted>
bool find(const RecordPool& pool, const Record& record, Wanted&& wanted, std::uint32_t& offset,
          std::uint32_t& size) noexcept {
  bool found = false;
  for (BodyCursor cursor(pool, record); !cursor.at_end();) {
    const std::uint32_t begin = cursor.offset();
    const std::uint32_t tag = cursor.read_varint();
    const std::uint32_t length = cursor.read_varint();
    const std::uint32_t end = cursor.offset() + length;
    if (wanted(tag, cursor)) {
      offset = begin;
      size = end - begin;
      found = true;
    }
    cursor.move_to(end);
  }
  return found;
}

}  // namespace

bool find_tag(const RecordPool& pool, const Record& record, std::uint32_t field_tag,
              std::uint32_t& offset, std::uint32_t& size) noexcept {
  return find(
      pool, record,
      [&](std::uint32_t tag, const BodyCursor&) { return tag == field_tag; }, offset, size);
}

bool find_in_chunks(const RecordPool& pool, const Record& record, std::string_view key,
                    std::uint32_t& offset, std::uint32_t& size) noexcept {
  return find(
      pool, record,
      [&](std::uint32_t tag, const BodyCursor& content) {
        return tag == codec::span_field::attributes && has_key(content, key);
      },
      offset, size);
}

std::uint32_t field_size(const RecordPool& pool, const Record& record,
                         std::uint32_t offset) noexcept {
  BodyCursor cursor(pool, record);
  cursor.move_to(offset);
  cursor.read_varint();
  const std::uint32_t length = cursor.read_varint();
  return cursor.offset() + length - offset;
}

}  // namespace weft::inline v0::detail
