// SPDX-License-Identifier: Apache-2.0
#include "codec/byte_writer.hpp"

#include <algorithm>

#include "codec/utf8.hpp"

namespace weft::inline v0::codec {

void ByteWriter::write_in_pieces(const char* data, std::size_t size) noexcept {
  while (size > 0 && !failed_) {
    const auto room = static_cast<std::size_t>(area_end_ - cursor_);
    if (room == 0) {
      failed_ = !next_area();
      continue;
    }
    const std::size_t piece = std::min(room, size);
    cursor_ = write_bytes(cursor_, data, piece);
    data += piece;
    size -= piece;
  }
}

void ByteWriter::write_text(std::uint32_t field_tag, std::string_view text) noexcept {
  if (!is_utf8(text)) return write_repaired_text(field_tag, text);
  write_tag_and_length(field_tag, text.size());
  write(text.data(), text.size());
}

void ByteWriter::write_repaired_text(std::uint32_t field_tag, std::string_view text) noexcept {
  write_tag_and_length(field_tag, repaired_size(text));
  while (!text.empty()) {
    char piece[192];
    const std::string_view part = first_characters(text.substr(0, 256), 48);
    write(piece, static_cast<std::size_t>(write_repaired(part, piece) - piece));
    text.remove_prefix(part.size());
  }
}

std::uint32_t ByteWriter::begin_message(std::uint32_t field_tag) noexcept {
  char text[10];
  write(text, static_cast<std::size_t>(write_varint(text, field_tag) - text));
  const std::uint32_t begin = offset();
  const char placeholder[kPaddedLength] = {};
  write(placeholder, sizeof placeholder);
  return begin;
}

void ByteWriter::end_message(std::uint32_t begin) noexcept {
  if (failed_) return;
  const std::size_t length = offset() - begin - kPaddedLength;
  if (length > kMaximumPaddedLength) {
    failed_ = true;
    return;
  }
  char text[kPaddedLength];
  write_padded_length(text, length);
  for (std::uint32_t i = 0; i < kPaddedLength; ++i) *at(begin + i) = text[i];
}

}  // namespace weft::inline v0::codec
