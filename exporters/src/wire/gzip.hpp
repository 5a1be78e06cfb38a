// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <weft/version.hpp>

#include "wire/buffer.hpp"

namespace weft::inline v0::wire {

/// Whether requests are packed.
enum class Packing : std::uint8_t {
  none,
  if_smaller,  // what would not become smaller is left as it is
  always,
};

/// Packs request bodies; its tables (about 256 KiB) are made at the first one and used again.
/// Belongs to one thread.
class Gzip {
 public:
  Gzip() noexcept;
  ~Gzip();
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;

  /// Packs `text` into `out`, behind the first `offset` bytes of it; false when that would not
  /// make it smaller (unless it is to be packed always), or memory is short: send it as it is.
  bool pack(std::string_view text, Buffer& out, Packing packing = Packing::if_smaller,
            std::size_t offset = 0);

 private:
  struct Stream;
  std::unique_ptr<Stream> stream_;
};

/// What became of `unpack`.
enum class Unpacked : std::uint8_t { whole, too_large, unreadable };
/// Unpacks one gzip member into `text`, of at most `limit` bytes.
Unpacked unpack(std::string_view packed, std::size_t limit, std::string& text);

}  // namespace weft::inline v0::wire
