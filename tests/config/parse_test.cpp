// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstdlib>
#include <stdexcept>

#include "config/support.hpp"

namespace {

using weft::config::Model;
using weft::config::parse;
using weft::config::parse_text;
using weft::config::Properties;
using weft::testing::FileCase;

Properties root_of(std::string_view text) {
  const auto model = parse_text(text, "weft.yaml");
  return model ? model->root : Properties();
}

TEST(Parse, GivesMapsListsAndScalarsWithTheirLines) {
  const Properties root = root_of("a: 1\nb:\n  - x\n  - {c: true}\n");
  EXPECT_EQ(*root.find("a")->integer(), 1);
  const Properties::List& list = *root.find("b")->list();
  EXPECT_EQ(*list[0].text(), "x");
  EXPECT_EQ(list[0].line(), 3);
  EXPECT_TRUE(*list[1].find("c")->boolean());
  EXPECT_EQ(root.find("d"), nullptr);
}

TEST(Parse, TakesQuotedScalarsAndBlocksForText) {
  const Properties root = root_of("a: \"1\"\nb: 'true'\nc: |\n  12\nd: \"\"\n");
  EXPECT_EQ(*root.find("a")->text(), "1");
  EXPECT_EQ(*root.find("b")->text(), "true");
  EXPECT_EQ(*root.find("c")->text(), "12\n");
  EXPECT_EQ(*root.find("d")->text(), "");
}

TEST(Parse, PutsVariablesInBeforeItLooksAtTypes) {
  setenv("WEFT_TEST_NUMBER", "0x10", 1);
  setenv("WEFT_TEST_LINES", "v\nk: v", 1);
  const Properties root = root_of(
      "a: ${WEFT_TEST_NUMBER}\nb: \"${WEFT_TEST_NUMBER}\"\nc: ${WEFT_TEST_UNSET}\n"
      "d: ${WEFT_TEST_LINES}\ne: ${WEFT_TEST_UNSET:-true}\n${WEFT_TEST_NUMBER}: key\n");
  unsetenv("WEFT_TEST_NUMBER");
  unsetenv("WEFT_TEST_LINES");
  EXPECT_EQ(*root.find("a")->integer(), 16);
  EXPECT_EQ(*root.find("b")->text(), "0x10");
  EXPECT_TRUE(root.find("c")->is_null());
  EXPECT_EQ(*root.find("d")->text(), "v\nk: v");
  EXPECT_TRUE(*root.find("e")->boolean());
  EXPECT_NE(root.find("${WEFT_TEST_NUMBER}"), nullptr);  // keys are left as they are
}

TEST(Parse, FollowsAliases) {
  const Properties root = root_of("a: &x {k: 1}\nb: *x\n");
  EXPECT_EQ(*root.find("b")->find("k")->integer(), 1);
}

TEST(Parse, ANullValueStandsInTheLineOfItsKey) {
  const Properties root = root_of("a:\nb: {c: }\n\nd: 1\n");
  EXPECT_EQ(root.find("a")->line(), 1);
  EXPECT_EQ(root.find("b")->find("c")->line(), 2);
}

TEST(Parse, TellsASecondDocumentAndTakesTheFirst) {
  for (const char* second : {"---\nb: 2\n", "---\nb: [\n", "...\n---\n"}) {
    const FileCase two("file_format: \"1.0\"\n" + std::string(second));
    ASSERT_TRUE(two.model);
    EXPECT_NE(two.configured, nullptr);
    EXPECT_NE(two.error().find("a second document begins here; it is ignored (a file has one)"),
              std::string::npos)
        << two.error();
  }
  EXPECT_EQ(FileCase("file_format: \"1.0\"\n---\nb: 2\n").error().find("weft.yaml:2: "), 0U);
}

TEST(Parse, TakesTheMarksAroundTheOneDocument) {
  EXPECT_EQ(FileCase("---\nfile_format: \"1.0\"\n...\n").error(), FileCase::kNoError);
}

TEST(Parse, NamesTheLineOfBadYaml) {
  const FileCase bad("a: 1\nb: [1, 2\nc: 3\n");
  EXPECT_FALSE(bad.model);
  EXPECT_EQ(bad.error().find("weft.yaml:"), 0U) << bad.error();
  EXPECT_NE(bad.error().find("; the file is not used"), std::string::npos) << bad.error();
}

TEST(Parse, RefusesAMalformedReferenceWithItsRemedy) {
  EXPECT_EQ(FileCase("a: 1\nb: ${1X}\n").error(),
            "weft.yaml:2: \"${1X}\" is no reference to a variable: write ${NAME}, "
            "${NAME:-default}, or $$ for a dollar sign; the file is not used");
}

TEST(Parse, RefusesAKeyThatIsThereTwice) {
  EXPECT_EQ(FileCase("a: 1\na: 2\n").error(),
            "weft.yaml:2: the key \"a\" is there twice; the file is not used");
}

TEST(Parse, OfAliasesThatMultiplyStopsAtABound) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 9; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int k = 0; k < 10; ++k) bomb += (k == 0 ? "" : ", ") + before;
    bomb += "]\n";
  }
  EXPECT_NE(FileCase(bomb).error().find("there are more than 100000 nodes"), std::string::npos);
}

TEST(Parse, OfNestingWithoutEndStopsAtABound) {
  EXPECT_FALSE(FileCase("a: " + std::string(10'000, '[')).model);
  EXPECT_FALSE(FileCase("a: " + std::string(100, '[') + std::string(100, ']')).model);
}

TEST(Parse, RefusesAFileOfMoreThanAMebibyte) {
  EXPECT_EQ(FileCase("a: " + std::string(1'100'000, 'x')).error(),
            "weft.yaml is larger than 1 MiB; it is not used");
}

TEST(Parse, RefusesAFileThatIsNotThere) {
  std::string told;
  EXPECT_FALSE(parse("/nowhere/weft.yaml", [&](const weft::Error& error) { told = error.what; }));
  EXPECT_EQ(told, "OTEL_CONFIG_FILE=\"/nowhere/weft.yaml\" cannot be read; it is not used");
}

TEST(Parse, ContainsAnErrorHandlerThatThrows) {
  EXPECT_FALSE(
      parse_text("a: [", "weft.yaml", [](const weft::Error&) { throw std::runtime_error("no"); }));
}

TEST(Parse, OfEveryPrefixOfAFileEnds) {
  const std::string text =
      "file_format: \"1.0\"\ntracer_provider:\n  processors:\n    - batch: &b {exporter: "
      "{console: }}\n    - simple: *b\nresource: |\n  ${A:-b} $$\n";
  for (std::size_t size = 0; size <= text.size(); ++size) FileCase(text.substr(0, size));
}

}  // namespace
