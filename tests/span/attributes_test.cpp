// SPDX-License-Identifier: Apache-2.0
// Attributes of a record: appended, overwritten, limited.
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "support/recording.hpp"

namespace {

namespace detail = weft::detail;
namespace field = weft::codec::span_field;
using weft::Attribute;
using weft::AttributeValue;
using weft::testing::fields_of;
using weft::testing::Recording;
using List = std::vector<Attribute>;

detail::PoolLimits with(const weft::SpanLimits& limits) {
  detail::PoolLimits pool = weft::testing::small_pool();
  pool.span = limits;
  return pool;
}

TEST(RecordedAttributes, AreKeptInOrder) {
  const Recording recording;
  recording.put("a", 1);
  recording.put("b", "two");
  EXPECT_EQ(recording.data().attributes, (List{{"a", 1}, {"b", "two"}}));
}

TEST(RecordedAttributes, AreFoundByTheirKey) {
  const Recording recording;
  recording.put("a", 1);
  EXPECT_EQ(recording.view().find("a"), AttributeValue(1));
}

TEST(RecordedAttributes, AreNotFoundByAnother) {
  const Recording recording;
  recording.put("a", 1);
  EXPECT_EQ(recording.view().find("b"), std::nullopt);
}

TEST(RecordedAttributes, AnOverwrittenKeyHasItsLastValue) {
  const Recording recording;
  recording.put("a", 1);
  recording.put("b", 2);
  recording.put("a", "three");
  EXPECT_EQ(recording.data().attributes, (List{{"b", 2}, {"a", "three"}}));
}

TEST(RecordedAttributes, AnOverwrittenKeyIsSentOnce) {
  const Recording recording;
  recording.put("a", 1);
  recording.put("a", 2);
  EXPECT_EQ(fields_of(recording.encoded(), field::attributes).size(), 1U);
}

TEST(RecordedAttributes, NothingThatWasReplacedIsSent) {
  const Recording recording;
  recording.put("a", 1);
  recording.put("a", 2);
  EXPECT_TRUE(fields_of(recording.encoded(), field::dead).empty());
}

TEST(RecordedAttributes, AKeyMayBeOverwrittenManyTimes) {
  const Recording recording;
  for (int i = 0; i < 1000; ++i) recording.put("a", i);
  EXPECT_EQ(recording.data().attributes, (List{{"a", 999}}));
  EXPECT_EQ(recording.record().attribute_count, 1U);
}

TEST(RecordedAttributes, AnOverwrittenKeyIsNoDrop) {
  const Recording recording(with({.attribute_count = 1}));
  recording.put("a", 1);
  recording.put("a", 2);
  EXPECT_EQ(recording.record().dropped_attributes, 0U);
}

TEST(RecordedAttributes, KeysThatAreTheSameOnceRepairedAreOneKey) {
  const Recording recording;
  recording.put("\xFE", 1);
  recording.put("\xFF", 2);
  EXPECT_EQ(recording.data().attributes, (List{{"\xEF\xBF\xBD", 2}}));
}

TEST(RecordedAttributes, ABadKeyIsTheSameAsItsRepairedText) {
  const Recording recording;
  recording.put("\xEF\xBF\xBD", 1);
  recording.put("\xFF", 2);
  EXPECT_EQ(recording.data().attributes, (List{{"\xEF\xBF\xBD", 2}}));
}

TEST(RecordedAttributes, BeyondTheLimitTheFirstAreKept) {
  const Recording recording(with({.attribute_count = 2}));
  for (const char* key : {"a", "b", "c", "d"}) recording.put(key, 1);
  EXPECT_EQ(recording.data().attributes, (List{{"a", 1}, {"b", 1}}));
}

TEST(RecordedAttributes, BeyondTheLimitTheOthersAreCounted) {
  const Recording recording(with({.attribute_count = 2}));
  for (const char* key : {"a", "b", "c", "d"}) recording.put(key, 1);
  EXPECT_EQ(recording.data().dropped_attributes_count, 2U);
}

TEST(RecordedAttributes, AtTheLimitAKeyMayBeOverwritten) {
  const Recording recording(with({.attribute_count = 2}));
  for (const char* key : {"a", "b", "a"}) recording.put(key, 1);
  EXPECT_EQ(recording.record().dropped_attributes, 0U);
}

TEST(RecordedAttributes, ALimitOfNoneDropsAll) {
  const Recording recording(with({.attribute_count = 0}));
  recording.put("a", 1);
  EXPECT_EQ(recording.data().attributes.size() * 10 + recording.record().dropped_attributes, 1U);
}

TEST(RecordedAttributes, AnUnlimitedCountHoldsHundreds) {
  const Recording recording(with({.attribute_count = weft::SpanLimits::kUnlimited}));
  for (int i = 0; i < 500; ++i) recording.put("key" + std::to_string(i), i);
  EXPECT_EQ(recording.data().attributes.size(), 500U);
}

TEST(RecordedAttributes, ALengthLimitCutsText) {
  const Recording recording(with({.attribute_value_length = 2}));
  recording.put("a", "\xC3\xA4\xC3\xB6\xC3\xBC");
  EXPECT_EQ(recording.view().find("a"), AttributeValue("\xC3\xA4\xC3\xB6"));
}

TEST(RecordedAttributes, ALengthLimitLeavesKeysWhole) {
  const Recording recording(with({.attribute_value_length = 1}));
  recording.put("long.key", 1);
  EXPECT_EQ(recording.data().attributes, (List{{"long.key", 1}}));
}

TEST(RecordedAttributes, ADepthLimitCutsArrays) {
  const Recording recording(with({.attribute_depth = 1}));
  const AttributeValue nested(AttributeValue::Array{AttributeValue::Array{1}, 2});
  recording.put("a", nested);
  EXPECT_EQ(recording.view().find("a"), AttributeValue(AttributeValue::Array{"", 2}));
}

TEST(RecordedAttributes, AnEmptyKeyIsDropped) {
  const Recording recording;
  recording.put("", 1);
  EXPECT_EQ(recording.data().attributes.size() * 10 + recording.record().dropped_attributes, 1U);
}

TEST(RecordedAttributes, OfEveryKindAgreeWithWhatWasPut) {
  const Recording recording;
  const List given = {{"bool", true},
                      {"integer", -5},
                      {"double", 0.5},
                      {"text", "text"},
                      {"bytes", AttributeValue::Bytes{std::byte{1}}},
                      {"array", AttributeValue::Array{1, "two"}},
                      {"map", AttributeValue::Map{{"k", 1}}}};
  for (const Attribute& one : given) recording.put(one.key, one.value);
  EXPECT_EQ(recording.data().attributes, given);
}

TEST(RecordedAttributes, ThatWereEncodedApartAgree) {
  const Recording recording;
  weft::Attributes apart{{"a", 1}, {"b", "two"}};
  detail::put_encoded_attributes(recording.pool(), recording.record(), apart.encoded(), 3);
  EXPECT_EQ(recording.data().attributes, (List{{"a", 1}, {"b", "two"}}));
  EXPECT_EQ(recording.record().dropped_attributes, 3U);
}

TEST(RecordedAttributes, ThatWereEncodedApartOverwrite) {
  const Recording recording;
  recording.put("a", 1);
  const weft::Attributes apart{{"a", 2}};
  detail::put_encoded_attributes(recording.pool(), recording.record(), apart.encoded(), 0);
  EXPECT_EQ(recording.data().attributes, (List{{"a", 2}}));
}

TEST(RecordedAttributes, OfManyKeysAreTold) {
  // More keys than the filter has bits, so that searches in vain are certain.
  const Recording recording(with({.attribute_count = 2000}));
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 600; ++i) recording.put("k" + std::to_string(i), round);
  }
  std::set<std::string> keys;
  for (const Attribute& one : recording.data().attributes) {
    ASSERT_EQ(one.value, AttributeValue(1));
    keys.insert(one.key);
  }
  EXPECT_EQ(keys.size(), 600U);
}

TEST(RecordedAttributes, WithoutRoomAreCounted) {
  const Recording recording({.records = 4, .bytes = detail::kChunkSize});
  recording.put("large", std::string(100'000, 'x'));
  EXPECT_EQ(recording.data().attributes.size() * 10 + recording.record().dropped_attributes, 1U);
}

TEST(RecordedAttributes, AfterOneWithoutRoomStillFit) {
  const Recording recording({.records = 4, .bytes = detail::kChunkSize});
  recording.put("large", std::string(100'000, 'x'));
  recording.put("small", 1);
  EXPECT_EQ(recording.data().attributes, (List{{"small", 1}}));
}

TEST(RecordedAttributes, ThatCannotBeReplacedKeepTheirValue) {
  const Recording recording({.records = 4, .bytes = detail::kChunkSize});
  recording.put("key", 1);
  recording.put("key", std::string(100'000, 'x'));
  EXPECT_EQ(recording.data().attributes, (List{{"key", 1}}));
}

}  // namespace
