// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <weft/version.hpp>

#include <string>

namespace {

TEST(Version, LibraryAndHeadersAgree) { EXPECT_STREQ(weft::version(), WEFT_VERSION_STRING); }

TEST(Version, TextAndNumbersAgree) {
  EXPECT_EQ(std::to_string(WEFT_VERSION_MAJOR) + "." + std::to_string(WEFT_VERSION_MINOR) + "." +
                std::to_string(WEFT_VERSION_PATCH),
            WEFT_VERSION_STRING);
}

}  // namespace
