// SPDX-License-Identifier: Apache-2.0
#include "platform/visible_text.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "platform/type_name.hpp"

namespace {

using weft::detail::type_name;
using weft::detail::visible_text;

TEST(VisibleText, LeavesPlainTextAlone) {
  EXPECT_EQ(visible_text("größe = 5 µs", 100), "größe = 5 µs");
}

TEST(VisibleText, SpellsLineBreaks) { EXPECT_EQ(visible_text("a\r\n\tb", 100), "a\\r\\n\\tb"); }

TEST(VisibleText, SpellsOtherControlCharacters) {
  EXPECT_EQ(visible_text(std::string_view("\x1b[2J\0\x7f", 6), 100), "\\x1b[2J\\x00\\x7f");
}

TEST(VisibleText, SpellsTheControlCharactersBeyondAscii) {
  EXPECT_EQ(visible_text("a\xc2\x9b"
                         "1m",
                         100),
            "a\\x9b1m");
}

TEST(VisibleText, ShowsTheBeginningOfALongTextAndItsSize) {
  EXPECT_EQ(visible_text(std::string(1000, 'x'), 4), "xxxx… (1000 bytes)");
}

TEST(VisibleText, NeverEndsInsideACharacter) {
  EXPECT_EQ(visible_text("ab€cd", 4), "ab… (7 bytes)");
}

TEST(VisibleText, CutsWhatIsNoTextWhereItMust) {
  EXPECT_EQ(visible_text(std::string(20, '\x80'), 10).substr(0, 7), std::string(7, '\x80'));
}

class Local {};

TEST(TypeName, IsSpelledAsInTheSource) {
  EXPECT_EQ(type_name(typeid(std::vector<int>)), "std::vector<int, std::allocator<int> >");
}

TEST(TypeName, NamesTypesInUnnamedNamespaces) {
  EXPECT_EQ(type_name(typeid(Local)), "(anonymous namespace)::Local");
}

}  // namespace

namespace weft::inline v0 {
struct Sample {};
TEST(TypeName, HidesTheInlineNamespace) {
  EXPECT_EQ(type_name(typeid(std::vector<Sample>)),
            "std::vector<weft::Sample, std::allocator<weft::Sample> >");
}
}  // namespace weft::inline v0
