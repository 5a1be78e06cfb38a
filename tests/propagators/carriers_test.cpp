// SPDX-License-Identifier: Apache-2.0
// What headers may be written to and read from.
#include <gtest/gtest.h>

#include <array>
#include <deque>
#include <list>
#include <map>
#include <string>
#include <unordered_map>

#include <weft/baggage.hpp>

#include "propagators/support.hpp"

namespace {

using namespace weft_test;
using weft::Context;

const std::string kGood{kTraceparentText};

Context incoming() { return weft::extract(HeaderList{{"traceparent", kGood}, {"baggage", "k=v"}}); }

std::string trace_of(const Context& context) {
  return weft::span_context(context).trace_id().to_hex();
}

template <class Carrier>
class Containers : public testing::Test {};

using ContainerTypes = testing::Types<
    std::map<std::string, std::string>, std::map<std::string, std::string, std::less<>>,
    std::unordered_map<std::string, std::string>, std::multimap<std::string, std::string>,
    std::unordered_multimap<std::string, std::string>,
    std::vector<std::pair<std::string, std::string>>,
    std::list<std::pair<std::string, std::string>>,
    std::deque<std::pair<std::string, std::string>>>;
TYPED_TEST_SUITE(Containers, ContainerTypes);

template <class Carrier>
void add(Carrier& carrier, const std::string& name, const std::string& value) {
  weft::detail::add_header(carrier, name, value);
}

TYPED_TEST(Containers, CarryAContextThereAndBack) {
  TypeParam carrier;
  weft::inject(carrier, incoming());
  EXPECT_EQ(carrier.size(), 2u);
  const Context context = weft::extract(carrier);
  EXPECT_EQ(trace_of(context), kTraceIdText);
  EXPECT_EQ(weft::baggage::all(context), (std::vector<weft::baggage::Entry>{{"k", "v"}}));
}

TYPED_TEST(Containers, CarryTheCurrentContext) {
  TypeParam carrier;
  incoming().run([&] { weft::inject(carrier); });
  EXPECT_EQ(trace_of(weft::extract(std::as_const(carrier))), kTraceIdText);
}

TYPED_TEST(Containers, HaveAHeaderOfThatNameReplacedInAnyCase) {
  TypeParam carrier;
  add(carrier, "Host", "h");
  add(carrier, "TraceParent", "stale");
  add(carrier, "traceparent", "stale");
  add(carrier, "TRACEPARENT", "stale");
  add(carrier, "Accept", "*");
  weft::inject(carrier, incoming());
  EXPECT_EQ(carrier.size(), 4u);
  EXPECT_EQ(trace_of(weft::extract(carrier)), kTraceIdText);
  weft::inject(carrier, incoming());
  EXPECT_EQ(carrier.size(), 4u);
}

TYPED_TEST(Containers, HaveNamesThatDifferByCaseCounted) {
  TypeParam carrier;
  add(carrier, "traceparent", kGood);
  add(carrier, "Traceparent", kGood);
  EXPECT_FALSE(weft::span_context(weft::extract(carrier)).is_valid());
}

TYPED_TEST(Containers, AreLeftAloneWithoutASpan) {
  TypeParam carrier;
  add(carrier, "traceparent", "kept");
  weft::inject(carrier);
  weft::inject(carrier, Context());
  ASSERT_EQ(carrier.size(), 1u);
  EXPECT_EQ(carrier.begin()->second, "kept");
}

TEST(Carriers, AVectorKeepsTheOrderAroundAReplacedHeader) {
  HeaderList carrier = {{"a", "1"}, {"traceparent", "stale"}, {"b", "2"}, {"TraceParent", "stale"}};
  weft::inject(carrier, weft::extract(HeaderList{{"traceparent", kGood}}));
  EXPECT_EQ(carrier, (HeaderList{{"a", "1"}, {"traceparent", kGood}, {"b", "2"}}));
}

TEST(Carriers, AMultimapWithTwoTraceparentsHasNone) {
  const std::multimap<std::string, std::string> carrier = {{"traceparent", kGood},
                                                           {"traceparent", kGood}};
  EXPECT_FALSE(weft::span_context(weft::extract(carrier)).is_valid());
}

TEST(Carriers, AMultimapsTracestatesAreJoinedInOrder) {
  const std::multimap<std::string, std::string> carrier = {
      {"traceparent", kGood}, {"tracestate", "b=2"}, {"tracestate", "a=1"}};
  EXPECT_EQ(weft::span_context(weft::extract(carrier)).trace_state().view(), "b=2,a=1");
}

TEST(Carriers, ViewsAndArraysCanBeRead) {
  const std::array<std::pair<std::string_view, std::string_view>, 1> array = {
      {{"traceparent", kGood}}};
  EXPECT_EQ(trace_of(weft::extract(array)), kTraceIdText);
  const std::pair<const char*, const char*> plain[] = {{"traceparent", kGood.c_str()}};
  EXPECT_EQ(trace_of(weft::extract(plain)), kTraceIdText);
}

TEST(Carriers, WhatCannotOwnTextIsNotWritable) {
  static_assert(!weft::WritableCarrier<std::map<std::string, std::string_view>>);
  static_assert(!weft::WritableCarrier<std::vector<std::pair<std::string, const char*>>>);
  static_assert(!weft::WritableCarrier<const HeaderMap>);
  static_assert(!weft::WritableCarrier<std::array<std::pair<std::string, std::string>, 2>>);
  static_assert(!weft::WritableCarrier<std::string>);
  static_assert(!weft::ReadableCarrier<std::string>);
  static_assert(!weft::ReadableCarrier<std::vector<std::string>>);
  static_assert(weft::ReadableCarrier<const HeaderMap>);
}

TEST(Carriers, ACallableIsCalledWithEachHeader) {
  HeaderMap seen;
  weft::inject([&](std::string_view name, std::string_view value) { seen.emplace(name, value); },
               incoming());
  EXPECT_EQ(seen, (HeaderMap{{"traceparent", kGood}, {"baggage", "k=v"}}));
}

TEST(Carriers, AConstCallableAndOneOfStringsWillDo) {
  HeaderMap seen;
  const auto by_view = [&](std::string_view name, std::string_view value) {
    seen.emplace(name, value);
  };
  const auto by_string = [&](const std::string& name, const std::string& value) {
    seen[name] += value;
  };
  weft::inject(by_view, incoming());
  weft::inject(by_string, incoming());
  EXPECT_EQ(seen.at("traceparent"), kGood + kGood);
}

HeaderMap written_by_function;
void write_by_function(std::string_view name, std::string_view value) {
  written_by_function[std::string(name)] = value;
}
std::optional<std::string_view> read_by_function(std::string_view name) {
  return name == "traceparent" ? std::optional<std::string_view>(kTraceparentText) : std::nullopt;
}

TEST(Carriers, AFunctionWillDo) {
  incoming().run([] { weft::inject(write_by_function); });
  weft::inject(&write_by_function, incoming());
  EXPECT_EQ(written_by_function.at("traceparent"), kGood);
  EXPECT_EQ(trace_of(weft::extract(read_by_function)), kTraceIdText);
  EXPECT_EQ(trace_of(weft::extract(&read_by_function)), kTraceIdText);
}

template <class F>
void expect_read(F&& read) {
  EXPECT_EQ(trace_of(weft::extract(std::forward<F>(read))), kTraceIdText);
}

TEST(Carriers, ACallableMayReturnTextInAnyForm) {
  const auto is_ours = [](std::string_view name) { return name == "traceparent"; };
  expect_read([&](std::string_view name) -> std::optional<std::string_view> {
    return is_ours(name) ? std::optional<std::string_view>(kGood) : std::nullopt;
  });
  expect_read([&](std::string_view name) -> std::optional<std::string> {
    return is_ours(name) ? std::optional<std::string>(kGood) : std::nullopt;
  });
  expect_read([&](const std::string& name) { return is_ours(name) ? kGood : std::string(); });
  expect_read([&](std::string_view name) { return is_ours(name) ? kGood.c_str() : nullptr; });
  expect_read([&](std::string_view name) { return is_ours(name) ? &kGood : nullptr; });
  expect_read([&, calls = 0](std::string_view name) mutable {
    return ++calls > 0 && is_ours(name) ? std::string_view(kGood) : std::string_view();
  });
}

TEST(Carriers, ACallableThatFindsNothingYieldsAnEmptyContext) {
  const Context context =
      weft::extract([](std::string_view) -> std::optional<std::string_view> { return {}; });
  EXPECT_TRUE(context.empty());
  EXPECT_FALSE(weft::span_context(context).is_valid());
}

TEST(Carriers, AReaderThatThrowsYieldsNothing) {
  const Context context = weft::extract([](std::string_view) -> std::optional<std::string_view> {
    throw std::runtime_error("no headers");
  });
  EXPECT_FALSE(weft::span_context(context).is_valid());
}

TEST(Carriers, AReaderShowsEveryHeaderWhenAskedForNoName) {
  const HeaderList headers = {{"A", "1"}, {"b", "2"}};
  HeaderList seen;
  weft::CarrierReader(headers, &weft::detail::read_headers<const HeaderList>)
      .for_each("", [&](std::string_view name, std::string_view value) {
        seen.emplace_back(name, value);
      });
  EXPECT_EQ(seen, headers);
}

TEST(Carriers, AReaderGivesTheFirstValueOfAName) {
  const HeaderList headers = {{"B", "1"}, {"b", "2"}};
  const weft::CarrierReader reader(headers, &weft::detail::read_headers<const HeaderList>);
  EXPECT_EQ(reader.get("b"), "1");
  EXPECT_FALSE(reader.get("c"));
}

TEST(Carriers, HeaderNamesAreComparedByLettersAlone) {
  using weft::detail::same_header;
  EXPECT_TRUE(same_header("X-B3-TraceId", "x-b3-traceid"));
  EXPECT_TRUE(same_header("traceparent", "TRACEPARENT"));
  EXPECT_TRUE(same_header("b3", "B3"));
  EXPECT_TRUE(
      same_header("a-name-that-is-longer-than-two-words", "A-Name-That-Is-Longer-Than-Two-Words"));
  EXPECT_FALSE(same_header("traceparent", "traceparenu"));
  EXPECT_FALSE(same_header("traceparent", "uraceparent"));
  EXPECT_FALSE(same_header("@", "`"));
  EXPECT_FALSE(same_header("[", "{"));
  EXPECT_FALSE(same_header("b3", "b"));
}

}  // namespace
