// SPDX-License-Identifier: Apache-2.0
#include "codec/wire.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "support/hex.hpp"

namespace {

namespace codec = weft::codec;
using weft::testing::hex;

std::string varint(std::uint64_t value) {
  char text[10];
  return {text, static_cast<std::size_t>(codec::write_varint(text, value) - text)};
}

TEST(Wire, VarintsAreThoseOfTheSpecification) {
  EXPECT_EQ(hex(varint(0)), "00");
  EXPECT_EQ(hex(varint(1)), "01");
  EXPECT_EQ(hex(varint(127)), "7f");
  EXPECT_EQ(hex(varint(128)), "80 01");
  EXPECT_EQ(hex(varint(150)), "96 01");
  EXPECT_EQ(hex(varint(300)), "ac 02");
  EXPECT_EQ(hex(varint(16383)), "ff 7f");
  EXPECT_EQ(hex(varint(16384)), "80 80 01");
  EXPECT_EQ(hex(varint(std::numeric_limits<std::uint64_t>::max())),
            "ff ff ff ff ff ff ff ff ff 01");
}

TEST(Wire, AVarintTakesItsSizeAtEveryBorder) {
  for (unsigned bits = 0; bits < 64; ++bits) {
    const std::uint64_t border = std::uint64_t{1} << bits;
    for (const std::uint64_t value : {border - 1, border, border + 1}) {
      ASSERT_EQ(varint(value).size(), codec::varint_size(value)) << value;
    }
  }
}

TEST(Wire, FixedNumbersAreLittleEndian) {
  char eight[8];
  codec::write_fixed64(eight, 0x0102030405060708U);
  char four[4];
  codec::write_fixed32(four, 0x01020304U);
  EXPECT_EQ(hex({eight, 8}), "08 07 06 05 04 03 02 01");
  EXPECT_EQ(hex({four, 4}), "04 03 02 01");
}

TEST(Wire, APaddedLengthIsAVarintOfFourBytes) {
  char text[codec::kPaddedLength];
  codec::write_padded_length(text, 5);
  EXPECT_EQ(hex({text, sizeof text}), "85 80 80 00");
}

TEST(Wire, APaddedLengthHoldsItsMaximum) {
  char text[codec::kPaddedLength];
  codec::write_padded_length(text, codec::kMaximumPaddedLength);
  EXPECT_EQ(hex({text, sizeof text}), "ff ff ff 7f");
}

// opentelemetry/proto/trace/v1/trace.proto and common.proto: number and wire type of each field.
static_assert(codec::span_field::trace_id == 0x0A && codec::span_field::span_id == 0x12 &&
              codec::span_field::trace_state == 0x1A && codec::span_field::parent_span_id == 0x22 &&
              codec::span_field::name == 0x2A && codec::span_field::kind == 0x30 &&
              codec::span_field::start_time == 0x39 && codec::span_field::end_time == 0x41 &&
              codec::span_field::attributes == 0x4A &&
              codec::span_field::dropped_attributes == 0x50 && codec::span_field::events == 0x5A &&
              codec::span_field::dropped_events == 0x60 && codec::span_field::links == 0x6A &&
              codec::span_field::dropped_links == 0x70 && codec::span_field::status == 0x7A &&
              codec::span_field::flags == 0x85);
static_assert(codec::event_field::time == 0x09 && codec::event_field::name == 0x12 &&
              codec::event_field::attributes == 0x1A &&
              codec::event_field::dropped_attributes == 0x20);
static_assert(codec::link_field::trace_id == 0x0A && codec::link_field::span_id == 0x12 &&
              codec::link_field::trace_state == 0x1A && codec::link_field::attributes == 0x22 &&
              codec::link_field::dropped_attributes == 0x28 && codec::link_field::flags == 0x35);
static_assert(codec::status_field::message == 0x12 && codec::status_field::code == 0x18);
static_assert(codec::common_field::string_value == 0x0A &&
              codec::common_field::bool_value == 0x10 && codec::common_field::int_value == 0x18 &&
              codec::common_field::double_value == 0x21 &&
              codec::common_field::array_value == 0x2A &&
              codec::common_field::kvlist_value == 0x32 &&
              codec::common_field::bytes_value == 0x3A);

}  // namespace
