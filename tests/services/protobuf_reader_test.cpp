// SPDX-License-Identifier: Apache-2.0
#include "protobuf_reader.hpp"

#include <gtest/gtest.h>

#include <string>

namespace viewer {
namespace {

using namespace std::string_literals;

TEST(ProtobufReader, ReadsEachKindOfField) {
  const std::string bytes =
      "\x08\x96\x01"s                          // 1: varint 150
      "\x11\x00\x00\x00\x00\x00\x00\xF0\x3F"s  // 2: fixed64, the double 1
      "\x1A\x03"s
      "abc"s                    // 3: bytes
      "\x25\x01\x02\x00\x00"s;  // 4: fixed32
  ProtobufReader reader(bytes);
  ASSERT_TRUE(reader.next());
  EXPECT_EQ(reader.number(), 1U);
  EXPECT_EQ(reader.integer(), 150U);
  ASSERT_TRUE(reader.next());
  EXPECT_EQ(reader.real(), 1.0);
  ASSERT_TRUE(reader.next());
  EXPECT_EQ(reader.bytes(), "abc");
  ASSERT_TRUE(reader.next());
  EXPECT_EQ(reader.integer(), 0x201U);
  EXPECT_FALSE(reader.next());
  EXPECT_TRUE(reader.ok());
}

TEST(ProtobufReader, ReadsTheLargestVarint) {
  const std::string bytes = "\x08\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"s;
  ProtobufReader reader(bytes);
  ASSERT_TRUE(reader.next());
  EXPECT_EQ(reader.integer(), UINT64_MAX);
}

TEST(ProtobufReader, StopsAtWhatIsNoMessage) {
  const std::string cases[] = {
      "\x08"s,                                          // a tag without its value
      "\x08\x80"s,                                      // a varint without its end
      "\x08\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x02"s,  // more than 64 bits
      "\x1A\x05 ab"s,                                   // bytes beyond the end
      "\x1A\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"s,  // far beyond
      "\x11\x01\x02\x03"s,                              // half of a fixed64
      "\x0B"s,                                          // a group
      "\x0F"s,                                          // no wire type
      "\x00\x01"s,                                      // field 0
      "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01\x01"s,  // a number beyond the range
  };
  for (const auto& bytes : cases) {
    ProtobufReader reader(bytes);
    EXPECT_FALSE(reader.next()) << testing::PrintToString(bytes);
    EXPECT_FALSE(reader.ok()) << testing::PrintToString(bytes);
  }
}

TEST(ProtobufReader, GivesNothingForAFieldOfAnotherKind) {
  const std::string bytes = "\x0A\x01x\x10\x07"s;
  ProtobufReader reader(bytes);
  ASSERT_TRUE(reader.next());
  EXPECT_EQ(reader.integer(), 0U);
  ASSERT_TRUE(reader.next());
  EXPECT_EQ(reader.bytes(), "");
  EXPECT_EQ(reader.real(), 0.0);
}

}  // namespace
}  // namespace viewer
