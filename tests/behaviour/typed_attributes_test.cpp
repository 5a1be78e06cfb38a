// SPDX-License-Identifier: Apache-2.0
// Attributes whose type the compiler knows at the call, as it does in an optimised program.
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "support/recorded.hpp"

namespace {

using weft::testing::Recorded;
using weft::testing::tracer;

// What `set_attribute` comes to, by hand: nothing is known without optimisation.
class Typed : public weft::DetachedSpan {
 public:
  explicit Typed(std::string_view name) : DetachedSpan(tracer.start_detached(name)) {}
  using BasicSpan::write_attribute;
};

TEST(TypedAttributes, ArriveAsTheyWere) {
  Recorded recorded;
  {
    Typed span("typed");
    span.write_attribute("some.text", std::string_view("text"));
    span.write_attribute("some.number", std::int64_t{-5});
    span.write_attribute("some.ratio", 2.5);
    span.write_attribute("some.truth", true);
  }
  const weft::SpanData span = recorded.span("typed");
  const std::vector<weft::Attribute> expected{
      {"some.text", "text"}, {"some.number", -5}, {"some.ratio", 2.5}, {"some.truth", true}};
  EXPECT_EQ(span.attributes, expected);
}

TEST(TypedAttributes, ReplaceOneOfAnotherType) {
  Recorded recorded;
  {
    Typed span("typed");
    span.write_attribute("some.key", std::string_view("text"));
    span.write_attribute("some.key", std::int64_t{7});
  }
  EXPECT_EQ(recorded.span("typed").attributes, (std::vector<weft::Attribute>{{"some.key", 7}}));
}

TEST(TypedAttributes, OfAnyLengthArrive) {
  Recorded recorded;
  const std::string text(5000, 't');
  {
    Typed span("typed");
    span.write_attribute("k", std::string_view(text));
    span.write_attribute(std::string(40, 'k'), std::string_view("caf\xC3\xA9"));
  }
  EXPECT_EQ(recorded.span("typed").attributes,
            (std::vector<weft::Attribute>{{"k", text}, {std::string(40, 'k'), "caf\xC3\xA9"}}));
}

TEST(TypedAttributes, MayBeSetFromAnotherThread) {
  Recorded recorded;
  {
    Typed span("typed");
    std::thread([&] { span.write_attribute("some.key", true); }).join();
    span.write_attribute("other.key", 0.5);
  }
  EXPECT_EQ(recorded.span("typed").attributes,
            (std::vector<weft::Attribute>{{"some.key", true}, {"other.key", 0.5}}));
}

TEST(TypedAttributes, AfterTheEndAreMisuse) {
  Recorded recorded;
  Typed span("typed");
  span.end();
  span.write_attribute("some.key", std::int64_t{1});
  EXPECT_EQ(recorded.telemetry().stats().misused, 1U);
}

}  // namespace
