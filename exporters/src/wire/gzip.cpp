// SPDX-License-Identifier: Apache-2.0
#include "wire/gzip.hpp"

#include <zlib.h>

#include <array>
#include <limits>

namespace weft::inline v0::wire {

namespace {

// Spans repeat themselves so much that the fastest level takes most of what there is to take.
constexpr int kLevel = Z_BEST_SPEED;
constexpr int kGzipFormat = 15 + 16;  // zlib's way to say: the largest window, and gzip's header
constexpr int kMemory = 8;            // zlib's default

}  // namespace

struct Gzip::Stream {
  z_stream z{};
  bool ready = false;

  bool begin() noexcept {
    if (ready) return deflateReset(&z) == Z_OK;
    ready = deflateInit2(&z, kLevel, Z_DEFLATED, kGzipFormat, kMemory, Z_DEFAULT_STRATEGY) == Z_OK;
    return ready;
  }
  ~Stream() {
    if (ready) deflateEnd(&z);
  }
};

Gzip::Gzip() noexcept = default;
Gzip::~Gzip() = default;

bool Gzip::pack(std::string_view text, Buffer& out, Packing packing, std::size_t offset) {
  if (packing == Packing::none || text.empty()) return false;
  if (text.size() > std::numeric_limits<uInt>::max() / 2) return false;
  if (!stream_) stream_ = std::make_unique<Stream>();
  if (!stream_->begin()) return false;
  z_stream& z = stream_->z;
  std::size_t room = text.size();
  if (packing == Packing::always) room = deflateBound(&z, static_cast<uLong>(text.size()));
  // zlib does not write to what it reads, but its type does not say so.
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  z.avail_in = static_cast<uInt>(text.size());
  z.next_out = reinterpret_cast<Bytef*>(out.reserve(offset + room) + offset);
  z.avail_out = static_cast<uInt>(room);
  if (deflate(&z, Z_FINISH) != Z_STREAM_END) return false;
  out.set_size(offset + room - z.avail_out);
  return true;
}

Unpacked unpack(std::string_view packed, std::size_t limit, std::string& text) {
  z_stream z{};
  if (packed.size() > std::numeric_limits<uInt>::max() || inflateInit2(&z, kGzipFormat) != Z_OK) {
    return Unpacked::unreadable;
  }
  const std::unique_ptr<z_stream, decltype(&inflateEnd)> end(&z, &inflateEnd);
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  z.avail_in = static_cast<uInt>(packed.size());
  std::array<char, 4096> piece{};
  text.clear();
  while (true) {
    z.next_out = reinterpret_cast<Bytef*>(piece.data());
    z.avail_out = static_cast<uInt>(piece.size());
    const int result = inflate(&z, Z_NO_FLUSH);
    if (result != Z_OK && result != Z_STREAM_END) return Unpacked::unreadable;
    text.append(piece.data(), piece.size() - z.avail_out);
    if (text.size() > limit) return Unpacked::too_large;
    if (result == Z_STREAM_END) return Unpacked::whole;
  }
}

}  // namespace weft::inline v0::wire
