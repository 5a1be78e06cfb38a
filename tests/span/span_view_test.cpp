// SPDX-License-Identifier: Apache-2.0
// SpanView, SpanData and the bytes that are sent read the same record and agree.
#include <weft/span_view.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "codec/wire.hpp"
#include "support/hex.hpp"
#include "support/recording.hpp"

namespace {

namespace codec = weft::codec;
namespace detail = weft::detail;
namespace field = weft::codec::span_field;
using weft::testing::fields_of;
using weft::testing::Recording;

// A record that has everything, of which much was replaced.
void fill(const Recording& recording) {
  recording.put("a", 1);
  recording.put("b", std::string(1500, 'b'));
  recording.put("a", 2);
  recording.put_event("event", {{"e", true}});
  recording.put_link(weft::testing::identity_of(9).context, {{"l", 0.5}});
  recording.put_name("last name");
  recording.put_status(weft::StatusCode::error, "declined");
  recording.put_event("another");
  recording.record().end_time = 2'000'000'000;
}

// A child of a remote parent.
class Child : public Recording {
 public:
  Child() : Recording(weft::testing::small_pool(), "child", start(context())) {}

 private:
  static const weft::SpanContext& context() {
    static const weft::SpanContext made(weft::testing::identity_of(3).context.trace_id(),
                                        weft::testing::identity_of(4).context.span_id(),
                                        weft::TraceFlags(1), weft::TraceState().set("k", "v"));
    return made;
  }
  static detail::RecordStart start(const weft::SpanContext& of) {
    detail::RecordStart start = weft::testing::start_of(of);
    start.parent_id = weft::testing::identity_of(5).context.span_id();
    start.parent_is_remote = true;
    start.kind = weft::SpanKind::server;
    return start;
  }
};

TEST(SpanView, HasTheIdentity) {
  const weft::SpanContext context = Child().view().context();
  EXPECT_EQ(context.trace_id(), weft::testing::identity_of(3).context.trace_id());
  EXPECT_EQ(context.span_id(), weft::testing::identity_of(4).context.span_id());
  EXPECT_TRUE(context.is_sampled() && !context.is_remote());
}

TEST(SpanView, HasTheTraceState) {
  EXPECT_EQ(Child().view().context().trace_state().to_string(), "k=v");
}

TEST(SpanView, HasTheParent) {
  const weft::SpanContext parent = Child().view().parent();
  EXPECT_EQ(parent.span_id(), weft::testing::identity_of(5).context.span_id());
  EXPECT_TRUE(parent.is_remote());
}

TEST(SpanView, OfARootHasNoParent) { EXPECT_FALSE(Recording().view().parent().is_valid()); }

TEST(SpanView, HasTheKind) { EXPECT_EQ(Child().view().kind(), weft::SpanKind::server); }

TEST(SpanView, HasTheTimes) {
  const Recording recording;
  fill(recording);
  EXPECT_EQ(recording.view().start_time().time_since_epoch(), std::chrono::seconds(1));
  EXPECT_EQ(recording.view().end_time().time_since_epoch(), std::chrono::seconds(2));
}

TEST(SpanView, AgreesWithSpanData) {
  const Recording recording;
  fill(recording);
  const weft::SpanView view = recording.view();
  const weft::SpanData data = recording.data();
  EXPECT_EQ(view.name(), data.name);
  EXPECT_EQ(view.context(), data.context);
  EXPECT_EQ(view.parent(), data.parent);
  EXPECT_EQ(view.kind(), data.kind);
  EXPECT_EQ(view.start_time(), data.start_time);
  EXPECT_EQ(view.end_time(), data.end_time);
  EXPECT_EQ(view.status_code(), data.status.code);
  EXPECT_EQ(view.dropped_attributes_count(), data.dropped_attributes_count);
  for (const weft::Attribute& one : data.attributes) EXPECT_EQ(view.find(one.key), one.value);
}

TEST(SpanData, HasEverythingThatWasPut) {
  const Recording recording;
  fill(recording);
  const weft::SpanData data = recording.data();
  EXPECT_EQ(data.name, "last name");
  EXPECT_EQ(data.attributes,
            (std::vector<weft::Attribute>{{"b", std::string(1500, 'b')}, {"a", 2}}));
  ASSERT_EQ(data.events.size(), 2U);
  EXPECT_EQ(data.events[1].name, "another");
  ASSERT_EQ(data.links.size(), 1U);
  EXPECT_EQ(data.status, (weft::Status{weft::StatusCode::error, "declined"}));
}

TEST(SpanData, FindsAnAttribute) {
  const Recording recording;
  recording.put("a", 1);
  const weft::SpanData data = recording.data();
  ASSERT_NE(data.find("a"), nullptr);
  EXPECT_EQ(*data.find("a"), 1);
}

TEST(SpanData, FindsNothingForAnotherKey) { EXPECT_EQ(Recording().data().find("a"), nullptr); }

TEST(EncodedSpan, HasThePromisedSize) {
  const Recording recording;
  fill(recording);
  EXPECT_EQ(recording.encoded().size(), detail::encoded_span_size(recording.record()));
}

TEST(EncodedSpan, OfAChildIsThatOfTheSpecification) {
  const Child child;
  child.record().end_time = 2'000'000'000;
  EXPECT_EQ(weft::testing::hex(child.encoded()),
            "0a 10 03 03 03 03 03 03 03 03 03 03 03 03 03 03 03 03"  // trace_id
            " 12 08 04 04 04 04 04 04 04 04"                         // span_id
            " 22 08 05 05 05 05 05 05 05 05"                         // parent_span_id
            " 30 02"                                                 // kind: server
            " 39 00 ca 9a 3b 00 00 00 00"                            // start: 1 s
            " 41 00 94 35 77 00 00 00 00"                            // end: 2 s
            " 85 01 01 03 00 00"     // flags: sampled, has_is_remote, is_remote
            " 2a 05 63 68 69 6c 64"  // name
            " 1a 03 6b 3d 76");      // trace_state
}

TEST(EncodedSpan, HasEveryFieldOnce) {
  const Recording recording;
  fill(recording);
  const std::string bytes = recording.encoded();
  EXPECT_EQ(fields_of(bytes, field::name).size(), 1U);
  EXPECT_EQ(fields_of(bytes, field::status).size(), 1U);
  EXPECT_EQ(fields_of(bytes, field::attributes).size(), 2U);
  EXPECT_EQ(fields_of(bytes, field::events).size(), 2U);
  EXPECT_EQ(fields_of(bytes, field::links).size(), 1U);
  EXPECT_TRUE(fields_of(bytes, field::dead).empty());
}

TEST(EncodedSpan, HasTheDroppedCounts) {
  const Recording recording;
  recording.record().dropped_attributes = 1;
  recording.record().dropped_events = 300;
  recording.record().dropped_links = 70'000;
  const std::string bytes = recording.encoded();
  codec::FieldReader reader(bytes);
  std::uint64_t attributes = 0;
  std::uint64_t events = 0;
  std::uint64_t links = 0;
  while (const auto part = reader.next()) {
    if (part->tag == field::dropped_attributes) attributes = part->number;
    if (part->tag == field::dropped_events) events = part->number;
    if (part->tag == field::dropped_links) links = part->number;
  }
  EXPECT_EQ(attributes + events + links, 70'301U);
}

TEST(EncodedSpan, LeavesOutWhatIsNothing) {
  EXPECT_TRUE(fields_of(Recording().encoded(), field::parent_span_id).empty());
}

}  // namespace
