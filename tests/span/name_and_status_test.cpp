// SPDX-License-Identifier: Apache-2.0
// What a span has one of: its name and its status.
#include <gtest/gtest.h>

#include <string>

#include "support/recording.hpp"

namespace {

namespace detail = weft::detail;
namespace field = weft::codec::span_field;
using weft::Status;
using weft::StatusCode;
using weft::testing::fields_of;
using weft::testing::Recording;

detail::PoolLimits hardly_any_bytes() { return {.records = 4, .bytes = detail::kChunkSize}; }

TEST(Name, IsWhatItWasStartedWith) {
  const Recording recording(weft::testing::small_pool(), "GET /orders");
  EXPECT_EQ(recording.view().name(), "GET /orders");
}

TEST(Name, MayBeEmpty) {
  const Recording recording(weft::testing::small_pool(), "");
  EXPECT_EQ(recording.view().name(), "");
}

TEST(Name, IsRepaired) {
  const Recording recording(weft::testing::small_pool(), "a\xFF");
  EXPECT_EQ(recording.view().name(), "a\xEF\xBF\xBD");
}

TEST(Name, OfEveryLengthIsKept) {
  for (std::size_t size = 0; size < 1200; size += 7) {
    const Recording recording(weft::testing::small_pool(), std::string(size, 'n'));
    ASSERT_EQ(recording.view().name(), std::string(size, 'n')) << size;
    ASSERT_EQ(recording.data().name, std::string(size, 'n')) << size;
  }
}

TEST(Name, IsReplaced) {
  const Recording recording;
  recording.put_name("second");
  recording.put_name("third");
  EXPECT_EQ(recording.view().name(), "third");
}

TEST(Name, ThatWasReplacedIsNotSent) {
  const Recording recording;
  recording.put_name("second");
  EXPECT_EQ(fields_of(recording.encoded(), field::name), (std::vector<std::string>{"second"}));
}

TEST(Name, ReplacedAmongAttributesLeavesThem) {
  const Recording recording;
  recording.put("a", 1);
  recording.put_name("second");
  recording.put("b", 2);
  EXPECT_EQ(recording.data().attributes, (std::vector<weft::Attribute>{{"a", 1}, {"b", 2}}));
}

TEST(Name, ThatDoesNotFitLeavesTheOneBefore) {
  const Recording recording(hardly_any_bytes());
  recording.put_name(std::string(10'000, 'n'));
  EXPECT_EQ(recording.view().name(), "name");
}

TEST(Name, ThatDidNotFitAtTheStartIsEmpty) {
  const Recording recording(hardly_any_bytes(), std::string(10'000, 'n'));
  EXPECT_EQ(recording.view().name(), "");
}

TEST(Name, ThatDidNotFitAtTheStartIsNoAttribute) {
  const Recording recording(hardly_any_bytes(), std::string(10'000, 'n'));
  recording.put("key", "value");
  EXPECT_EQ(recording.view().name(), "");
}

TEST(Name, ThatDidNotFitAtTheStartMayBeReplaced) {
  const Recording recording(hardly_any_bytes(), std::string(10'000, 'n'));
  recording.put_name("short");
  EXPECT_EQ(recording.view().name(), "short");
}

TEST(Name, ThatDidNotFitAtTheStartMayBeReplacedAmongAttributes) {
  const Recording recording(hardly_any_bytes(), std::string(10'000, 'n'));
  recording.put("key", "value");
  recording.put_name("short");
  EXPECT_EQ(recording.view().find("key"), weft::AttributeValue("value"));
  EXPECT_EQ(fields_of(recording.encoded(), field::name), (std::vector<std::string>{"short"}));
}

TEST(Name, OfTwoSpansMayBeComparedWhenTheyLieInChunks) {
  const Recording first;
  weft::detail::Record& second = *first.pool().acquire(*detail::thread_data());
  const auto context = weft::testing::identity_of(2).context;
  detail::start_record(first.pool(), second, *detail::thread_data(),
                       weft::testing::start_of(context), "second");
  detail::put_attribute(first.pool(), second, "fill", std::string(1000, 'f'));
  detail::put_name(first.pool(), second, "second's last");
  first.put("fill", std::string(1000, 'f'));
  first.put_name("first's last");
  const std::string_view name = first.view().name();
  EXPECT_EQ(detail::SpanAccess::view(second).name(), "second's last");
  EXPECT_EQ(name, "first's last");
}

TEST(Status, IsUnsetAtFirst) { EXPECT_EQ(Recording().data().status, Status()); }

TEST(Status, IsNotSentWhenUnset) {
  EXPECT_TRUE(fields_of(Recording().encoded(), field::status).empty());
}

TEST(Status, ErrorHasADescription) {
  const Recording recording;
  recording.put_status(StatusCode::error, "declined");
  EXPECT_EQ(recording.data().status, (Status{StatusCode::error, "declined"}));
}

TEST(Status, OkHasNoDescription) {
  const Recording recording;
  recording.put_status(StatusCode::ok, "fine");
  EXPECT_EQ(recording.data().status, (Status{StatusCode::ok, ""}));
}

TEST(Status, OkIsFinal) {
  const Recording recording;
  recording.put_status(StatusCode::ok);
  recording.put_status(StatusCode::error, "late");
  EXPECT_EQ(recording.data().status, (Status{StatusCode::ok, ""}));
}

TEST(Status, UnsetIsIgnored) {
  const Recording recording;
  recording.put_status(StatusCode::error, "declined");
  recording.put_status(StatusCode::unset);
  EXPECT_EQ(recording.data().status, (Status{StatusCode::error, "declined"}));
}

TEST(Status, OkReplacesAnError) {
  const Recording recording;
  recording.put_status(StatusCode::error, "declined");
  recording.put_status(StatusCode::ok);
  EXPECT_EQ(recording.data().status, (Status{StatusCode::ok, ""}));
}

TEST(Status, ALaterErrorReplacesAnError) {
  const Recording recording;
  recording.put_status(StatusCode::error, "first");
  recording.put_status(StatusCode::error, "second");
  EXPECT_EQ(recording.data().status, (Status{StatusCode::error, "second"}));
}

TEST(Status, IsSentOnce) {
  const Recording recording;
  recording.put_status(StatusCode::error, "first");
  recording.put_status(StatusCode::error, "second");
  EXPECT_EQ(fields_of(recording.encoded(), field::status).size(), 1U);
}

TEST(Status, ADescriptionIsRepaired) {
  const Recording recording;
  recording.put_status(StatusCode::error, "\xFF");
  EXPECT_EQ(recording.data().status.description, "\xEF\xBF\xBD");
}

TEST(Status, AgreesBetweenViewAndData) {
  const Recording recording;
  recording.put_status(StatusCode::error);
  EXPECT_EQ(recording.view().status_code(), recording.data().status.code);
}

}  // namespace
