// SPDX-License-Identifier: Apache-2.0
// Forms beside those of api_page_test.cpp: what else a user may type for the same thing.
#include <weft/weft.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <future>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

// Under -Wshadow, what our templates call their parameters is not what a user's globals are called.
[[maybe_unused]] static const weft::ContextVar<std::string> f{"f"}, k{"k", "text"}, v{"v", "text"};

namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using namespace std::string_view_literals;

constinit const weft::Tracer tracer{"forms"};
const weft::ContextVar<std::string> name{"name"};

struct Forms : testing::Test {
  std::shared_ptr<weft::InMemoryExporter> memory = weft::exporters::in_memory();
  weft::Telemetry telemetry = weft::init({.service_name = "forms", .exporters = {memory}});

  weft::SpanData last() {
    EXPECT_TRUE(telemetry.force_flush(5s));
    const std::vector<weft::SpanData> spans = memory->spans();
    return spans.empty() ? weft::SpanData{} : spans.back();
  }
};

TEST_F(Forms, AFlushConvertsToBool) {
  const bool is_sent = telemetry.force_flush(5s);
  EXPECT_TRUE(is_sent);
  EXPECT_EQ(telemetry.force_flush(5s), weft::FlushResult::success);
  EXPECT_EQ(telemetry.force_flush(5s).status(), weft::FlushStatus::success);
}

TEST_F(Forms, LinksAreSpanContextsAloneOrWithWhatBelongsToThem) {
  const weft::SpanContext other = tracer.start_detached("other").context();
  const std::vector<weft::Link> vector(5, weft::Link{.context = other});
  const auto links_of = [&](const weft::SpanOptions& options) {
    {
      const auto span = tracer.start("linked", options);
    }
    const std::vector<weft::Link> links = last().links;
    EXPECT_TRUE(std::ranges::all_of(links, [&](auto& link) { return link.context == other; }));
    return links.size();
  };
  EXPECT_EQ(links_of({.links = {other}}), 1U);
  EXPECT_EQ(links_of({.links = {other, other}}), 2U);
  EXPECT_EQ(links_of({.links = {{other}}}), 1U);
  EXPECT_EQ(links_of({.links = {{other}, {other}, {other}}}), 3U);
  EXPECT_EQ(links_of({.links = {{other, {{"a", 1}}}, {.context = other}}}), 2U);
  EXPECT_EQ(links_of({.links = vector}), 5U);
  EXPECT_EQ(links_of({.links = {}}), 0U);
  EXPECT_EQ(links_of({.links = {vector[0], other}}), 2U);
  EXPECT_EQ(links_of({.links = {other, {other, {{"a", 1}}}, vector[0]}}), 3U);
  EXPECT_EQ(links_of({.links = std::vector(3, other)}), 3U);
  EXPECT_EQ(links_of({.links = std::list(2, vector[0])}), 2U);
  EXPECT_EQ(links_of({.links = std::array{other, other}}), 2U);
}

TEST_F(Forms, LinksOfEitherKindKeepTheirOrderAndTheirAttributes) {
  const weft::SpanContext one = tracer.start_detached("one").context();
  const weft::SpanContext two = tracer.start_detached("two").context();
  const weft::Link whole{.context = two, .attributes = {{"a", 1}}};
  {
    const auto span = tracer.start("linked", {.links = {one, whole, {one, {{"b", 2}}}}});
  }
  const std::vector<weft::Link> links = last().links;
  ASSERT_EQ(links.size(), 3U);
  EXPECT_EQ(links[0].context, one);
  EXPECT_TRUE(links[0].attributes.empty());
  EXPECT_EQ(links[1].context, two);
  EXPECT_EQ(links[1].attributes, whole.attributes);
  EXPECT_EQ(links[2].attributes, (std::vector<weft::Attribute>{{"b", 2}}));
}

