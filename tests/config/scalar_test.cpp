// SPDX-License-Identifier: Apache-2.0
#include "scalar.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace {

using weft::config::Properties;
using weft::config::typed_scalar;

TEST(Scalar, OfNothingIsNothing) {
  for (const char* text : {"", "~", "null", "Null", "NULL"}) {
    EXPECT_TRUE(Properties(typed_scalar(text), 1).is_null()) << text;
  }
}

TEST(Scalar, OfTruthIsABoolean) {
  for (const char* text : {"true", "True", "TRUE"}) {
    EXPECT_TRUE(std::get<bool>(typed_scalar(text))) << text;
  }
  for (const char* text : {"false", "False", "FALSE"}) {
    EXPECT_FALSE(std::get<bool>(typed_scalar(text))) << text;
  }
}

TEST(Scalar, OfDigitsIsAnInteger) {
  const std::pair<const char*, std::int64_t> cases[] = {
      {"0", 0},
      {"12", 12},
      {"-12", -12},
      {"+12", 12},
      {"007", 7},
      {"0o17", 15},
      {"0xdeadbeef", 3735928559},
      {"9223372036854775807", INT64_MAX},
      {"-9223372036854775808", INT64_MIN},
  };
  for (const auto& [text, number] : cases) {
    const Properties::Value value = typed_scalar(text);
    ASSERT_TRUE(std::holds_alternative<std::int64_t>(value)) << text;
    EXPECT_EQ(std::get<std::int64_t>(value), number) << text;
  }
}

TEST(Scalar, WithAPointOrAnExponentIsARealNumber) {
  const std::pair<const char*, double> cases[] = {
      {"1.1", 1.1},       {"-0.5", -0.5},       {".5", 0.5},
      {"1.", 1.0},        {"1e3", 1000},        {"+1E-2", 0.01},
      {".inf", INFINITY}, {"-.INF", -INFINITY}, {"9223372036854775808", 9223372036854775808.0},
  };
  for (const auto& [text, number] : cases) {
    const Properties::Value value = typed_scalar(text);
    ASSERT_TRUE(std::holds_alternative<double>(value)) << text;
    EXPECT_EQ(std::get<double>(value), number) << text;
  }
  EXPECT_TRUE(std::isnan(std::get<double>(typed_scalar(".nan"))));
}

TEST(Scalar, OfAnythingElseIsText) {
  for (const char* text : {"value", "yes", "no", "tRUE", "nULL", "1 2", "0x", "0xg", "0o8", "1.2.3",
                           "e3", "inf", "nan", "-", ".", "1e", "--1", "+-1", "-0x1"}) {
    const Properties::Value value = typed_scalar(text);
    ASSERT_TRUE(std::holds_alternative<std::string>(value)) << text;
    EXPECT_EQ(std::get<std::string>(value), text);
  }
}

}  // namespace
