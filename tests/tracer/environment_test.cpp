// SPDX-License-Identifier: Apache-2.0
#include "tracer/environment.hpp"

#include <gtest/gtest.h>

#include <clocale>
#include <cstdlib>

#include "tracer/fake_environment.hpp"

namespace {

using weft::ErrorCode;
using weft::detail::parse_integer;
using weft::detail::parse_list;
using weft::detail::parse_pairs;
using weft::detail::parse_ratio;
using weft::detail::percent_decoded;
using weft::detail::refusal;
using weft::detail::TextPairs;
using weft::testing::FakeEnvironment;

TEST(ParseInteger, TakesDecimalDigitsAlone) {
  EXPECT_EQ(parse_integer("0"), 0U);
  EXPECT_EQ(parse_integer("2048"), 2048U);
  EXPECT_EQ(parse_integer("18446744073709551615"), UINT64_MAX);
  for (const char* text :
       {"", "-1", "+1", "1.0", "1e3", "0x10", "12 ", " 12", "12ms", "18446744073709551616"}) {
    EXPECT_EQ(parse_integer(text), std::nullopt) << text;
  }
}

TEST(ParseRatio, TakesNumbersFromZeroToOne) {
  EXPECT_EQ(parse_ratio("0"), 0.0);
  EXPECT_EQ(parse_ratio("1"), 1.0);
  EXPECT_EQ(parse_ratio("0.25"), 0.25);
  EXPECT_EQ(parse_ratio("1e-3"), 0.001);
  for (const char* text : {"", "-0.1", "1.1", "nan", "inf", "0,5", "0.5x", "half", "50%"}) {
    EXPECT_EQ(parse_ratio(text), std::nullopt) << text;
  }
}

TEST(ParseRatio, DoesNotDependOnTheProgramsLocale) {
  for (const char* name : {"de_DE.UTF-8", "de_DE", "fr_FR.UTF-8"}) {
    if (std::setlocale(LC_ALL, name) != nullptr) break;
  }
  EXPECT_EQ(parse_ratio("0.5"), 0.5);
  std::setlocale(LC_ALL, "C");
}

TEST(ParseList, TrimsMembersAndSkipsEmptyOnes) {
  EXPECT_EQ(parse_list(" a ,b,, \tc d ,"), (std::vector<std::string>{"a", "b", "c d"}));
  EXPECT_TRUE(parse_list("").empty());
  EXPECT_TRUE(parse_list(" , ,").empty());
}

TEST(PercentDecoded, DecodesEscapesAndLeavesThePlusAlone) {
  EXPECT_EQ(percent_decoded("a%20b+c"), "a b+c");
  EXPECT_EQ(percent_decoded("%2C%3d%25"), ",=%");
  EXPECT_EQ(percent_decoded("%C3%BC"), "ü");
  EXPECT_EQ(percent_decoded(""), "");
}

TEST(PercentDecoded, RefusesHalfAnEscape) {
  for (const char* text : {"%", "a%2", "%zz", "%2g", "%+1", "% 1", "%-1", "%0x"}) {
    EXPECT_EQ(percent_decoded(text), std::nullopt) << text;
  }
}

TEST(ParsePairs, DecodesKeysAndValues) {
  EXPECT_EQ(parse_pairs("a=1, b%2Cc = x%20y ,empty="),
            (TextPairs{{"a", "1"}, {"b,c", "x y"}, {"empty", ""}}));
}

TEST(ParsePairs, LetsAValueHoldAnEqualsSign) {
  EXPECT_EQ(parse_pairs("token=YWJj=="), (TextPairs{{"token", "YWJj=="}}));
}

TEST(ParsePairs, SkipsEmptyMembers) {
  EXPECT_EQ(parse_pairs(",a=1,,b=2,"), (TextPairs{{"a", "1"}, {"b", "2"}}));
}

TEST(ParsePairs, RefusesTheWholeForOneBadMember) {
  for (const char* text : {"a=1,b", "a=1,=2", "a=1,b=%", "a=1,%z=2", "nonsense", "a=1,  =x"}) {
    EXPECT_EQ(parse_pairs(text), std::nullopt) << text;
  }
}

TEST(Refusal, NamesTheVariableItsValueTheReasonAndWhatHolds) {
  EXPECT_EQ(refusal("OTEL_X", "abc", "is not a number", "5 is used"),
            "OTEL_X=\"abc\" is not a number; 5 is used");
}

TEST(Refusal, CutsALongValueAt120Bytes) {
  EXPECT_EQ(refusal("OTEL_X", std::string(10'000'000, 'x'), "is long", "it is not used"),
            "OTEL_X=\"" + std::string(120, 'x') + "… (10000000 bytes)\" is long; it is not used");
}

TEST(Refusal, SpellsControlCharacters) {
  EXPECT_EQ(refusal("OTEL_X", "a\nb\x1b[31m", "is odd", "it is not used"),
            "OTEL_X=\"a\\nb\\x1b[31m\" is odd; it is not used");
}

TEST(Environment, TakesAnEmptyValueAsUnset) {
  FakeEnvironment fake{{{"OTEL_X", ""}, {"OTEL_Y", " \t "}}, {}};
  EXPECT_EQ(fake.environment().text("OTEL_X"), std::nullopt);
  EXPECT_EQ(fake.environment().text("OTEL_Y"), std::nullopt);
  EXPECT_EQ(fake.environment().integer("OTEL_X", 0, 10, "1 is used"), std::nullopt);
  EXPECT_TRUE(fake.environment().names("OTEL_X").empty());
  EXPECT_EQ(fake.only_error(), "(no error)");
}

TEST(Environment, TrimsValues) {
  FakeEnvironment fake{{{"OTEL_X", "  7 \n"}}, {}};
  EXPECT_EQ(fake.environment().integer("OTEL_X", 0, 10, ""), 7U);
}

TEST(Environment, TakesTrueInAnyCaseAsTrue) {
  for (const char* text : {"true", "True", "TRUE", "tRuE"}) {
    FakeEnvironment fake{{{"OTEL_X", text}}, {}};
    EXPECT_TRUE(fake.environment().flag("OTEL_X")) << text;
  }
}

TEST(Environment, TakesFalseAndNothingAsFalse) {
  for (const char* text : {"false", "FALSE", ""}) {
    FakeEnvironment fake{{{"OTEL_X", text}}, {}};
    EXPECT_FALSE(fake.environment().flag("OTEL_X")) << text;
    EXPECT_EQ(fake.only_error(), "(no error)") << text;
  }
}

TEST(Environment, TakesEverythingElseAsFalseAndSaysSo) {
  for (const std::string text : {"1", "yes", "on", "t", "truee"}) {
    FakeEnvironment fake{{{"OTEL_X", text}}, {}};
    EXPECT_FALSE(fake.environment().flag("OTEL_X")) << text;
    EXPECT_EQ(fake.only_error(),
              "OTEL_X=\"" + text + "\" is neither true nor false; false is used");
  }
}

TEST(Environment, RefusesANumberOutsideItsRange) {
  FakeEnvironment fake{{{"OTEL_X", "11"}}, {}};
  EXPECT_EQ(fake.environment().integer("OTEL_X", 1, 10, "5 is used"), std::nullopt);
  EXPECT_EQ(fake.only_error(),
            "OTEL_X=\"11\" is not a whole number of at least 1 and at most 10; 5 is used");
}

TEST(Environment, RefusesANegativeNumber) {
  FakeEnvironment fake{{{"OTEL_X", "-5"}}, {}};
  EXPECT_EQ(fake.environment().integer("OTEL_X", 0, UINT64_MAX, "5 is used"), std::nullopt);
  EXPECT_EQ(fake.only_error(), "OTEL_X=\"-5\" is not a whole number of at least 0; 5 is used");
}

TEST(Environment, RefusesARatioOutsideItsRange) {
  FakeEnvironment fake{{{"OTEL_X", "1.5"}}, {}};
  EXPECT_EQ(fake.environment().ratio("OTEL_X", "1 is used"), std::nullopt);
  EXPECT_EQ(fake.only_error(), "OTEL_X=\"1.5\" is not a number from 0 to 1; 1 is used");
}

TEST(Environment, ListsANameOnceWhateverItsCase) {
  FakeEnvironment fake{{{"OTEL_X", "b3, Baggage,B3 ,baggage"}}, {}};
  EXPECT_EQ(fake.environment().names("OTEL_X"), (std::vector<std::string>{"b3", "Baggage"}));
}

TEST(Environment, DropsAListOfPairsThatCannotBeDecoded) {
  FakeEnvironment fake{{{"OTEL_X", "a=1,b=%z"}}, {}};
  EXPECT_EQ(fake.environment().pairs("OTEL_X", "none is used"), std::nullopt);
  EXPECT_EQ(fake.only_error(),
            "OTEL_X=\"a=1,b=%z\" is not a list of key=value, percent-encoded and separated by "
            "commas; none is used");
}

TEST(Environment, TellsRefusalsAsProblemsOfTheEnvironment) {
  FakeEnvironment fake;
  fake.environment().refuse("OTEL_X", "1", "is odd", "2 is used");
  ASSERT_EQ(fake.errors.size(), 1U);
  EXPECT_EQ(fake.errors[0].code, ErrorCode::invalid_environment);
}

TEST(Environment, ReadsTheProcessesVariables) {
  setenv("WEFT_TEST_VARIABLE", "here", 1);
  EXPECT_EQ(weft::detail::process_variable("WEFT_TEST_VARIABLE"), "here");
  unsetenv("WEFT_TEST_VARIABLE");
  EXPECT_EQ(weft::detail::process_variable("WEFT_TEST_VARIABLE"), std::nullopt);
}

}  // namespace
