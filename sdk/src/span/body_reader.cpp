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

// Where the bytes of a body lie. Goes on from the last place: offsets may only grow.
class BodyBytes {
 public:
  BodyBytes(const RecordPool& pool, const Record& record) noexcept
      : pool_(&pool), memory_(record.body), next_chunk_(record.first_chunk) {}

  /// From `offset` to the end of its piece of memory.
  std::string_view from(std::uint32_t offset) noexcept {
    while (offset - begin_ >= size_) {
      const Chunk& chunk = pool_->chunk(next_chunk_);
      begin_ += size_;
      size_ = static_cast<std::uint32_t>(kChunkPayload);
      memory_ = chunk.payload;
      next_chunk_ = chunk.next;
    }
    return {memory_ + (offset - begin_), size_ - (offset - begin_)};
  }
  char* copy(std::uint32_t begin, std::uint32_t end, char* out) noexcept {
    while (begin < end) {
      const std::string_view piece = from(begin).substr(0, end - begin);
      out = codec::write_bytes(out, piece.data(), piece.size());
      begin += static_cast<std::uint32_t>(piece.size());
    }
    return out;
  }

 private:
  const RecordPool* pool_;
  const char* memory_;
  std::uint32_t begin_ = 0;
  std::uint32_t size_ = static_cast<std::uint32_t>(kInlineBody);
  std::uint32_t next_chunk_;
};

// Reads a body's fields one after the other where they lie, also across chunks, without a copy: the
// head of each field (tag, length, key) is looked at byte by byte.
class BodyCursor {
 public:
  BodyCursor(const RecordPool& pool, const Record& record) noexcept
      : bytes_(pool, record), end_(record.body_size.load(std::memory_order_acquire)) {}

  bool at_end() const noexcept { return at_ >= end_; }
  std::uint32_t offset() const noexcept { return at_; }
  std::uint32_t read_varint() noexcept {
    std::uint32_t value = 0;
    for (unsigned shift = 0; shift < 35 && !at_end(); shift += 7) {
      const auto byte = static_cast<std::uint8_t>(bytes_.from(at_++).front());
      value |= static_cast<std::uint32_t>(byte & 0x7FU) << shift;
      if ((byte & 0x80U) == 0) break;
    }
    return value;
  }
  bool matches(std::string_view text) noexcept {
    for (std::uint32_t at = at_; !text.empty();) {
      const std::string_view piece = bytes_.from(at).substr(0, text.size());
      if (!text.starts_with(piece)) return false;
      text.remove_prefix(piece.size());
      at += static_cast<std::uint32_t>(piece.size());
    }
    return true;
  }
  /// Only onwards.
  void move_to(std::uint32_t offset) noexcept { at_ = offset; }

 private:
  BodyBytes bytes_;
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
      pool, record, [&](std::uint32_t tag, const BodyCursor&) { return tag == field_tag; }, offset,
      size);
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

char* copy_live_fields(const RecordPool& pool, const Record& record, char* out) noexcept {
  BodyBytes bytes(pool, record);
  std::uint32_t live_from = 0;
  BodyCursor cursor(pool, record);
  while (!cursor.at_end()) {
    const std::uint32_t begin = cursor.offset();
    const bool is_dead = cursor.read_varint() == codec::span_field::dead;
    const std::uint32_t length = cursor.read_varint();
    cursor.move_to(cursor.offset() + length);
    if (!is_dead) continue;
    out = bytes.copy(live_from, begin, out);
    live_from = cursor.offset();
  }
  return bytes.copy(live_from, cursor.offset(), out);
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
