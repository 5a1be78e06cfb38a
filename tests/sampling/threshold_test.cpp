// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "sampling/asking.hpp"
#include "span/sampling_threshold.hpp"

namespace weft::testing {
namespace {

using detail::kRejectAll;
using detail::randomness_of;
using detail::read_randomness;
using detail::read_threshold;
using detail::threshold_of;
using detail::threshold_text;

std::string text_of(double ratio) { return threshold_text(threshold_of(ratio)); }

double ratio_of(std::uint64_t threshold) {
  return std::ldexp(static_cast<double>(kRejectAll - threshold), -56);
}

TEST(Threshold, IsSpelledAsTheSpecificationsTableSays) {
  EXPECT_EQ(text_of(1), "0");
  EXPECT_EQ(text_of(0.5), "8");
  EXPECT_EQ(text_of(0.25), "c");
  EXPECT_EQ(text_of(1.0 / 3), "aaab");
  EXPECT_EQ(text_of(0.1), "e666");
  EXPECT_EQ(text_of(0.01), "fd70a");
  EXPECT_EQ(text_of(0.001), "ffbe77");
}

// Rounded to four digits this would be nothing at all.
TEST(Threshold, OfARatioJustBelowOneIsNotZero) {
  EXPECT_EQ(text_of(0.999999), "000010c7");
  EXPECT_NEAR(1 - ratio_of(threshold_of(0.999999)), 1e-6, 1e-10);
}

// Rounded to twelve digits this would be 2^-48.
TEST(Threshold, OfTheSmallestRatioLetsOneInTwoToThe56thPass) {
  EXPECT_EQ(text_of(0x1p-56), "ffffffffffffff");
  EXPECT_EQ(ratio_of(threshold_of(0x1p-56)), 0x1p-56);
}

TEST(Threshold, OfATinyRatioIsExact) {
  for (int exponent = -40; exponent >= -56; --exponent) {
    EXPECT_EQ(ratio_of(threshold_of(std::ldexp(1.0, exponent))), std::ldexp(1.0, exponent));
  }
}

TEST(Threshold, NeverRejectsAll) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 10'000; ++i) {
    const double exponent = -56 * std::generate_canonical<double, 53>(random);
    EXPECT_LT(threshold_of(std::exp2(exponent)), kRejectAll) << exponent;
  }
}

TEST(Threshold, IsWithinAThousandthOfItsRatio) {
  std::mt19937_64 random(2);
  for (int i = 0; i < 10'000; ++i) {
    // Below 2^-40 the 56 bits themselves are coarser.
    const double ratio = std::exp2(-40 * std::generate_canonical<double, 53>(random));
    EXPECT_NEAR(ratio_of(threshold_of(ratio)) / ratio, 1, 1e-3) << ratio;
  }
}

TEST(Threshold, IsReadAsItIsSpelled) {
  std::mt19937_64 random(3);
  for (int i = 0; i < 10'000; ++i) {
    const std::uint64_t threshold = random() >> 8U & ~((std::uint64_t{1} << random() % 56U) - 1);
    EXPECT_EQ(read_threshold(threshold_text(threshold)), threshold);
  }
}

TEST(Threshold, IsPaddedOnTheRight) {
  EXPECT_EQ(read_threshold("8"), std::uint64_t{1} << 55U);
  EXPECT_EQ(read_threshold("08"), std::uint64_t{8} << 48U);
  EXPECT_EQ(read_threshold("0"), 0U);
}

TEST(Threshold, IsOneToFourteenLowerCaseHexDigits) {
  for (const char* text : {"", "F", "8F", "g", "0x8", "+8", " 8", "8 ", "-1", "123456789abcdef"}) {
    EXPECT_EQ(read_threshold(text), std::nullopt) << text;
  }
}

TEST(Randomness, IsFourteenLowerCaseHexDigits) {
  EXPECT_EQ(read_randomness("0123456789abcd"), 0x0123456789abcdU);
  for (const char* text : {"", "0123456789abc", "0123456789abcde", "0123456789ABCD"}) {
    EXPECT_EQ(read_randomness(text), std::nullopt) << text;
  }
}

TEST(Randomness, IsTheRightSevenBytesOfATraceId) {
  EXPECT_EQ(randomness_of(*TraceId::from_hex("ffffffffffffffffff23456789abcdef")),
            0x23456789abcdefU);
}

}  // namespace
}  // namespace weft::testing
