// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "codec/wire.hpp"

namespace weft::inline v0::codec {

/// Appends bytes to an area of memory, and to the next when one is full: a record's body and its
/// chunks, or a growing buffer. Nothing counts until the owner commits `offset()`, so a failure or
/// an exception half-way leaves no trace. Belongs to one thread.
class ByteWriter {
 public:
  ByteWriter(const ByteWriter&) = delete;
  ByteWriter& operator=(const ByteWriter&) = delete;

  /// Where the next byte goes, counted from the beginning of the body.
  std::uint32_t offset() const noexcept {
    return area_offset_ + static_cast<std::uint32_t>(cursor_ - area_begin_);
  }
  bool failed() const noexcept { return failed_; }

  /// Room for `size` bytes in one piece, or null. Written bytes are taken over by `advance_to`.
  char* contiguous(std::size_t size) noexcept {
    return static_cast<std::size_t>(area_end_ - cursor_) >= size ? cursor_ : nullptr;
  }
  void advance_to(char* end) noexcept { cursor_ = end; }

  void write(const void* data, std::size_t size) noexcept {
    if (char* out = contiguous(size)) {
      cursor_ = write_bytes(out, data, size);
    } else {
      write_in_pieces(static_cast<const char*>(data), size);
    }
  }
  void write_tag_and_length(std::uint32_t field_tag, std::uint64_t length) noexcept {
    char text[20];
    char* end = write_varint(write_varint(text, field_tag), length);
    write(text, static_cast<std::size_t>(end - text));
  }
  /// Tag, length and text; bad UTF-8 is repaired.
  void write_text(std::uint32_t field_tag, std::string_view text) noexcept;

  /// Begins a message of unknown size; `end_message` fills in its length.
  std::uint32_t begin_message(std::uint32_t field_tag) noexcept;
  void end_message(std::uint32_t begin) noexcept;

 protected:
  ByteWriter(char* begin, char* cursor, char* end, std::uint32_t area_offset) noexcept
      : area_begin_(begin), cursor_(cursor), area_end_(end), area_offset_(area_offset) {}
  ~ByteWriter() = default;

  /// Goes on to a next area, or makes this one larger, for at least one more byte; false when there
  /// is no more. `set_area` says which.
  virtual bool next_area() noexcept = 0;
  /// The address of a byte that was written before.
  virtual char* at(std::uint32_t offset) noexcept = 0;

  void set_area(char* begin, char* cursor, char* end, std::uint32_t area_offset) noexcept {
    area_begin_ = begin;
    cursor_ = cursor;
    area_end_ = end;
    area_offset_ = area_offset;
  }
  char* area_begin() const noexcept { return area_begin_; }
  std::uint32_t area_offset() const noexcept { return area_offset_; }

 private:
  void write_in_pieces(const char* data, std::size_t size) noexcept;
  void write_repaired_text(std::uint32_t field_tag, std::string_view text) noexcept;

  char* area_begin_;
  char* cursor_;
  char* area_end_;
  std::uint32_t area_offset_;
  bool failed_ = false;
};

}  // namespace weft::inline v0::codec
