// SPDX-License-Identifier: Apache-2.0
// W3C Baggage, as a service sees it.
#include <gtest/gtest.h>

#include <string>

#include <weft/baggage.hpp>

#include "propagators/support.hpp"

namespace {

using namespace weft_test;
using weft::Context;
using weft::baggage::Entry;
using weft::propagators::Baggage;
using Entries = std::vector<Entry>;

const Baggage kPropagator;

Entries read(const HeaderList& headers) {
  return weft::baggage::all(extract_with(kPropagator, headers));
}

Entries read(const std::string& header) { return read(HeaderList{{"baggage", header}}); }

Context with_entries(const Entries& entries) {
  Context context;
  context.run([&] {
    for (const Entry& entry : entries) {
      weft::baggage::set(entry.key, entry.value, entry.metadata);
    }
  });
  return context;
}

std::string sent(const Entries& entries) {
  const HeaderMap headers = inject_with(kPropagator, with_entries(entries));
  return headers.empty() ? "" : headers.at("baggage");
}

TEST(BaggagePropagator, ReadsTheSpecificationsExample) {
  EXPECT_EQ(
      read("userId=Am%C3%A9lie,serverNode=DF%2028,isProduction=false"),
      (Entries{{"userId", "Am\xC3\xA9lie"}, {"serverNode", "DF 28"}, {"isProduction", "false"}}));
}

TEST(BaggagePropagator, ReadsKeysPropertiesAndWhiteSpace) {
  EXPECT_EQ(read("key1=value1;property1;property2, key2 = value2, key3=value3; propertyKey=x"),
            (Entries{{"key1", "value1", "property1;property2"},
                     {"key2", "value2"},
                     {"key3", "value3", "propertyKey=x"}}));
}

TEST(BaggagePropagator, APlusIsAPlus) {
  EXPECT_EQ(read("k=a+b"), (Entries{{"k", "a+b"}}));
  EXPECT_EQ(sent({{"k", "a+b c"}}), "k=a+b%20c");
}

TEST(BaggagePropagator, SplitsAtTheFirstEqualsSign) {
  EXPECT_EQ(read("k=a=b"), (Entries{{"k", "a=b"}}));
}

TEST(BaggagePropagator, KeysAreTakenLiterally) {
  EXPECT_EQ(read("k%20x=v"), (Entries{{"k%20x", "v"}}));
}

TEST(BaggagePropagator, SeveralHeadersAreOneList) {
  EXPECT_EQ(read({{"baggage", "a=1"}, {"Baggage", "b=2,c=3"}, {"BAGGAGE", "d=4"}}),
            (Entries{{"a", "1"}, {"b", "2"}, {"c", "3"}, {"d", "4"}}));
}

TEST(BaggagePropagator, OfARepeatedKeyTheLastValueCounts) {
  EXPECT_EQ(read("a=1;x,b=2,a=3"), (Entries{{"a", "3"}, {"b", "2"}}));
}

TEST(BaggagePropagator, AMalformedMemberIsDroppedAndTheRestKept) {
  EXPECT_EQ(read("a=1,,b,=x,c c=2,d=%4,e=caf\xC3\xA9,f=\"x\",g=7"),
            (Entries{{"a", "1"}, {"g", "7"}}));
}

TEST(BaggagePropagator, NothingGoodIsNothing) {
  for (const char* header : {"", " ", ",", "garbage", "=", "a b=1"}) {
    const Context context = extract_with(kPropagator, HeaderList{{"baggage", header}});
    EXPECT_FALSE(context.contains(weft::baggage::entries)) << header;
  }
}

TEST(BaggagePropagator, NothingGoodLeavesWhatTheContextHad) {
  Context context = with_entries({{"a", "1"}});
  extract_into(context, kPropagator, HeaderList{{"baggage", "bad"}});
  EXPECT_EQ(weft::baggage::all(context), (Entries{{"a", "1"}}));
}

TEST(BaggagePropagator, WhatComesInReplacesWhatTheContextHad) {
  Context context = with_entries({{"a", "1"}});
  extract_into(context, kPropagator, HeaderList{{"baggage", "b=2"}});
  EXPECT_EQ(weft::baggage::all(context), (Entries{{"b", "2"}}));
}

TEST(BaggagePropagator, WritesEntriesInOrderWithTheirMetadata) {
  EXPECT_EQ(sent({{"a", "1", "p;q=r"}, {"b", "x y"}}), "a=1;p;q=r,b=x%20y");
}

TEST(BaggagePropagator, WritesTheCurrentContextAsAnyOther) {
  Context context = with_entries({{"a", "1"}});
  EXPECT_EQ(context.run([] { return inject_current_with(kPropagator); }),
            (HeaderMap{{"baggage", "a=1"}}));
}

TEST(BaggagePropagator, WithoutEntriesNothingIsWritten) {
  EXPECT_EQ(sent({}), "");
  EXPECT_TRUE(inject_current_with(kPropagator).empty());
  Context cleared = with_entries({{"a", "1"}});
  cleared.run([] { weft::baggage::clear(); });
  EXPECT_TRUE(inject_with(kPropagator, cleared).empty());
  Context removed = with_entries({{"a", "1"}});
  removed.run([] { weft::baggage::remove("a"); });
  EXPECT_TRUE(inject_with(kPropagator, removed).empty());
}

TEST(BaggagePropagator, AnEntryThatCannotBeSentLeavesTheOthersAlone) {
  EXPECT_EQ(sent({{"not a token", "1"}, {"b", "2"}}), "b=2");
}

TEST(BaggagePropagator, HeadersCannotBeSmuggledIn) {
  const std::string header = sent({{"a", "1\r\nx: y", "p\r\nz: w"}, {"b\r\nc", "1"}});
  EXPECT_EQ(header.find_first_of("\r\n"), std::string::npos) << header;
}

TEST(BaggagePropagator, EveryTextComesBack) {
  std::string every;
  for (int c = 0; c < 0x80; ++c) every += static_cast<char>(c);
  every += "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80";
  const Entries entries = {{"k", every, "p1;p2=x"}, {"l", ""}};
  EXPECT_EQ(read(sent(entries)), entries);
}

Entries numbered(std::size_t count, const std::string& value) {
  Entries entries;
  for (std::size_t i = 0; i < count; ++i) entries.push_back({"k" + std::to_string(i), value, ""});
  return entries;
}

TEST(BaggagePropagator, SixtyFourMembersTravel) {
  const Entries entries = numbered(64, "v");
  EXPECT_EQ(read(sent(entries)), entries);
}

TEST(BaggagePropagator, TheSixtyFifthMemberDoesNot) {
  EXPECT_EQ(read(sent(numbered(65, "v"))), numbered(64, "v"));
  std::string header;
  for (int i = 0; i < 65; ++i) header += (i ? ",k" : "k") + std::to_string(i) + "=v";
  EXPECT_EQ(read(header), numbered(64, "v"));
}

TEST(BaggagePropagator, EightThousandOneHundredAndNinetyTwoBytesTravel) {
  const Entries entries = {{"k", std::string(8190, 'v'), ""}};
  EXPECT_EQ(sent(entries).size(), 8192u);
  EXPECT_EQ(read(sent(entries)), entries);
}

TEST(BaggagePropagator, SixtyFourMembersOfEightThousandOneHundredAndNinetyTwoBytesTravel) {
  Entries entries = numbered(63, std::string(100, 'v'));
  std::string header = sent(entries);
  entries.push_back({"last", std::string(8192 - header.size() - 6, 'v'), ""});
  header = sent(entries);
  EXPECT_EQ(header.size(), 8192u);
  EXPECT_EQ(read(header), entries);
}

TEST(BaggagePropagator, OneByteMoreDropsThatMemberWholeAndKeepsTheRest) {
  const Entries entries = {{"a", "1"}, {"k", std::string(8192 - 3 - 3 + 1, 'v')}, {"b", "2"}};
  EXPECT_EQ(sent(entries), "a=1,b=2");
  EXPECT_EQ(read("a=1,k=" + entries[1].value + ",b=2"), (Entries{{"a", "1"}, {"b", "2"}}));
}

TEST(BaggagePropagator, EncodingCountsTowardsTheLimit) {
  EXPECT_EQ(sent({{"k", std::string(8190 / 3 + 1, ' ')}, {"a", "1"}}), "a=1");
}

TEST(BaggagePropagator, LimitsCountAllHeadersTogether) {
  const std::string half(4096 - 2, 'v');
  EXPECT_EQ(read({{"baggage", "a=" + half}, {"baggage", "b=" + half}, {"baggage", "c=1"}}).size(),
            2u);
}

TEST(BaggagePropagator, ItsFieldIsTheHeaderThatItWrites) {
  EXPECT_EQ(kPropagator.fields(), std::vector<std::string>{"baggage"});
}

}  // namespace
