// SPDX-License-Identifier: Apache-2.0
// What was written is what arrives.
#include <gtest/gtest.h>

#include <map>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "support/recorded.hpp"

namespace {

using weft::testing::Recorded;
using weft::testing::tracer;

class CardDeclined : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// A user's range whose iteration fails half-way.
struct Failing {
  struct Iterator {
    using value_type = int;
    using difference_type = std::ptrdiff_t;
    int operator*() const {
      if (at == 1) throw std::runtime_error("lost");
      return at;
    }
    Iterator& operator++() {
      ++at;
      return *this;
    }
    void operator++(int) { ++at; }
    bool operator==(const Iterator& other) const { return at == other.at; }
    int at = 0;
  };
  Iterator begin() const { return {0}; }
  Iterator end() const { return {3}; }
};

TEST(Recording, KeepsAttributesOfEveryTypeInOrder) {
  Recorded recorded;
  const std::vector<std::byte> bytes{std::byte{1}, std::byte{0}, std::byte{255}};
  {
    auto span = tracer.start("typed", {{"bool", true},
                                       {"int", -5},
                                       {"double", 2.5},
                                       {"text", "visa"},
                                       {"bytes", bytes},
                                       {"list", std::vector<int>{1, 2}},
                                       {"map", {{"inner", 1}, {"deep", {{"x", "y"}}}}}});
  }
  const weft::SpanData data = recorded.span("typed");
  ASSERT_EQ(data.attributes.size(), 7U);
  EXPECT_EQ(data.attributes[0].value, true);
  EXPECT_EQ(data.attributes[1].value, -5);
  EXPECT_EQ(data.attributes[2].value, 2.5);
  EXPECT_EQ(data.attributes[3].value, "visa");
  EXPECT_EQ(std::get<weft::AttributeValue::Bytes>(data.attributes[4].value), bytes);
  EXPECT_EQ(std::get<weft::AttributeValue::Array>(data.attributes[5].value).size(), 2U);
  const auto& map = std::get<weft::AttributeValue::Map>(data.attributes[6].value);
  EXPECT_EQ(std::get<weft::AttributeValue::Map>(map[1].value)[0].value, "y");
}

TEST(Recording, ReplacesAKeyThatIsSetAgain) {
  Recorded recorded;
  {
    auto span = tracer.start("twice", {{"k", 1}});
    span.set_attribute("k", "two");
  }
  const weft::SpanData data = recorded.span("twice");
  ASSERT_EQ(data.attributes.size(), 1U);
  EXPECT_EQ(data.attributes[0].value, "two");
  EXPECT_EQ(data.dropped_attributes_count, 0U);
}

TEST(Recording, KeepsTheFirstAttributesUpToTheLimit) {
  Recorded recorded({.limits = {.attribute_count = 2}});
  {
    auto span = tracer.start("limited", {{"a", 1}, {"b", 2}, {"c", 3}});
  }
  const weft::SpanData data = recorded.span("limited");
  EXPECT_EQ(data.attributes.size(), 2U);
  EXPECT_NE(data.find("a"), nullptr);
  EXPECT_EQ(data.dropped_attributes_count, 1U);
}

TEST(Recording, OverwritesAtTheLimitWithoutADrop) {
  Recorded recorded({.limits = {.attribute_count = 1}});
  {
    auto span = tracer.start("limited", {{"a", 1}, {"a", 2}});
  }
  const weft::SpanData data = recorded.span("limited");
  EXPECT_EQ(*data.find("a"), 2);
  EXPECT_EQ(data.dropped_attributes_count, 0U);
}

TEST(Recording, CutsTextAtTheLimitInCharacters) {
  Recorded recorded({.limits = {.attribute_value_length = 2}});
  {
    auto span =
        tracer.start("cut", {{"text", "äöü"}, {"list", std::vector<std::string>{"abc", "d"}}});
  }
  const weft::SpanData data = recorded.span("cut");
  EXPECT_EQ(*data.find("text"), "äö");
  EXPECT_EQ(std::get<weft::AttributeValue::Array>(*data.find("list"))[0], "ab");
}

TEST(Recording, CutsTextOfOptionsToo) {
  Recorded recorded({.limits = {.attribute_value_length = 2}});
  {
    auto span = tracer.start("cut", {.attributes = {{"text", "abc"}}});
  }
  EXPECT_EQ(*recorded.span("cut").find("text"), "ab");
}

TEST(Recording, RepairsTextThatIsNotUtf8) {
  Recorded recorded;
  {
    auto span = tracer.start("bad\xff", {{"k", "a\xc3("}});
  }
  const weft::SpanData data = recorded.span("bad\xEF\xBF\xBD");
  ASSERT_NE(data.find("k"), nullptr);
  EXPECT_EQ(*data.find("k"), "a\xEF\xBF\xBD(");
}

TEST(Recording, KeepsAValueOfTenMegabytesWhole) {
  Recorded recorded;
  const std::string large(10U << 20U, 'x');
  {
    auto span = tracer.start("large", {{"before", 1}, {"large", large}, {"after", 2}});
  }
  const weft::SpanData data = recorded.span("large");
  ASSERT_NE(data.find("large"), nullptr);
  EXPECT_TRUE(*data.find("large") == large);
  EXPECT_EQ(*data.find("after"), 2);
}

TEST(Recording, CountsAnAttributeThatFindsNoBytes) {
  Recorded recorded({.batch = {.max_queue_bytes = 64 << 10}});
  {
    auto span = tracer.start("full", {{"large", std::string(1 << 20, 'x')}, {"after", 2}});
  }
  const weft::SpanData data = recorded.span("full");
  EXPECT_EQ(data.find("large"), nullptr);
  EXPECT_EQ(*data.find("after"), 2);
  EXPECT_EQ(data.dropped_attributes_count, 1U);
}

TEST(Recording, LosesOnlyTheAttributeWhoseRangeThrows) {
  Recorded recorded;
  {
    auto span = tracer.start("throwing", {{"a", 1}, {"bad", Failing{}}, {"b", 2}});
  }
  const weft::SpanData data = recorded.span("throwing");
  EXPECT_NE(data.find("a"), nullptr);
  EXPECT_NE(data.find("b"), nullptr);
  EXPECT_EQ(data.find("bad"), nullptr);
  EXPECT_EQ(data.dropped_attributes_count, 1U);
}

TEST(Recording, TakesAnyMapOfAttributes) {
  Recorded recorded;
  const std::map<std::string, double> measured{{"a", 0.5}, {"b", 1.5}};
  {
    auto span = tracer.start("mapped", measured);
  }
  EXPECT_EQ(recorded.span("mapped").attributes.size(), 2U);
}

TEST(Recording, KeepsEventsInOrderWithTheirAttributes) {
  Recorded recorded;
  {
    auto span = tracer.start("events");
    span.add_event("first", {{"n", 1}});
    span.add_event("second", std::chrono::system_clock::time_point(std::chrono::seconds(5)));
  }
  const weft::SpanData data = recorded.span("events");
  ASSERT_EQ(data.events.size(), 2U);
  EXPECT_EQ(data.events[0].name, "first");
  EXPECT_EQ(*data.events[0].find("n"), 1);
  EXPECT_EQ(data.events[1].time.time_since_epoch(), std::chrono::seconds(5));
}

TEST(Recording, KeepsLinksOfStartAndOfLater) {
  Recorded recorded;
  const weft::SpanContext other(*weft::TraceId::from_hex("0af7651916cd43dd8448eb211c80319c"),
                                *weft::SpanId::from_hex("b7ad6b7169203331"));
  {
    auto span = tracer.start("linked", {.links = {{other, {{"why", "batch"}}}}});
    span.add_link(other, {{"n", 2}});
  }
  const weft::SpanData data = recorded.span("linked");
  ASSERT_EQ(data.links.size(), 2U);
  EXPECT_EQ(data.links[0].context.span_id(), other.span_id());
  EXPECT_EQ(data.links[0].attributes[0].value, "batch");
}

TEST(Recording, CountsEventsAndLinksBeyondTheirLimits) {
  Recorded recorded({.limits = {.event_count = 1, .link_count = 0}});
  {
    auto span = tracer.start("limited");
    span.add_event("kept");
    span.add_event("lost");
    span.add_link(span.context());
  }
  const weft::SpanData data = recorded.span("limited");
  EXPECT_EQ(data.events.size(), 1U);
  EXPECT_EQ(data.dropped_events_count, 1U);
  EXPECT_EQ(data.dropped_links_count, 1U);
}

TEST(Status, OfErrorKeepsItsDescription) {
  Recorded recorded;
  {
    tracer.start("failed").set_status(weft::StatusCode::error, "declined");
  }
  EXPECT_EQ(recorded.span("failed").status, (weft::Status{weft::StatusCode::error, "declined"}));
}

TEST(Status, OfOkIsFinal) {
  Recorded recorded;
  {
    auto span = tracer.start("fine");
    span.set_status(weft::StatusCode::ok, "ignored");
    span.set_status(weft::StatusCode::error, "too late");
  }
  EXPECT_EQ(recorded.span("fine").status, (weft::Status{weft::StatusCode::ok, ""}));
}

TEST(Status, MayGoFromErrorToOk) {
  Recorded recorded;
  {
    auto span = tracer.start("recovered");
    span.set_status(weft::StatusCode::error, "first");
    span.set_status(weft::StatusCode::unset);
    span.set_status(weft::StatusCode::ok);
  }
  EXPECT_EQ(recorded.span("recovered").status.code, weft::StatusCode::ok);
}

TEST(Name, IsTheLastOneGiven) {
  Recorded recorded;
  {
    auto span = tracer.start("first");
    span.set_attribute("filler", std::string(3000, 'x'));
    span.update_name("second, after the body went on in a chunk");
  }
  EXPECT_EQ(recorded.spans().at(0).name, "second, after the body went on in a chunk");
}

TEST(Exception, ThatLeavesTheScopeIsRecordedWithAnErrorStatus) {
  Recorded recorded;
  try {
    auto span = tracer.start("left");
    throw CardDeclined("no funds");
  } catch (const CardDeclined&) {
  }
  const weft::SpanData data = recorded.span("left");
  ASSERT_EQ(data.events.size(), 1U);
  EXPECT_EQ(data.events[0].name, "exception");
  EXPECT_EQ(*data.events[0].find("exception.escaped"), true);
  EXPECT_EQ(data.status.code, weft::StatusCode::error);
}

TEST(Exception, ThatLeavesTheScopeLeavesAUsersStatusAlone) {
  Recorded recorded;
  try {
    auto span = tracer.start("left");
    span.set_status(weft::StatusCode::error, "mine");
    throw CardDeclined("no funds");
  } catch (const CardDeclined&) {
  }
  EXPECT_EQ(recorded.span("left").status.description, "mine");
}

TEST(Exception, ThatIsCaughtInsideIsNoEscape) {
  Recorded recorded;
  {
    auto span = tracer.start("kept");
    try {
      throw CardDeclined("no funds");
    } catch (const CardDeclined&) {
    }
  }
  EXPECT_TRUE(recorded.span("kept").events.empty());
}

TEST(Exception, ThatIsRecordedNamesItsTypeAndMessage) {
  Recorded recorded;
  {
    auto span = tracer.start("recorded");
    span.record_exception(CardDeclined("no funds"), {{"attempt", 2}});
  }
  const weft::SpanData data = recorded.span("recorded");
  ASSERT_EQ(data.events.size(), 1U);
  EXPECT_NE(std::get<std::string>(*data.events[0].find("exception.type")).find("CardDeclined"),
            std::string::npos);
  EXPECT_EQ(*data.events[0].find("exception.message"), "no funds");
  EXPECT_EQ(*data.events[0].find("attempt"), 2);
  EXPECT_EQ(data.status.code, weft::StatusCode::unset);
}

TEST(Ended, ASpanIgnoresAndCountsLaterCalls) {
  Recorded recorded;
  {
    auto span = tracer.start("ended");
    span.end();
    span.set_attribute("late", 1);
    EXPECT_FALSE(span.is_recording());
  }
  EXPECT_EQ(recorded.span("ended").find("late"), nullptr);
  EXPECT_EQ(recorded.telemetry().stats().misused, 1U);
}

TEST(Ended, ASpanIsExportedOnce) {
  Recorded recorded;
  {
    auto span = tracer.start("once");
    span.end();
    span.end();
  }
  EXPECT_EQ(recorded.spans().size(), 1U);
}

TEST(Ended, AnEndBeforeTheStartIsTheStart) {
  Recorded recorded;
  {
    auto span = tracer.start("backwards");
    span.end(std::chrono::system_clock::time_point(std::chrono::seconds(1)));
  }
  const weft::SpanData data = recorded.span("backwards");
  EXPECT_EQ(data.end_time, data.start_time);
}

TEST(Times, GivenByTheUserAreKept) {
  Recorded recorded;
  const std::chrono::system_clock::time_point start(std::chrono::seconds(1'000));
  {
    auto span = tracer.start("past", {.start_time = start});
    span.end(start + std::chrono::milliseconds(7));
  }
  const weft::SpanData data = recorded.span("past");
  EXPECT_EQ(data.start_time, start);
  EXPECT_EQ(data.end_time - data.start_time, std::chrono::milliseconds(7));
}

TEST(Threads, ManyMayWriteOneSpanAtOnce) {
  Recorded recorded({.limits = {.attribute_count = 1000}});
  {
    auto span = tracer.start("shared");
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&span, t] {
        for (int i = 0; i < 100; ++i) {
          span.set_attribute("k" + std::to_string(t) + "." + std::to_string(i), i);
        }
      });
    }
    for (int i = 0; i < 100; ++i) span.set_attribute("own" + std::to_string(i), i);
  }
  EXPECT_EQ(recorded.span("shared").attributes.size(), 500U);
}

