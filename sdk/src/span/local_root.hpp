// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>

#include <weft/ids.hpp>
#include <weft/version.hpp>

// Which local root a span is below, for a decision at the local root's end. It costs spans nothing:
// they inherit the clock's offset of their local root, and its lowest bits, 4 microseconds that no
// two machines' clocks agree about, tell local roots of one trace apart.

namespace weft::inline v0::detail {

inline constexpr std::int64_t kLocalRootBits = 0xFFF;
/// Set in the mark of the local root itself; beside `kLocalRootBits`.
inline constexpr std::uint16_t kIsLocalRoot = 0x8000;

/// The offset, marked with the local root that begins. Never 0.
inline std::int64_t local_root_offset(std::int64_t offset, const SpanId& root) noexcept {
  std::uint16_t random = 0;
  std::memcpy(&random, root.bytes().data(), sizeof random);
  const std::int64_t marked = (offset & ~kLocalRootBits) | (random & kLocalRootBits);
  return marked != 0 ? marked : 1;
}

/// `Record::local_root` of a span whose clock has this offset.
inline std::uint16_t local_root_mark(std::int64_t offset, bool is_local_root) noexcept {
  return static_cast<std::uint16_t>((offset & kLocalRootBits) | (is_local_root ? kIsLocalRoot : 0));
}

}  // namespace weft::inline v0::detail
