// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <bit>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

#include <weft/version.hpp>

namespace weft::inline v0 {

namespace detail {
/// `2 * size` lowercase hex digits of `bytes` to `out`.
WEFT_API void write_hex(const std::uint8_t* bytes, std::size_t size, char* out) noexcept;
/// Reads exactly `2 * size` lowercase hex digits; false (and `out` undefined) on anything else.
WEFT_API bool read_hex(std::string_view text, std::uint8_t* out, std::size_t size) noexcept;
}  // namespace detail

/// An identifier of `Size` bytes, all zero when invalid. A plain value; safe to share.
template <std::size_t Size, class Tag>
class BasicId {
 public:
  using Bytes = std::array<std::uint8_t, Size>;
  static constexpr std::size_t kSize = Size;

  constexpr BasicId() noexcept = default;
  constexpr explicit BasicId(const Bytes& bytes) noexcept : bytes_(bytes) {}

  /// The identifier that `2 * Size` lowercase hex digits spell; none for any other text and for
  /// the invalid all-zero one (W3C Trace Context, 3.2.2.3 and 3.2.2.4).
  static std::optional<BasicId> from_hex(std::string_view text) noexcept {
    BasicId id;
    if (!detail::read_hex(text, id.bytes_.data(), Size) || !id.is_valid()) return std::nullopt;
    return id;
  }

  constexpr const Bytes& bytes() const noexcept { return bytes_; }
  std::string to_hex() const {
    std::string text(2 * Size, '0');
    detail::write_hex(bytes_.data(), Size, text.data());
    return text;
  }
  constexpr bool is_valid() const noexcept {
    // By words: compared with an array of zeros, it would be stored and loaded first.
    static_assert(Size % sizeof(std::uint64_t) == 0);
    std::uint64_t any = 0;
    for (const std::uint64_t word : std::bit_cast<std::array<std::uint64_t, Size / 8>>(bytes_)) {
      any |= word;
    }
    return any != 0;
  }

  friend constexpr bool operator==(const BasicId&, const BasicId&) noexcept = default;
  friend constexpr auto operator<=>(const BasicId&, const BasicId&) noexcept = default;

  template <class Traits>
  friend std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& out,
                                                      const BasicId& id) {
    char text[2 * Size];
    detail::write_hex(id.bytes_.data(), Size, text);
    return out << std::string_view(text, 2 * Size);
  }

 private:
  Bytes bytes_{};
};

/// 16 bytes that name a trace. `to_hex()` gives 32 lowercase digits.
using TraceId = BasicId<16, struct TraceIdTag>;
/// 8 bytes that name a span within its trace. `to_hex()` gives 16 lowercase digits.
using SpanId = BasicId<8, struct SpanIdTag>;

}  // namespace weft::inline v0

/// The low 8 bytes serve as they are: ids are random.
template <std::size_t Size, class Tag>
struct std::hash<weft::BasicId<Size, Tag>> {
  std::size_t operator()(const weft::BasicId<Size, Tag>& id) const noexcept {
    std::size_t low = 0;
    std::memcpy(&low, id.bytes().data() + Size - sizeof low, sizeof low);
    return low;
  }
};