constexpr std::size_t kWriters = 4;
constexpr int kWrites = 100;
const weft::SpanLimits kRoomy{.event_count = 1000, .link_count = 1000};

// `write(span, thread, i)` from several threads at once, into one span.
template <class Write>
weft::SpanData written_by_many(Recorded& recorded, Write write) {
  {
    auto span = tracer.start("shared");
    std::vector<std::jthread> threads;
    for (std::size_t t = 0; t < kWriters; ++t) {
      threads.emplace_back([&span, t, &write] {
        for (int i = 0; i < kWrites; ++i) write(span, t, i);
      });
    }
  }
  return recorded.spans().back();
}

// Of one letter, as long as that letter says: a torn one would be seen.
std::string letters(std::size_t thread) {
  return std::string(10 * (thread + 1), static_cast<char>('a' + thread));
}
bool is_whole(const std::string& text) {
  return !text.empty() && text == letters(static_cast<std::size_t>(text[0] - 'a'));
}

TEST(Threads, ManyMayAddEventsAtOnce) {
  Recorded recorded({.limits = kRoomy});
  const weft::SpanData data = written_by_many(recorded, [](weft::Span& span, std::size_t t, int i) {
    span.add_event(letters(t), {{"i", i}});
  });
  ASSERT_EQ(data.events.size(), kWriters * kWrites);
  for (const weft::Event& event : data.events) EXPECT_TRUE(is_whole(event.name)) << event.name;
}

