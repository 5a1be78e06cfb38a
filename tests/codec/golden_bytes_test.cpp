// SPDX-License-Identifier: Apache-2.0
// Attributes against bytes worked out by hand from protobuf's encoding page and OTLP's
// common.proto.
#include <gtest/gtest.h>
#include <weft/attribute.hpp>

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "codec/value_encoder.hpp"
#include "support/area_writer.hpp"
#include "support/hex.hpp"

namespace {

namespace codec = weft::codec;

// The field `attributes` of a Span: "k" = value.
std::string bytes_of(const weft::AttributeValueView& value, const codec::ValueLimits& limits = {}) {
  weft::testing::AreaWriter out({1000});
  EXPECT_TRUE(codec::write_attribute(out, codec::span_field::attributes, "k", value, limits));
  return weft::testing::hex(out.text());
}

TEST(GoldenBytes, OfText) { EXPECT_EQ(bytes_of("v"), "4a 08 0a 01 6b 12 03 0a 01 76"); }

TEST(GoldenBytes, OfEmptyText) { EXPECT_EQ(bytes_of(""), "4a 07 0a 01 6b 12 02 0a 00"); }

TEST(GoldenBytes, OfTrue) { EXPECT_EQ(bytes_of(true), "4a 07 0a 01 6b 12 02 10 01"); }

TEST(GoldenBytes, OfFalse) { EXPECT_EQ(bytes_of(false), "4a 07 0a 01 6b 12 02 10 00"); }

TEST(GoldenBytes, OfASmallInteger) { EXPECT_EQ(bytes_of(42), "4a 07 0a 01 6b 12 02 18 2a"); }

TEST(GoldenBytes, OfALargerInteger) { EXPECT_EQ(bytes_of(150), "4a 08 0a 01 6b 12 03 18 96 01"); }

TEST(GoldenBytes, OfANegativeInteger) {
  EXPECT_EQ(bytes_of(-1), "4a 10 0a 01 6b 12 0b 18 ff ff ff ff ff ff ff ff ff 01");
}

TEST(GoldenBytes, OfTheLeastInteger) {
  EXPECT_EQ(bytes_of(std::numeric_limits<std::int64_t>::min()),
            "4a 10 0a 01 6b 12 0b 18 80 80 80 80 80 80 80 80 80 01");
}

TEST(GoldenBytes, OfADouble) {
  EXPECT_EQ(bytes_of(1.5), "4a 0e 0a 01 6b 12 09 21 00 00 00 00 00 00 f8 3f");
}

TEST(GoldenBytes, OfBytes) {
  const std::vector<std::byte> bytes = {std::byte{0xDE}, std::byte{0xAD}};
  EXPECT_EQ(bytes_of(bytes), "4a 09 0a 01 6b 12 04 3a 02 de ad");
}

// Lengths that are not known beforehand take four bytes, the unused ones redundant.
TEST(GoldenBytes, OfAnArray) {
  EXPECT_EQ(bytes_of(std::vector<int>{1, 2}),
            "4a 9b 80 80 00 0a 01 6b 12 93 80 80 00 2a 8e 80 80 00"
            " 0a 82 80 80 00 18 01 0a 82 80 80 00 18 02");
}

TEST(GoldenBytes, OfAnEmptyArray) {
  EXPECT_EQ(bytes_of(std::vector<int>()), "4a 8d 80 80 00 0a 01 6b 12 85 80 80 00 2a 80 80 80 00");
}

TEST(GoldenBytes, OfAMap) {
  EXPECT_EQ(bytes_of({{"a", 1}}),
            "4a 96 80 80 00 0a 01 6b 12 8e 80 80 00 32 89 80 80 00 0a 07 0a 01 61 12 02 18 01");
}

TEST(GoldenBytes, OfTextThatIsNotUtf8) {
  EXPECT_EQ(bytes_of("\xFF"), "4a 8d 80 80 00 0a 01 6b 12 85 80 80 00 0a 03 ef bf bd");
}

TEST(GoldenBytes, OfAnUnsignedNumberBeyondTheIntegers) {
  EXPECT_EQ(bytes_of(std::numeric_limits<std::uint64_t>::max()),
            "4a 9e 80 80 00 0a 01 6b 12 96 80 80 00 0a 14 31 38 34 34 36 37 34 34 30 37 33 37 30 39"
            " 35 35 31 36 31 35");
}

TEST(GoldenBytes, OfTextThatIsCut) {
  EXPECT_EQ(bytes_of("abc", {.length = 2}), "4a 8c 80 80 00 0a 01 6b 12 84 80 80 00 0a 02 61 62");
}

TEST(GoldenBytes, OfAValueThatIsTooDeep) {
  EXPECT_EQ(bytes_of(std::vector<int>{1}, {.depth = 0}), "4a 88 80 80 00 0a 01 6b 12 80 80 80 00");
}

TEST(GoldenBytes, OfAKeyThatIsNotUtf8) {
  weft::testing::AreaWriter out({1000});
  ASSERT_TRUE(codec::write_attribute(out, codec::span_field::attributes, "\xFF", true, {}));
  EXPECT_EQ(weft::testing::hex(out.text()), "4a 8c 80 80 00 0a 03 ef bf bd 12 82 80 80 00 10 01");
}

TEST(GoldenBytes, OfALongKeyAndText) {
  weft::testing::AreaWriter out({1000});
  const std::string key(200, 'k');
  const std::string text(300, 't');
  ASSERT_TRUE(codec::write_attribute(out, codec::span_field::attributes, key, text, {}));
  // KeyValue: 1+2+200 for the key, 1+2+303 for the value, whose text takes 1+2+300.
  EXPECT_EQ(out.text(), "\x4a\xfd\x03\x0a\xc8\x01" + key + "\x12\xaf\x02\x0a\xac\x02" + text);
}

}  // namespace
