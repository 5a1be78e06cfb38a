// SPDX-License-Identifier: Apache-2.0
// Environment variables as carriers.
#include <weft/propagators/environment.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include <weft/baggage.hpp>

#include "propagators/support.hpp"

namespace {

using namespace weft_test;
using weft::Context;
using weft::propagators::ChildEnvironment;
using weft::propagators::environment_name;
using weft::propagators::ProcessEnvironment;
using Texts = std::vector<std::string>;

const std::string kGood{kTraceparentText};

Context incoming() {
  return weft::extract(
      HeaderList{{"traceparent", kGood}, {"tracestate", "a=1"}, {"baggage", "k=v"}});
}

const char* const kBlock[] = {"PATH=/bin",
                              "traceparent=lower",
                              "TRACEPARENT=first",
                              "TRACEPARENT=second",
                              "EMPTY=",
                              "NOTHING",
                              "X=a=b",
                              nullptr};

TEST(EnvironmentName, Table) {
  EXPECT_EQ(environment_name("traceparent"), "TRACEPARENT");
  EXPECT_EQ(environment_name("TraceState"), "TRACESTATE");
  EXPECT_EQ(environment_name("x-b3-traceid"), "X_B3_TRACEID");
  EXPECT_EQ(environment_name("a.b c=d"), "A_B_C_D");
  EXPECT_EQ(environment_name("_1"), "_1");
  EXPECT_EQ(environment_name("3x"), "_3X");
  EXPECT_EQ(environment_name(""), "_");
  EXPECT_EQ(environment_name("\xC3\xA9"), "__");
}

TEST(ProcessEnvironment, ReadsABlock) {
  const ProcessEnvironment environment(kBlock);
  EXPECT_EQ(environment("traceparent"), "first");
  EXPECT_EQ(environment("TRACEPARENT"), "first");
  EXPECT_EQ(environment("x"), "a=b");
  EXPECT_EQ(environment("empty"), "");
  EXPECT_FALSE(environment("nothing"));
  EXPECT_FALSE(environment("tracestate"));
}

TEST(ProcessEnvironment, ListsNormalisedNamesAlone) {
  const Texts keys = ProcessEnvironment(kBlock).keys();
  EXPECT_EQ(keys, (Texts{"PATH", "TRACEPARENT", "TRACEPARENT", "EMPTY", "NOTHING", "X"}));
}

TEST(ProcessEnvironment, MayBeEmpty) {
  EXPECT_FALSE(ProcessEnvironment(static_cast<const char* const*>(nullptr))("traceparent"));
  EXPECT_FALSE(ProcessEnvironment(ProcessEnvironment::Getter())("traceparent"));
  EXPECT_TRUE(ProcessEnvironment(ProcessEnvironment::Getter()).keys().empty());
}

TEST(ProcessEnvironment, AsksAGetterForTheNormalisedName) {
  Texts asked;
  const ProcessEnvironment environment([&](const std::string& name) {
    asked.push_back(name);
    return std::optional<std::string>(name == "TRACEPARENT" ? kGood : "");
  });
  EXPECT_EQ(weft::span_context(weft::extract(environment)).trace_id().to_hex(), kTraceIdText);
  EXPECT_EQ(asked.at(0), "TRACEPARENT");
}

TEST(ProcessEnvironment, ReadsTheProcessesOwn) {
  ASSERT_EQ(setenv("TRACEPARENT", kGood.c_str(), 1), 0);
  EXPECT_EQ(weft::span_context(weft::extract(ProcessEnvironment())).trace_id().to_hex(),
            kTraceIdText);
  const Texts keys = ProcessEnvironment().keys();
  EXPECT_NE(std::ranges::find(keys, "TRACEPARENT"), keys.end());
  unsetenv("TRACEPARENT");
  EXPECT_FALSE(weft::span_context(weft::extract(ProcessEnvironment())).is_valid());
}

TEST(ChildEnvironment, CarriesAContextThereAndBack) {
  ChildEnvironment environment{Texts{}};
  weft::inject(environment, incoming());
  EXPECT_EQ(environment.variables(),
            (Texts{"TRACEPARENT=" + kGood, "TRACESTATE=a=1", "BAGGAGE=k=v"}));
  const Context context = weft::extract(ProcessEnvironment(environment.data()));
  EXPECT_EQ(weft::span_context(context).trace_state().view(), "a=1");
  EXPECT_EQ(weft::baggage::all(context), (std::vector<weft::baggage::Entry>{{"k", "v"}}));
}

TEST(ChildEnvironment, CarriesB3) {
  ChildEnvironment environment{Texts{}};
  const weft::propagators::B3Multi b3;
  b3.inject(incoming(),
            weft::CarrierWriter(environment, &weft::detail::write_header<ChildEnvironment>));
  EXPECT_EQ(environment.variables(),
            (Texts{std::string("X_B3_TRACEID=").append(kTraceIdText),
                   std::string("X_B3_SPANID=").append(kSpanIdText), "X_B3_SAMPLED=1"}));
  EXPECT_TRUE(
      weft::span_context(extract_with(b3, ProcessEnvironment(environment.data()))).is_sampled());
}

TEST(ChildEnvironment, AVariableIsThereOnce) {
  ChildEnvironment environment(Texts{"A=1", "TRACEPARENT=x", "B=2", "TRACEPARENT=y"});
  environment("traceparent", "z");
  EXPECT_EQ(environment.variables(), (Texts{"A=1", "TRACEPARENT=z", "B=2"}));
}

TEST(ChildEnvironment, IsABlockThatEndsWithNull) {
  ChildEnvironment environment(Texts{"A=1", "B=2"});
  char* const* block = environment.data();
  EXPECT_STREQ(block[0], "A=1");
  EXPECT_STREQ(block[1], "B=2");
  EXPECT_EQ(block[2], nullptr);
}

TEST(ChildEnvironment, BeginsWithOursButNotWithOurParent) {
  setenv("WEFT_TEST_VARIABLE", "kept", 1);
  setenv("TRACESTATE", "stale=1", 1);
  const Texts variables = ChildEnvironment().variables();
  EXPECT_NE(std::ranges::find(variables, "WEFT_TEST_VARIABLE=kept"), variables.end());
  EXPECT_EQ(std::ranges::find(variables, "TRACESTATE=stale=1"), variables.end());
  unsetenv("WEFT_TEST_VARIABLE");
  unsetenv("TRACESTATE");
}

TEST(ChildEnvironment, LeavesTheProcessesOwnAlone) {
  ChildEnvironment environment;
  weft::inject(environment, incoming());
  EXPECT_EQ(std::getenv("TRACEPARENT"), nullptr);
}

}  // namespace
