// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>

#include "token_key.hpp"

namespace {

using std::chrono::seconds;
using storefront::TokenError;
using storefront::TokenKey;

const TokenKey& key() {
  static const TokenKey made("0123456789abcdef0123456789abcdef");
  return made;
}

std::string why_not(const std::string& token) {
  try {
    return "it names " + key().verify(token);
  } catch (const TokenError& error) {
    return error.what();
  }
}

TEST(StorefrontToken, NamesTheUserItWasSignedFor) {
  EXPECT_EQ(key().verify(key().sign("ann", seconds(60))), "ann");
}

TEST(StorefrontToken, OfAnotherKeyIsRefused) {
  const TokenKey other("another key of thirty-two bytes.");
  EXPECT_EQ(why_not(other.sign("ann", seconds(60))),
            "the token is malformed or its signature is wrong");
}

TEST(StorefrontToken, ThatWasChangedIsRefused) {
  std::string token = key().sign("ann", seconds(60));
  token[token.find('.') + 5] ^= 1;
  EXPECT_EQ(why_not(token), "the token is malformed or its signature is wrong");
}

TEST(StorefrontToken, ThatIsOutOfDateIsRefused) {
  EXPECT_EQ(why_not(key().sign("ann", seconds(-1))), "the token is out of date");
}

TEST(StorefrontToken, WithoutASignatureIsRefused) {
  // {"alg":"none","typ":"JWT"} and {"sub":"ann","exp":9999999999}
  EXPECT_EQ(why_not("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0."
                    "eyJzdWIiOiJhbm4iLCJleHAiOjk5OTk5OTk5OTl9."),
            "the token is malformed or its signature is wrong");
}

TEST(StorefrontToken, OfAnotherAlgorithmIsRefused) {
  // {"alg":"HS512","typ":"JWT"} and the same, signed with our key.
  EXPECT_EQ(why_not("eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9."
                    "eyJzdWIiOiJhbm4iLCJleHAiOjk5OTk5OTk5OTl9."
                    "ByfXdSGIJkDL8rI3f0ah5fAhravaHqkSfzITJTY183KjDqknfiXCI_AlLrP8"
                    "bH_0aEgxp8HJhXhb7Rs2amDJCw"),
            "the token's algorithm is not HS256");
}

TEST(StorefrontToken, ThatIsNoneIsRefused) {
  EXPECT_EQ(why_not("nonsense"), "the token is malformed or its signature is wrong");
}

TEST(StorefrontToken, ThatNamesNobodyIsRefused) {
  EXPECT_EQ(why_not(key().sign("", seconds(60))), "the token names no user");
}

TEST(StorefrontToken, NeedsAKeyOfThirtyTwoBytes) {
  EXPECT_THROW(TokenKey("0123456789abcdef0123456789abcde"), TokenError);
}

}  // namespace
