// SPDX-License-Identifier: Apache-2.0
// The writer over areas of memory: a field may cross their borders anywhere.
#include "codec/byte_writer.hpp"

#include <gtest/gtest.h>
#include <weft/attribute.hpp>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "codec/field_reader.hpp"
#include "codec/value_encoder.hpp"
#include "support/area_writer.hpp"

namespace {

namespace codec = weft::codec;
using weft::AttributeValue;
using weft::testing::AreaWriter;

const std::map<std::string, AttributeValue> kValue = {
    {"array", AttributeValue::Array{1, "two", 3.0}},
    {"bytes", AttributeValue::Bytes(20)},
    {"text", "\xFF repaired"},
};

bool write(AreaWriter& out) {
  return codec::write_attribute(out, codec::span_field::attributes, "first", "plain text", {}) &&
         codec::write_attribute(out, codec::span_field::attributes, "key", kValue, {});
}

std::vector<weft::Attribute> decode(const std::string& text) {
  std::vector<weft::Attribute> attributes;
  codec::FieldReader reader(text);
  while (const auto field = reader.next()) {
    attributes.push_back(codec::decode_attribute(field->bytes));
  }
  EXPECT_FALSE(reader.malformed());
  return attributes;
}

std::string in_one_area() {
  AreaWriter out({1000});
  EXPECT_TRUE(write(out));
  return out.text();
}

TEST(ByteWriter, MayCrossABorderAtEveryByte) {
  const std::vector<weft::Attribute> expected = decode(in_one_area());
  for (std::size_t border = 0; border <= in_one_area().size(); ++border) {
    AreaWriter out({border, 1000});
    ASSERT_TRUE(write(out)) << border;
    ASSERT_EQ(decode(out.text()), expected) << border;
  }
}

TEST(ByteWriter, MayCrossManyBorders) {
  const std::vector<weft::Attribute> expected = decode(in_one_area());
  for (std::size_t size = 1; size < 20; ++size) {
    AreaWriter out(std::vector<std::size_t>(500, size));
    ASSERT_TRUE(write(out)) << size;
    ASSERT_EQ(decode(out.text()), expected) << size;
  }
}

TEST(ByteWriter, FailsWhereverThereIsNoRoom) {
  const std::size_t whole = in_one_area().size();
  for (std::size_t size = 0; size < whole; ++size) {
    AreaWriter out({size});
    ASSERT_FALSE(write(out)) << size << " of " << whole;
  }
}

TEST(ByteWriter, FailsWhereverThereIsNoMoreRoomInPieces) {
  for (std::size_t areas = 1; areas < 40; ++areas) {
    AreaWriter out(std::vector<std::size_t>(areas, 3));
    ASSERT_FALSE(write(out)) << areas;
  }
}

TEST(ByteWriter, StaysFailed) {
  AreaWriter out({3});
  out.write("1234", 4);
  out.write("", 0);
  EXPECT_TRUE(out.failed());
}

TEST(ByteWriter, CountsItsOffsetOverBorders) {
  AreaWriter out({3, 3, 3});
  out.write("1234567", 7);
  EXPECT_EQ(out.offset(), 7U);
}

TEST(ByteWriter, WritesNothingWhenThereIsNothing) {
  AreaWriter out({0, 10});
  out.write(nullptr, 0);
  EXPECT_EQ(out.offset(), 0U);
}

}  // namespace