TEST_F(Forms, AListMayHoldWholeAttributes) {
  const weft::Attribute whole{"a", 1};
  {
    auto span = tracer.start("charge", {whole, {"b", 2}});
    span.set_attributes({whole});
    span.add_event("e", {whole, whole});
    span.add_link(span.context(), {whole});
    span.set_attributes({std::pair("c", 3), std::pair("d", 4)});
  }
  const weft::SpanData span = last();
  EXPECT_EQ(span.attributes.size(), 4U);
  EXPECT_EQ(span.links.at(0).attributes.size(), 1U);
}

struct BracedArrays : Forms {
  using Array = weft::AttributeValue::Array;
  using Map = weft::AttributeValue::Map;
  using List = std::vector<weft::Attribute>;

  /// What a span has when `set` has set its attributes.
  template <class Set>
  List given(Set set) {
    {
      auto span = tracer.start("given");
      set(span);
    }
    return last().attributes;
  }
};

TEST_F(BracedArrays, AreArraysOfWhatTheyHold) {
  const List attributes = given([&](weft::Span& span) {
    span.set_attribute("numbers", {1, 2, 3});
    span.set_attribute("ratios", {0.5, 1.5});
    span.set_attribute("truths", {true, false});
    span.set_attribute("texts", {"a", "b"});
    span.set_attribute("views", {std::string_view("v"), std::string_view("w")});
    span.set_attribute("large", {std::uint64_t{1}, std::uint64_t{1} << 63U});
  });
  const List expected{{"numbers", Array{1, 2, 3}},    {"ratios", Array{0.5, 1.5}},
                      {"truths", Array{true, false}}, {"texts", Array{"a", "b"}},
                      {"views", Array{"v", "w"}},     {"large", Array{1, "9223372036854775808"}}};
  EXPECT_EQ(attributes, expected);
}

TEST_F(BracedArrays, OfOneElementAreThatElement) {
  const std::string text = "text";
  const weft::AttributeValueView kept{text};
  const weft::AttributeValueView number{5};
  const List attributes = given([&](weft::Span& span) {
    span.set_attribute("tag", {"a"});
    span.set_attribute("kept", kept);
    span.set_attribute("number", number);
  });
  EXPECT_EQ(attributes, (List{{"tag", "a"}, {"kept", "text"}, {"number", 5}}));
}

TEST_F(BracedArrays, StandInListsOfAttributes) {
  {
    auto span = tracer.start("given", {{"tags", {"a", "b"}}, {"n", 1}});
    span.set_attributes({{"more", {1, 2}}});
    span.add_event("event", {{"tags", {"c", "d"}}});
  }
  const weft::SpanData span = last();
  EXPECT_EQ(span.attributes, (List{{"tags", Array{"a", "b"}}, {"n", 1}, {"more", Array{1, 2}}}));
  ASSERT_EQ(span.events.size(), 1U);
  EXPECT_EQ(span.events[0].attributes, (List{{"tags", Array{"c", "d"}}}));
}

TEST_F(BracedArrays, StandInOptionsThatOwnTheirAttributes) {
  const weft::Attributes attributes{{"tags", {"a", "b"}}};
  EXPECT_EQ(attributes.to_vector(), (List{{"tags", Array{"a", "b"}}}));
}

TEST_F(BracedArrays, AreNoMaps) {
  const auto attributes = given([](weft::Span& span) {
    span.set_attribute("pairs", {{"a", "b"}, {"c", "d"}});
    span.set_attribute("pair", {{"a", "b"}});
    span.set_attribute("nested", {{"tags", {"a", "b"}}});
  });
  const List expected{{"pairs", Map{{"a", "b"}, {"c", "d"}}},
                      {"pair", Map{{"a", "b"}}},
                      {"nested", Map{{"tags", Array{"a", "b"}}}}};
  EXPECT_EQ(attributes, expected);
}

