// SPDX-License-Identifier: Apache-2.0
// Fields that cross the borders between a record and its chunks, at every byte.
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "codec/value_encoder.hpp"
#include "span/body_writer.hpp"
#include "support/recording.hpp"

namespace {

namespace detail = weft::detail;
namespace field = weft::codec::span_field;
using weft::Attribute;
using weft::AttributeValue;
using weft::testing::fields_of;
using weft::testing::Recording;

constexpr std::size_t kBorders[] = {detail::kInlineBody,
                                    detail::kInlineBody + detail::kChunkPayload,
                                    detail::kInlineBody + 2 * detail::kChunkPayload};

// Calls `check(recording)` with bodies that end at every one of the `reach` bytes before each
// border.
template <class Check>
void at_every_distance(std::size_t reach, Check&& check) {
  for (const std::size_t border : kBorders) {
    std::set<std::size_t> distances;
    for (std::size_t text = border - reach - 40; text < border; ++text) {
      const Recording recording;
      recording.put("fill", std::string(text, 'f'));
      if (recording.size() > border) continue;
      distances.insert(border - recording.size());
      check(recording);
      if (testing::Test::HasFatalFailure()) {
        FAIL() << border - recording.size() << " bytes before " << border;
      }
    }
    // A field's length takes another byte somewhere: that one size cannot be had.
    EXPECT_GE(distances.size() + 2, reach);
  }
}

std::string expected_fill(const weft::SpanData& data) {
  const AttributeValue* fill = data.find("fill");
  return fill != nullptr ? std::get<std::string>(fill->variant()) : "";
}

TEST(Chunks, AScalarMayCrossABorderAtEveryByte) {
  at_every_distance(20, [](const Recording& recording) {
    recording.put("key", 123'456'789);
    ASSERT_EQ(recording.view().find("key"), AttributeValue(123'456'789));
  });
}

TEST(Chunks, ANestedValueMayCrossABorderAtEveryByte) {
  const AttributeValue value(
      AttributeValue::Array{1, "two", AttributeValue::Map{{"k", 0.5}}, AttributeValue::Array{}});
  at_every_distance(90, [&](const Recording& recording) {
    recording.put("key", value);
    ASSERT_EQ(recording.view().find("key"), value);
  });
}

TEST(Chunks, AnEventMayCrossABorderAtEveryByte) {
  at_every_distance(50, [](const Recording& recording) {
    recording.put_event("event", {{"a", 1}, {"b", "two"}});
    const auto events = recording.data().events;
    ASSERT_EQ(events.size(), 1U);
    ASSERT_EQ(events[0].attributes, (std::vector<Attribute>{{"a", 1}, {"b", "two"}}));
  });
}

TEST(Chunks, ALinkMayCrossABorderAtEveryByte) {
  const auto context = weft::testing::identity_of(9).context;
  at_every_distance(60, [&](const Recording& recording) {
    recording.put_link(context, {{"a", 1}});
    const auto links = recording.data().links;
    ASSERT_EQ(links.size(), 1U);
    ASSERT_EQ(links[0].context, context);
  });
}

TEST(Chunks, ANameMayCrossABorderAtEveryByte) {
  at_every_distance(20, [](const Recording& recording) {
    recording.put_name("another name");
    ASSERT_EQ(recording.view().name(), "another name");
    ASSERT_EQ(recording.data().name, "another name");
  });
}

TEST(Chunks, AStatusMayCrossABorderAtEveryByte) {
  at_every_distance(20, [](const Recording& recording) {
    recording.put_status(weft::StatusCode::error, "declined");
    ASSERT_EQ(recording.data().status, (weft::Status{weft::StatusCode::error, "declined"}));
  });
}

TEST(Chunks, AnOverwrittenKeyMayCrossABorderAtEveryByte) {
  at_every_distance(20, [](const Recording& recording) {
    recording.put("a.key", 1);
    recording.put("a.key", 2);
    ASSERT_EQ(recording.data().attributes.size(), 2U);
    ASSERT_EQ(recording.view().find("a.key"), AttributeValue(2));
  });
}

TEST(Chunks, WhatIsSentHasThePromisedSizeAtEveryByte) {
  at_every_distance(20, [](const Recording& recording) {
    recording.put("key", 1);
    recording.put_event("event");
    const std::string bytes = recording.encoded();
    ASSERT_EQ(fields_of(bytes, field::attributes).size(), 2U);
    ASSERT_EQ(fields_of(bytes, field::events).size(), 1U);
  });
}

TEST(Chunks, WhatIsSentAfterAnOverwriteHasThePromisedSizeAtEveryByte) {
  at_every_distance(20, [](const Recording& recording) {
    recording.put("a.key", 1);
    recording.put("a.key", 2);
    ASSERT_EQ(fields_of(recording.encoded(), field::attributes).size(), 2U);
    ASSERT_TRUE(fields_of(recording.encoded(), field::dead).empty());
  });
}

TEST(Chunks, AKeyInTheRecordMayBeOverwrittenFromAChunk) {
  const Recording recording;
  recording.put("key", 1);
  recording.put("fill", std::string(5000, 'f'));
  recording.put("key", 2);
  EXPECT_EQ(recording.view().find("key"), AttributeValue(2));
}

TEST(Chunks, AValueOfManyChunksMayBeOverwritten) {
  const Recording recording;
  recording.put("fill", std::string(20'000, 'f'));
  recording.put("fill", "short");
  EXPECT_EQ(expected_fill(recording.data()), "short");
}

TEST(Chunks, AnAbandonedWriteLeavesRoomForTheNext) {
  // Half of an array that does not fit is written before that is known.
  const Recording recording({.records = 4, .bytes = 4 * detail::kChunkSize});
  for (int round = 0; round < 10; ++round) {
    recording.put("large", std::string(50'000, 'x'));
    recording.put("key" + std::to_string(round), std::string(100, 'k'));
  }
  EXPECT_EQ(recording.data().attributes.size(), 10U);
  EXPECT_EQ(recording.record().dropped_attributes, 10U);
}

TEST(Chunks, AnAbandonedWriteInTheRecordIsOverwritten) {
  const Recording recording({.records = 4, .bytes = detail::kChunkSize});
  recording.put("large", std::string(50'000, 'x'));
  recording.put("fits", std::string(1500, 'y'));
  EXPECT_EQ(recording.view().find("fits"), AttributeValue(std::string(1500, 'y')));
}

TEST(Chunks, AreGivenBackWithTheRecord) {
  detail::RecordPool& pool =
      *detail::RecordPool::open({.records = 4, .bytes = 8 * detail::kChunkSize});
  const auto context = weft::testing::identity_of(1).context;
  for (int round = 0; round < 50; ++round) {
    detail::Record* record = pool.acquire(*detail::thread_data());
    ASSERT_NE(record, nullptr);
    detail::start_record(pool, *record, *detail::thread_data(), weft::testing::start_of(context),
                         "name");
    detail::put_attribute(pool, *record, "large", std::string(14'000, 'x'));
    ASSERT_EQ(record->dropped_attributes, 0U) << round;
    detail::Record* const one[] = {record};
    pool.release(one);
  }
}

TEST(Chunks, AKilledWriteLeavesTheBodyAsItWas) {
  const Recording recording;
  recording.put("before", 1);
  const std::uint32_t committed = recording.size();
  recording.put("after", std::string(3000, 'x'));
  // As though the process had died just before the store of the length.
  recording.record().body_size.store(committed);
  const weft::SpanData data = recording.data();
  EXPECT_EQ(data.attributes, (std::vector<Attribute>{{"before", 1}}));
}

TEST(Chunks, AnOverwriteKilledBeforeItsMarkLeavesBothAndNotNeither) {
  const Recording recording;
  recording.put("key", 1);
  detail::BodyWriter out(recording.pool(), recording.record());
  ASSERT_TRUE(weft::codec::write_attribute(out, field::attributes, "key", 2, {}));
  out.commit();
  EXPECT_EQ(recording.data().attributes.size(), 2U);
}

}  // namespace
