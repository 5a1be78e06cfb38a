// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string_view>

#include <weft/version.hpp>

#include "wire/buffer.hpp"

namespace weft::inline v0::wire {

/// Packs request bodies; its tables (about 256 KiB) are made at the first one and used again.
/// Belongs to one thread.
class Gzip {
 public:
  Gzip() noexcept;
  ~Gzip();
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;

  /// Packs `text` into `out`; false when that would not make it smaller, or memory is short: send
  /// it as it is.
  bool pack(std::string_view text, Buffer& out);

 private:
  struct Stream;
  std::unique_ptr<Stream> stream_;
};

}  // namespace weft::inline v0::wire
