// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <weft/version.hpp>

// The productions of W3C Trace Context Level 2, 3.3.1, one function each. None allocates.

namespace weft::inline v0::detail::trace_state {

inline constexpr std::size_t kMaxMembers = 32;
inline constexpr std::size_t kMaxKeySize = 256;
inline constexpr std::size_t kMaxValueSize = 256;
/// Of a list as it comes: 32 of the longest members take 16,447 characters, the rest is for white
/// space and empty members, of which the grammar allows any number.
inline constexpr std::size_t kMaxListSize = std::size_t{20} << 10U;

/// The length of the key at the start of `text`, which ends at the first other character; 0 when
/// there is none or it is too long.
/// `key = ( lcalpha / DIGIT ) 0*255( lcalpha / DIGIT / "_" / "-" / "*" / "/" / "@" )`
std::size_t read_key(std::string_view text) noexcept;

/// The length of the value at the start of `text`; 0 when there is none or it is too long. Leading
/// spaces belong to it, trailing ones do not.
/// `value = 0*255( chr ) nblk-chr`, `chr` being 0x20 to 0x7E without `,` and `=`.
std::size_t read_value(std::string_view text) noexcept;

/// The length of the white space at the start of `text`. `OWS = *( SP / HTAB )`
std::size_t read_white_space(std::string_view text) noexcept;

struct Member {
  std::string_view key;
  std::string_view value;
  std::size_t size() const noexcept { return key.size() + 1 + value.size(); }
};

enum class Next : std::uint8_t { member, end, malformed };

/// Takes the next member off `list`, with the comma after it; passes over empty ones.
/// `list = list-member *( OWS "," OWS list-member )`, `list-member = key "=" value / OWS`
Next read_member(std::string_view& list, Member& member) noexcept;

/// Sets `size` to the length of `list` without white space and empty members. False for a list that
/// breaks the grammar or has more than 32 members; one longer than `kMaxListSize` is not read.
bool measure_list(std::string_view list, std::size_t& size) noexcept;

}  // namespace weft::inline v0::detail::trace_state