TEST(Threads, ManyMayAddLinksAtOnce) {
  Recorded recorded({.limits = kRoomy});
  const weft::SpanContext other = tracer.start_detached("linked").context();
  const weft::SpanData data = written_by_many(
      recorded, [&](weft::Span& span, std::size_t, int i) { span.add_link(other, {{"i", i}}); });
  EXPECT_EQ(data.links.size(), kWriters * kWrites);
}

TEST(Threads, ManyMayNameASpanAtOnce) {
  Recorded recorded;
  const weft::SpanData data = written_by_many(
      recorded, [](weft::Span& span, std::size_t t, int) { span.update_name(letters(t)); });
  EXPECT_TRUE(is_whole(data.name)) << data.name;
}

TEST(Threads, ManyMaySetAStatusAtOnce) {
  Recorded recorded;
  const weft::SpanData data = written_by_many(recorded, [](weft::Span& span, std::size_t t, int) {
    span.set_status(weft::StatusCode::error, letters(t));
  });
  EXPECT_TRUE(is_whole(data.status.description)) << data.status.description;
}

TEST(Threads, AnEventThatRacesWithTheEndIsInTheSpanOrCountedAsLate) {
  Recorded recorded({.limits = kRoomy});
  {
    auto span = tracer.start("shared");
    std::jthread writer([&span] {
      for (int i = 0; i < kWrites; ++i) span.add_event("e");
    });
    span.end();
  }
  const std::size_t late = recorded.telemetry().stats().misused;
  EXPECT_EQ(recorded.span("shared").events.size() + late, std::size_t{kWrites});
}

TEST(Scope, IsTheTracers) {
  Recorded recorded;
  const weft::Tracer made = weft::make_tracer("lib", "2.0", "https://schema", {{"team", "pay"}});
  {
    auto span = made.start("scoped");
  }
  const weft::SpanData data = recorded.span("scoped");
  EXPECT_EQ(data.scope.name, "lib");
  EXPECT_EQ(data.scope.version, "2.0");
  EXPECT_EQ(data.scope.schema_url, "https://schema");
  ASSERT_EQ(data.scope.attributes.size(), 1U);
  EXPECT_EQ(data.scope.attributes[0].value, "pay");
}

TEST(Resource, OfASpanNamesTheServiceAndTheSdk) {
  Recorded recorded({.service_name = "checkout"});
  {
    auto span = tracer.start("any");
  }
  const weft::Resource resource = recorded.span("any").resource;
  ASSERT_NE(resource.find("service.name"), nullptr);
  EXPECT_EQ(*resource.find("service.name"), "checkout");
  EXPECT_EQ(*resource.find("telemetry.sdk.name"), "weft");
  EXPECT_NE(resource.find("service.instance.id"), nullptr);
}

}  // namespace
