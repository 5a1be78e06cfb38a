// SPDX-License-Identifier: Apache-2.0
#include "request_head.hpp"

#include <gtest/gtest.h>

namespace weft::httplib::detail {
namespace {

TEST(RequestHead, GivesFieldsInOrderWithValuesAsTheyCame) {
  const HeaderList headers =
      parse_head("GET / HTTP/1.1\r\nHost: a\r\nbaggage:  k=%2C;p , l=%20 \r\nHost: b\r\n\r\n");
  EXPECT_EQ(headers, (HeaderList{{"Host", "a"}, {"baggage", "k=%2C;p , l=%20"}, {"Host", "b"}}));
}

TEST(RequestHead, LeavesOutWhatIsNoField) {
  EXPECT_EQ(parse_head("GET / HTTP/1.1\r\nno colon\r\n: no name\r\nempty:\r\n\r\n"),
            (HeaderList{{"empty", ""}}));
  EXPECT_TRUE(parse_head("").empty());
  EXPECT_TRUE(parse_head("GET / HTTP/1.1").empty());
  EXPECT_TRUE(parse_head("GET / HTTP/1.1\r\n").empty());
}

TEST(BaggageAgain, EncodesWhatMayNotStandInAValue) {
  EXPECT_EQ(encode_baggage_again("k=a b"), "k=a%20b");
  EXPECT_EQ(encode_baggage_again("k=100%"), "k=100%25");
  EXPECT_EQ(encode_baggage_again("k=\"q\\"), "k=%22q%5C");
  EXPECT_EQ(encode_baggage_again("k=\xC3\xA9\r\n"), "k=%C3%A9%0D%0A");
}

TEST(BaggageAgain, LeavesSeparatorsAndTheBlanksBesideThem) {
  for (const auto* same : {"", "k=v", "k=v , l=w;p=1; q", "k = v", "k=a=b"}) {
    EXPECT_EQ(encode_baggage_again(same), same);
  }
}

}  // namespace
}  // namespace weft::httplib::detail
