// SPDX-License-Identifier: Apache-2.0
#include "wire/gzip.hpp"

#include <zlib.h>

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

}  // namespace weft::inline v0::wire
