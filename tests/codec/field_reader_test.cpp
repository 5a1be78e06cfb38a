// SPDX-License-Identifier: Apache-2.0
#include "codec/field_reader.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "codec/value_encoder.hpp"
#include "support/area_writer.hpp"

namespace {

namespace codec = weft::codec;
using codec::FieldReader;
using weft::AttributeValue;

// Text with NUL bytes.
template <std::size_t Size>
std::string_view bytes(const char (&text)[Size]) {
  return {text, Size - 1};
}

// How many fields there are before the end or the first bad byte.
int count(std::string_view message, bool* malformed = nullptr) {
  FieldReader reader(message);
  int fields = 0;
  while (const auto field = reader.next()) {
    EXPECT_EQ(field->encoded.data(), message.data() + field->offset);
    EXPECT_LE(field->encoded.data() + field->encoded.size(), message.data() + message.size());
    ++fields;
  }
  if (malformed != nullptr) *malformed = reader.malformed();
  return fields;
}

bool is_malformed(std::string_view message) {
  bool malformed = false;
  count(message, &malformed);
  return malformed;
}

TEST(FieldReader, OfNothingGivesNothing) {
  EXPECT_EQ(count(""), 0);
  EXPECT_FALSE(is_malformed(""));
}

TEST(FieldReader, ReadsAVarint) {
  const auto field = FieldReader(bytes("\x18\x96\x01")).next();
  ASSERT_TRUE(field.has_value());
  EXPECT_EQ(field->number, 150U);
}

TEST(FieldReader, ReadsTheLargestVarint) {
  const auto field = FieldReader(bytes("\x18\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")).next();
  ASSERT_TRUE(field.has_value());
  EXPECT_EQ(field->number, ~std::uint64_t{0});
}

TEST(FieldReader, ReadsFixedNumbers) {
  FieldReader reader(bytes("\x21\x08\x07\x06\x05\x04\x03\x02\x01\x35\x04\x03\x02\x01"));
  EXPECT_EQ(reader.next().value().number, 0x0102030405060708U);
  EXPECT_EQ(reader.next().value().number, 0x01020304U);
}

TEST(FieldReader, ReadsBytes) {
  EXPECT_EQ(FieldReader(bytes("\x0a\x03"
                              "abc"))
                .next()
                .value()
                .bytes,
            "abc");
}

TEST(FieldReader, ReadsEmptyBytes) {
  EXPECT_EQ(FieldReader(bytes("\x0a\x00")).next().value().bytes, "");
}

TEST(FieldReader, ReadsARedundantLength) {
  EXPECT_EQ(FieldReader(bytes("\x0a\x83\x80\x80\x00"
                              "abc"))
                .next()
                .value()
                .bytes,
            "abc");
}

TEST(FieldReader, RefusesAVarintWithoutEnd) {
  EXPECT_TRUE(is_malformed(bytes("\x18\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")));
  EXPECT_TRUE(is_malformed(bytes("\x18\x80")));
  EXPECT_TRUE(is_malformed(bytes("\x80")));
}

TEST(FieldReader, RefusesALengthBeyondTheEnd) {
  EXPECT_TRUE(
      is_malformed(bytes("\x0a\x04"
                         "abc")));
}

TEST(FieldReader, RefusesALengthThatWouldWrapAround) {
  EXPECT_TRUE(
      is_malformed(bytes("\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"
                         "abc")));
}

TEST(FieldReader, RefusesFixedNumbersThatAreCut) {
  EXPECT_TRUE(is_malformed(bytes("\x21\x01\x02\x03\x04\x05\x06\x07")));
  EXPECT_TRUE(is_malformed(bytes("\x35\x01\x02\x03")));
}

TEST(FieldReader, RefusesGroupsAndUnknownWireTypes) {
  for (const char tag : {'\x0b', '\x0c', '\x0e', '\x0f'}) {
    EXPECT_TRUE(is_malformed(std::string(1, tag) + std::string(10, '\0')));
  }
}

TEST(FieldReader, RefusesATagOfMoreThan32Bits) {
  EXPECT_TRUE(is_malformed(bytes("\x80\x80\x80\x80\x10\x01")));
}

TEST(FieldReader, GivesNothingAfterABadByte) {
  FieldReader reader(bytes("\x0b\x18\x01"));
  EXPECT_FALSE(reader.next().has_value());
  EXPECT_FALSE(reader.next().has_value());
}

TEST(FieldReader, GivesWhatCameBeforeABadByte) { EXPECT_EQ(count(bytes("\x18\x01\x0b")), 1); }

std::string valid_message() {
  weft::testing::AreaWriter out({1000});
  codec::write_attribute(out, codec::span_field::attributes, "a", "text", {});
  codec::write_attribute(out, codec::span_field::attributes, "b",
                         AttributeValue::Array{1, 2.0, AttributeValue::Map{{"k", true}}}, {});
  codec::write_attribute(out, codec::span_field::attributes, "c", 7, {});
  return out.text();
}

TEST(FieldReader, OfEveryPrefixGivesTheWholeFieldsAlone) {
  const std::string message = valid_message();
  std::vector<std::size_t> ends;
  FieldReader reader(message);
  while (const auto field = reader.next()) ends.push_back(field->offset + field->encoded.size());
  for (std::size_t size = 0; size < message.size(); ++size) {
    // A copy of exactly that size, so that a byte too many is seen by the sanitizer.
    const std::vector<char> prefix(message.begin(),
                                   message.begin() + static_cast<std::ptrdiff_t>(size));
    int whole = 0;
    for (const std::size_t end : ends) whole += end <= size ? 1 : 0;
    ASSERT_EQ(count({prefix.data(), prefix.size()}), whole) << size;
  }
}

TEST(Decoding, OfEveryPrefixOfAnAttributeEnds) {
  const std::string message = valid_message();
  FieldReader reader(message);
  while (const auto field = reader.next()) {
    for (std::size_t size = 0; size <= field->bytes.size(); ++size) {
      const std::vector<char> prefix(field->bytes.begin(),
                                     field->bytes.begin() + static_cast<std::ptrdiff_t>(size));
      const std::string_view text(prefix.data(), prefix.size());
      EXPECT_LE(codec::key_of(text).size(), text.size());
      (void)codec::decode_attribute(text);
    }
  }
}

TEST(Decoding, OfRandomBytesEnds) {
  std::mt19937 random(20'240'517);  // NOLINT: the same bytes each time
  for (int round = 0; round < 20'000; ++round) {
    std::vector<char> noise(random() % 64);
    for (char& c : noise) c = static_cast<char>(random());
    const std::string_view text(noise.data(), noise.size());
    ASSERT_LE(count(text), static_cast<int>(text.size()));
    (void)codec::decode_attribute(text);
    (void)codec::decode_value(text);
  }
}

TEST(Decoding, OfAMessageWithOneBadByteEnds) {
  const std::string message = valid_message();
  for (std::size_t at = 0; at < message.size(); ++at) {
    for (int value = 0; value < 256; ++value) {
      std::string damaged = message;
      damaged[at] = static_cast<char>(value);
      FieldReader reader(damaged);
      while (const auto field = reader.next()) (void)codec::decode_attribute(field->bytes);
    }
  }
}

TEST(Decoding, OfAnEmptyValueGivesEmptyText) {
  EXPECT_EQ(codec::decode_value(""), AttributeValue(""));
}

TEST(Decoding, OfAnUnknownKindGivesEmptyText) {
  EXPECT_EQ(codec::decode_value(bytes("\x42\x01x")), AttributeValue(""));
}

TEST(Decoding, OfAKeyValueWithoutKeyGivesNone) {
  EXPECT_EQ(codec::key_of(bytes("\x12\x02\x18\x01")), "");
}

std::string length_of(const std::string& text) {
  std::string length(10, '\0');
  length.erase(length.begin() + (codec::write_varint(length.data(), text.size()) - length.data()),
               length.end());
  return length;
}

// Arrays within arrays as deep as the bytes allow: written inside out.
std::string nested_arrays(int depth) {
  std::string value = "\x18\x01";  // int_value 1
  for (int i = 0; i < depth; ++i) {
    std::string outer(1, static_cast<char>(codec::common_field::list_values));
    outer += length_of(value) + value;
    value.assign(1, static_cast<char>(codec::common_field::array_value));
    value += length_of(outer) + outer;
  }
  return value;
}

int depth_of(const AttributeValue& value) {
  const auto* array = std::get_if<AttributeValue::Array>(&value.variant());
  return array == nullptr ? 0 : 1 + (array->empty() ? 0 : depth_of(array->front()));
}

TEST(Decoding, OfNestingWithoutBoundStopsAtOne) {
  EXPECT_LE(depth_of(codec::decode_value(nested_arrays(2000))), 65);
}

}  // namespace
