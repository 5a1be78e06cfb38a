// SPDX-License-Identifier: Apache-2.0
// The header x-request-id.
#include <gtest/gtest.h>

#include <string>

#include "propagators/support.hpp"
#include "request_id_header.hpp"
#include "support/recorded.hpp"

namespace {

using namespace weft_test;
using weft::Context;
using weft::testing::Recorded;
using weft::testing::tracer;

const weft::propagators::RequestId kPropagator;

std::string id_of(const HeaderList& headers) {
  return extract_with(kPropagator, headers).get_or(weft::request_id, weft::RequestId()).to_string();
}

TEST(RequestIdText, Table) {
  for (const std::string& good : {std::string("a"), std::string("7b0e-42_x.y:z/\"<>"),
                                  std::string(127, 'x'), std::string("!~")}) {
    EXPECT_TRUE(weft::propagators::is_request_id(good)) << good;
  }
  for (const std::string& bad :
       {std::string(), std::string(" "), std::string("a b"), std::string("a\nb"),
        std::string("a\tb"), std::string("a\x7F"), std::string("\xC3\xA9"), std::string(1, '\0'),
        std::string(128, 'x')}) {
    EXPECT_FALSE(weft::propagators::is_request_id(bad)) << bad;
  }
}

TEST(RequestIdPropagator, TakesTheIdThatComesIn) {
  EXPECT_EQ(id_of({{"X-Request-ID", "abc-1"}}), "abc-1");
  EXPECT_EQ(id_of({{"x-request-id", " abc-1\t"}}), "abc-1");
}

TEST(RequestIdPropagator, ABadIdIsNone) {
  EXPECT_EQ(id_of({{"x-request-id", ""}}), "");
  EXPECT_EQ(id_of({{"x-request-id", "a b"}}), "");
  EXPECT_EQ(id_of({{"x-request-id", std::string(128, 'x')}}), "");
  EXPECT_EQ(id_of({{"x-request-id", "a"}, {"x-request-id", "b"}}), "");
}

TEST(RequestIdPropagator, ABadIdLeavesTheContextAlone) {
  Context context = extract_with(kPropagator, HeaderList{{"x-request-id", "abc"}});
  extract_into(context, kPropagator, HeaderList{{"x-request-id", "a b"}});
  EXPECT_EQ(context.get(weft::request_id), "abc");
}

TEST(RequestIdPropagator, ForwardsTheId) {
  Context context = extract_with(kPropagator, HeaderList{{"x-request-id", "abc"}});
  const HeaderMap expected = {{"x-request-id", "abc"}};
  EXPECT_EQ(inject_with(kPropagator, context), expected);
  context.run([&] { EXPECT_EQ(inject_current_with(kPropagator), expected); });
}

TEST(RequestIdPropagator, AnIdThatCameInWinsOverTheTraceId) {
  Recorded recorded;
  const Context parent = extract_with(kPropagator, HeaderList{{"x-request-id", "abc"}});
  auto span = tracer.start("request", {.parent = parent});
  EXPECT_EQ(weft::request_id.get(), "abc");
  EXPECT_EQ(inject_current_with(kPropagator), (HeaderMap{{"x-request-id", "abc"}}));
}

TEST(RequestIdPropagator, WithoutOneTheTraceIdIsSent) {
  Recorded recorded;
  auto span = tracer.start("request");
  EXPECT_EQ(inject_current_with(kPropagator),
            (HeaderMap{{"x-request-id", span.context().trace_id().to_hex()}}));
}

TEST(RequestIdPropagator, SendsNothingThatCouldBreakAHeader) {
  Context context;
  context.run([] { weft::request_id.set("a\r\nset-cookie: b"); });
  EXPECT_TRUE(inject_with(kPropagator, context).empty());
  EXPECT_TRUE(inject_with(kPropagator, Context()).empty());
  EXPECT_TRUE(inject_current_with(kPropagator).empty());
}

TEST(RequestIdPropagator, FieldsAreWhatInjectWrites) {
  EXPECT_EQ(kPropagator.fields(), (std::vector<std::string>{"x-request-id"}));
}

}  // namespace
