// SPDX-License-Identifier: Apache-2.0
// What a user types, form by form, with the one include. A form that stops compiling fails here
// first.
#include <weft/weft.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <vector>

namespace {

using namespace std::chrono_literals;

inline const weft::ContextVar<std::string> user_id{"user_id"};
inline const weft::ContextVar<int> depth{"depth", 0};
constinit const weft::Tracer tracer{"checkout", "1.2.0"};

struct Api : testing::Test {
  std::shared_ptr<weft::exporters::InMemoryExporter> memory = weft::exporters::in_memory();
  weft::Telemetry telemetry = weft::init({.service_name = "checkout", .exporters = {memory}});

  weft::SpanData only() {
    EXPECT_TRUE(telemetry.force_flush(5s));
    const std::vector<weft::SpanData> spans = memory->spans();
    return spans.size() == 1 ? spans.front() : weft::SpanData{};
  }
};

TEST_F(Api, StartTakesAListOfAttributes) {
  {
    auto span = tracer.start("charge card", {{"amount", 42}, {"card.brand", "visa"}});
    span.set_attribute("approved", true);
  }
  EXPECT_EQ(*only().find("card.brand"), weft::AttributeValue("visa"));
}

TEST_F(Api, StartTakesAListOfOneAttribute) {
  {
    auto span = tracer.start("charge card", {{"only", "one"}});
  }
  EXPECT_EQ(*only().find("only"), weft::AttributeValue("one"));
}

TEST_F(Api, StartTakesOptions) {
  const weft::Context parent = weft::copy_context();
  {
    auto span = tracer.start("charge card", {.kind = weft::SpanKind::server,
                                             .parent = parent,
                                             .attributes = {{"only", "one"}},
                                             .links = {},
                                             .start_time = std::chrono::system_clock::now(),
                                             .root = false});
  }
  EXPECT_EQ(only().kind, weft::SpanKind::server);
}

TEST_F(Api, LinksTakeASpanContextAndAttributes) {
  const weft::SpanContext other = tracer.start_detached("other").context();
  {
    auto span = tracer.start("charge", {.links = {{other, {{"why", "retry"}}}, {other}}});
  }
  telemetry.force_flush(5s);
  EXPECT_EQ(memory->spans().back().links.size(), 2U);
}

TEST_F(Api, AttributesMayBeRangesMadeAtRunTime) {
  const std::map<std::string, std::string> tags{{"a", "1"}};
  const std::unordered_map<std::string, int> counts{{"b", 2}};
  const std::vector<weft::Attribute> list{{"c", 3}};
  {
    auto span = tracer.start("charge", {.attributes = tags});
    span.set_attributes(counts);
    span.set_attributes(list);
    span.set_attributes({{"d", 4}, {"e", 5.0}});
    span.add_event("event", tags);
  }
  EXPECT_EQ(only().attributes.size(), 5U);
}

TEST_F(Api, ValuesMayBeOfEveryKind) {
  const std::vector<std::byte> bytes(3);
  const std::vector<std::vector<int>> nested{{1}, {2, 3}};
  const std::initializer_list<weft::AttributeView> map{{"k", "v"}, {"n", 1}};
  {
    auto span = tracer.start("charge");
    span.set_attribute("bool", false);
    span.set_attribute("char size", sizeof(int));
    span.set_attribute("short", static_cast<short>(1));
    span.set_attribute("float", 1.5F);
    span.set_attribute("text", std::string("text"));
    span.set_attribute("view", std::string_view("view"));
    span.set_attribute("bytes", std::span<const std::byte>(bytes));
    span.set_attribute("strings", std::vector<std::string>{"a", "b"});
    span.set_attribute("nested", nested);
    span.set_attribute("map", map);
  }
  EXPECT_EQ(only().attributes.size(), 10U);
}

TEST_F(Api, SpansTakeEventsLinksStatusNameAndTime) {
  const auto now = std::chrono::system_clock::now();
  {
    auto span = tracer.start("charge");
    span.add_event("e");
    span.add_event("e", {{"k", "v"}});
    span.add_event("e", now, {{"k", "v"}});
    span.add_link(span.context(), {{"k", "v"}});
    span.set_status(weft::StatusCode::error, "declined");
    span.record_exception(std::runtime_error("r"));
    span.record_exception(std::runtime_error("r"), {{"k", "v"}});
    span.update_name("charged");
    span.end(now + 1s);
    EXPECT_FALSE(span.is_recording());
  }
  const weft::SpanData span = only();
  EXPECT_EQ(span.name, "charged");
  EXPECT_EQ(span.events.size(), 5U);
  EXPECT_EQ(span.status.code, weft::StatusCode::error);
}

TEST_F(Api, ADetachedSpanMovesAndIsActivated) {
  {
    auto job = tracer.start_detached("job");
    weft::DetachedSpan moved = std::move(job);
    const auto scope = moved.activate();
    weft::current_span().set_attribute("current", true);
    moved.end();
  }
  EXPECT_NE(only().find("current"), nullptr);
}

TEST_F(Api, ContextVariablesReadAndWrite) {
  EXPECT_THROW(user_id.get(), weft::LookupError);
  EXPECT_EQ(user_id.get_or("anonymous"), "anonymous");
  EXPECT_EQ(user_id.find(), nullptr);
  weft::Token<int> token = depth.set(1);
  const std::optional<int> before = token.old_value();
  EXPECT_FALSE(before);
  EXPECT_EQ(&token.var(), &depth);
  depth.reset(token);
  EXPECT_THROW(depth.reset(token), weft::TokenUsedError);
  const auto scope = depth.scoped(2);
  EXPECT_EQ(depth.get(), 2);
}

TEST_F(Api, AContextIsEnteredReadAndListed) {
  weft::Context snapshot = weft::copy_context();
  snapshot.run([](std::string_view who) { user_id.set(std::string(who)); }, "u-1");
  EXPECT_EQ(snapshot.get(user_id), "u-1");
  EXPECT_EQ(*snapshot.find(user_id), "u-1");
  EXPECT_EQ(snapshot.get_or(user_id, "?"), "u-1");
  EXPECT_TRUE(snapshot.contains(user_id));
  EXPECT_EQ(snapshot.size(), 1U);
  for (auto item : snapshot) {
    EXPECT_EQ(item.name(), "user_id");
    EXPECT_EQ(*item.get_if(user_id), "u-1");
  }
  for (auto item : snapshot.items()) EXPECT_FALSE(item.name().empty());
}

TEST_F(Api, WorkIsBoundToTheContext) {
  const auto scope = user_id.scoped("u-1");
  std::string seen;
  std::jthread(weft::bind([&] { seen = user_id.get(); })).join();
  EXPECT_EQ(seen, "u-1");
  EXPECT_EQ(weft::async([](int more) { return user_id.get() + std::to_string(more); }, 2).get(),
            "u-12");
  EXPECT_EQ(weft::bind([](int a, int b) { return a + b; }, 1)(2), 3);
}

TEST_F(Api, HeadersGoOutAndComeIn) {
  auto span = tracer.start("out");
  std::map<std::string, std::string> map;
  std::vector<std::pair<std::string, std::string>> pairs;
  weft::inject(map);
  weft::inject(pairs, weft::copy_context());
  weft::inject(
      [&](std::string_view key, std::string_view value) { map[std::string(key)] = value; });
  EXPECT_EQ(weft::span_context(weft::extract(map)).trace_id(), span.context().trace_id());
  EXPECT_EQ(weft::span_context(weft::extract(pairs)).span_id(), span.context().span_id());
  const weft::Context parent = weft::extract([&](std::string_view key) {
    const auto at = map.find(std::string(key));
    return at == map.end() ? std::nullopt : std::optional<std::string_view>(at->second);
  });
  EXPECT_TRUE(weft::span_context(parent).is_remote());
}

TEST_F(Api, BaggageIsSetReadAndRemoved) {
  weft::Context().run([] {
    weft::baggage::set("k", "v");
    weft::baggage::set("m", "v", "metadata");
    const std::optional<std::string> value = weft::baggage::get("k");
    EXPECT_EQ(value, "v");
    weft::baggage::remove("k");
    const auto scope = weft::baggage::scoped("s", "v");
    for (const auto& [key, text, metadata] : weft::baggage::all())
      EXPECT_EQ(text, "v") << key << metadata;
  });
}

TEST_F(Api, IdsAreSpelledReadComparedAndHashed) {
  const auto span = tracer.start("ids");
  const weft::TraceId id = span.context().trace_id();
  EXPECT_EQ(weft::TraceId::from_hex(id.to_hex()), id);
  EXPECT_EQ(std::hash<weft::TraceId>{}(id), std::hash<weft::TraceId>{}(id));
  std::ostringstream out;
  out << id << ' ' << span.context().span_id();
  EXPECT_EQ(out.str().size(), 32U + 1 + 16);
  EXPECT_FALSE(weft::SpanId::from_hex("nonsense"));
}

TEST_F(Api, TelemetryFlushesCountsAndAudits) {
  {
    auto span = tracer.start("one");
  }
  const weft::FlushResult flushed = telemetry.force_flush(5s);
  EXPECT_TRUE(flushed);
  EXPECT_EQ(flushed.status(), weft::FlushResult::Status::success);
  const weft::Stats stats = telemetry.stats();
  EXPECT_EQ(stats.started, stats.exported + stats.dropped.total() + stats.live + stats.spooled);
  EXPECT_EQ(telemetry.audit().live, 0U);
  EXPECT_NE(telemetry.effective_config().find("checkout"), std::string::npos);
  EXPECT_TRUE(telemetry.shutdown(5s));
}

TEST_F(Api, LogFieldsAreThree) {
  const auto span = tracer.start("log");
  const auto fields = weft::log_fields();
  std::ostringstream out;
  out << fields;
  EXPECT_NE(out.str().find(span.context().trace_id().to_hex()), std::string::npos);
  EXPECT_EQ(weft::request_id.get().view(), span.context().trace_id().to_hex());
}

}  // namespace