TEST_F(Forms, AnOwnedValueIsMadeFromARange) {
  const weft::AttributeValue numbers = std::vector<int>{1, 2};
  const std::vector<weft::Attribute> list{{"texts", std::vector<std::string>{"a", "b"}},
                                          {"nested", std::vector<std::vector<int>>{{1}, {2, 3}}}};
  {
    auto span = tracer.start("charge", list);
    span.set_attribute("numbers", numbers);
  }
  const weft::SpanData span = last();
  EXPECT_EQ(*span.find("numbers"), (std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(*span.find("texts"), (std::vector<std::string_view>{"a", "b"}));
  EXPECT_EQ(*span.find("nested"), (std::vector<std::vector<int>>{{1}, {2, 3}}));
}

TEST_F(Forms, AnOwnedUnsignedValueBeyondASignedIntegerIsItsText) {
  const weft::AttributeValue owned = ~std::uint64_t{0};
  EXPECT_EQ(owned, "18446744073709551615");
  {
    auto span = tracer.start("charge");
    span.set_attribute("same", ~std::uint64_t{0});
  }
  EXPECT_EQ(*last().find("same"), owned);
}

TEST(ResourceForms, OptionsTakeAMapOrARange) {
  const std::map<std::string, std::string> map{{"a", "1"}};
  const std::vector<weft::Attribute> list{{"a", "2"}};
  weft::Options options{.resource = map};
  EXPECT_EQ(*options.resource.find("a"), "1");
  options.resource = list;
  EXPECT_EQ(*options.resource.find("a"), "2");
  options.resource = weft::Attributes{{"a", "3"}};
  EXPECT_EQ(*options.resource.merge(map).find("a"), "1");
}

TEST(ContextForms, AFallbackMayBeInBraces) {
  EXPECT_EQ(name.get_or({}), "");
  const weft::ContextVar<std::vector<int>> numbers{"numbers"};
  EXPECT_EQ(numbers.get_or({1, 2}), (std::vector<int>{1, 2}));
  EXPECT_EQ(weft::Context().get_or(numbers, {3}), std::vector<int>{3});
}

TEST(ContextForms, AVariableTakesWhatMakesItsValueExplicitly) {
  {
    const auto scope = name.scoped("view"sv);
    EXPECT_EQ(name.get(), "view");
  }
  const auto token = name.set("again"sv);  // a const token can be used, too
  EXPECT_EQ(name.get(), "again");
  name.reset(token);
  EXPECT_THROW(name.reset(token), weft::TokenUsedError);
}

TEST(ContextForms, AVariablesTypeIsThatOfItsDefault) {
  static const weft::ContextVar number{"number", 0};
  static const weft::ContextVar text{"text", "none"};
  static const weft::RecyclableContextVar pooled{"pooled", 0.5};
  static_assert(std::is_same_v<decltype(number), const weft::ContextVar<int>>);
  static_assert(std::is_same_v<decltype(text), const weft::ContextVar<std::string>>);
  static_assert(std::is_same_v<decltype(pooled), const weft::RecyclableContextVar<double>>);
  EXPECT_EQ(text.get(), "none");
}

TEST(ContextForms, TheRequestIdIsAString) {
  const auto scope = weft::request_id.scoped("r-1");
  std::string id = weft::request_id.get();
  EXPECT_EQ(id, "r-1");
  id = weft::request_id.get();
  id += weft::request_id.get();
  EXPECT_EQ(id, "r-1r-1");
  EXPECT_EQ(std::string(weft::request_id.get()), "r-1");
  EXPECT_EQ((std::vector<std::string>{weft::request_id.get(), "x"}).front(), "r-1");
}

TEST(ContextForms, ABoundFunctionThatRunsOnceIsGivenItsArgumentsToKeep) {
  const auto scope = name.scoped("bound");
  std::string seen;
  std::thread(weft::bind(
                  [&seen](std::unique_ptr<int> kept) {
                    seen = name.get() + std::to_string(*kept);
                    name.set("changed");
                  },
                  std::make_unique<int>(1)))
      .join();
  EXPECT_EQ(seen, "bound1");
  EXPECT_EQ(name.get(), "bound");
}

TEST(ContextForms, AsyncTakesALaunchPolicy) {
  const auto scope = name.scoped("async");
  std::future<std::string> later = weft::async(
      std::launch::deferred, [](int more) { return name.get() + std::to_string(more); }, 2);
  EXPECT_EQ(later.get(), "async2");
}

struct Queue {
  Queue() = default;
  Queue(const Queue&) = delete;
  template <class F>
  void post(F f) {
    f();
  }
};
weft::Task<void> note(std::string& seen) {
  seen = name.get();
  co_return;
}

TEST(ContextForms, SpawnTakesAReferenceToAnExecutor) {
  const auto scope = name.scoped("spawned");
  Queue queue;
  std::string seen;
  weft::spawn(std::ref(queue), note(seen));
  EXPECT_EQ(seen, "spawned");
}

TEST(ContextForms, APropagatorIsUsedByItself) {
  const auto span = tracer.start("out");
  std::map<std::string, std::string> headers;
  const weft::propagators::B3Single b3;
  b3.inject(weft::copy_context(), headers);
  weft::Context context;
  b3.extract(std::as_const(headers), context);
  EXPECT_EQ(weft::span_context(context).trace_id(), span.context().trace_id());
}

TEST(ContextForms, ARequestsNumberIsReadAsAnyNumberThatHoldsIt) {
  const auto request = weft::RequestContext::scope({{"attempt", 3}});
  EXPECT_EQ(weft::RequestContext::get<double>("attempt"), 3.0);
}

// A temporary's text would be gone before the tracer.
static_assert(!std::constructible_from<weft::Tracer, std::string>);
static_assert(!std::constructible_from<weft::Tracer, const char*, std::string>);
static_assert(!std::constructible_from<weft::Tracer, const char*, const char*, std::string>);
static_assert(std::constructible_from<weft::Tracer, const std::string&, const std::string&>);

/// As some string classes are.
struct Text {
  operator std::string_view() const { return "as a view"; }
  operator const char*() const { return "as a pointer"; }
};

TEST(SpanForms, TextMayBeAPointerToo) {
  const auto memory = weft::exporters::in_memory();
  auto telemetry = weft::init({.service_name = "forms", .exporters = {memory}});
  {
    auto span = tracer.start("charge", {{"text", Text()}});
  }
  telemetry.force_flush();
  EXPECT_EQ(*memory->spans().at(0).find("text"), "as a view");
}

/// Keeps what a view says of a span.
struct Reader final : weft::SpanProcessor {
  void on_end(const weft::SpanView& span) override {
    status = span.status();
    attributes = span.attributes();
    events = span.events();
    links = span.links();
    scope = span.scope();
    resource = span.resource();
  }
  weft::Status status;
  std::vector<weft::Attribute> attributes;
  std::vector<weft::Event> events;
  std::vector<weft::Link> links;
  weft::Scope scope;
  weft::Resource resource;
};

TEST(SpanView, TellsEverythingOfAnEndedSpan) {
  const auto reader = std::make_shared<Reader>();
  const auto telemetry = weft::init({.service_name = "forms",
                                     .exporters = {weft::exporters::in_memory()},
                                     .processors = {reader}});
  {
    auto span = tracer.start("charge", {{"a", 1}});
    span.add_event("e", {{"b", 2}});
    span.add_link(span.context());
    span.set_status(weft::StatusCode::error, "declined");
  }
  EXPECT_EQ(reader->status, (weft::Status{weft::StatusCode::error, "declined"}));
  EXPECT_EQ(reader->attributes, (std::vector<weft::Attribute>{{"a", 1}}));
  EXPECT_EQ(reader->events.at(0).name, "e");
  EXPECT_EQ(reader->links.size(), 1U);
  EXPECT_EQ(reader->scope.name, "forms");
  EXPECT_EQ(*reader->resource.find("service.name"), "forms");
}

}  // namespace
