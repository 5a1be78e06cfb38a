// SPDX-License-Identifier: Apache-2.0
#include "delivery/header_list.hpp"

#include <gtest/gtest.h>

namespace weft::testing {

namespace {

using delivery::Headers;

Headers parse(std::string_view text) {
  std::string why;
  const auto headers = delivery::parse_header_list(text, why);
  EXPECT_TRUE(headers.has_value()) << why;
  return headers.value_or(Headers{});
}

std::string refusal(std::string_view text) {
  std::string why;
  EXPECT_FALSE(delivery::parse_header_list(text, why).has_value()) << text;
  return why;
}

}  // namespace

TEST(HeaderList, ReadsKeysAndValues) {
  EXPECT_EQ(parse("a=1,b=2"), (Headers{{"a", "1"}, {"b", "2"}}));
}

TEST(HeaderList, DropsWhiteSpaceAroundKeysAndValues) {
  EXPECT_EQ(parse(" a = 1 ,\tb\t=\t2\t"), (Headers{{"a", "1"}, {"b", "2"}}));
}

TEST(HeaderList, DecodesPercentEncodedValues) {
  EXPECT_EQ(parse("authorization=Bearer%20a%2Cb%3d"), (Headers{{"authorization", "Bearer a,b="}}));
}

TEST(HeaderList, LeavesAPlusAsItIs) { EXPECT_EQ(parse("a=1+2"), (Headers{{"a", "1+2"}})); }

TEST(HeaderList, LeavesWhatIsNoPercentEncodedByte) {
  EXPECT_EQ(parse("a=100%,b=%zz,c=%4"), (Headers{{"a", "100%"}, {"b", "%zz"}, {"c", "%4"}}));
}

TEST(HeaderList, SplitsAtTheFirstEqualsSign) {
  EXPECT_EQ(parse("key=abc=="), (Headers{{"key", "abc=="}}));
}

TEST(HeaderList, KnowsNoProperties) { EXPECT_EQ(parse("a=1;b=2"), (Headers{{"a", "1;b=2"}})); }

TEST(HeaderList, SkipsEmptyMembers) {
  EXPECT_EQ(parse(",a=1,, ,"), (Headers{{"a", "1"}}));
  EXPECT_EQ(parse(""), Headers{});
}

TEST(HeaderList, TakesTheLastOfARepeatedKey) { EXPECT_EQ(parse("a=1,a=2"), (Headers{{"a", "2"}})); }

TEST(HeaderList, TakesAnEmptyValue) { EXPECT_EQ(parse("a="), (Headers{{"a", ""}})); }

TEST(HeaderList, RefusesAMemberWithoutAnEqualsSignAndKeepsTheSecretToItself) {
  EXPECT_EQ(refusal("a=1,secret"), "member 2 is not key=value");
}

TEST(HeaderList, RefusesAKeyThatIsNoHeaderName) {
  EXPECT_EQ(refusal("a b=1"), "member 1: its name is no HTTP header name");
  EXPECT_EQ(refusal("=1"), "member 1: its name is no HTTP header name");
  EXPECT_EQ(refusal("caf\xc3\xa9=1"), "member 1: its name is no HTTP header name");
}

TEST(HeaderList, RefusesAValueThatWouldBeginAnotherHeader) {
  EXPECT_EQ(refusal("a=1%0d%0aX-Evil:%201"), "member 1: its value has control characters");
}

TEST(HeaderList, RefusesHeadersThatTheExporterSets) {
  for (const char* text : {"Content-Type=a", "content-length=3", "B3=1", "Content-Encoding=br"}) {
    EXPECT_EQ(refusal(text), "member 1: the exporter sets this header itself") << text;
  }
}

}  // namespace weft::testing
