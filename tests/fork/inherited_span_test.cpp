// SPDX-License-Identifier: Apache-2.0
// What was open or set at the fork: the child sees it, and can do nothing to the parent's.
#include <weft/weft.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "fork/in_child.hpp"

namespace {

using namespace std::chrono_literals;
using weft::testing::problem_in_child;

const weft::Tracer tracer{"fork"};
const weft::ContextVar<std::string> user{"user"};

struct Inherited : testing::Test {
  std::shared_ptr<weft::exporters::InMemoryExporter> memory = weft::exporters::in_memory();
  weft::Telemetry telemetry = weft::init({.service_name = "forking", .exporters = {memory}});

  weft::SpanData only() {
    telemetry.force_flush(10s);
    const auto spans = memory->spans();
    return spans.size() == 1 ? spans[0] : weft::SpanData{};
  }
};

TEST_F(Inherited, ValuesAreThere) {
  const auto scope = user.scoped("u-1");
  EXPECT_EQ("", problem_in_child([&]() -> std::string { return user.get() == "u-1" ? "" : "no"; }));
}

TEST_F(Inherited, TheRequestIdIsThere) {
  const auto span = tracer.start("parent");
  const std::string id(weft::request_id.get().view());
  EXPECT_EQ("", problem_in_child([&]() -> std::string {
              return weft::request_id.get().view() == id ? "" : "no";
            }));
}

TEST_F(Inherited, TheCurrentSpanIsTheParentOfTheChildsSpans) {
  const auto span = tracer.start("parent");
  EXPECT_EQ("", problem_in_child([&]() -> std::string {
              {
                auto below = tracer.start("child");
              }
              const weft::SpanData data = only();
              WEFT_CHILD_EXPECT(data.parent.span_id() == span.context().span_id());
              WEFT_CHILD_EXPECT(data.context.trace_id() == span.context().trace_id());
              return {};
            }));
}

TEST_F(Inherited, ASpanDoesNotRecordInTheChild) {
  auto span = tracer.start("parent");
  EXPECT_EQ("", problem_in_child([&]() -> std::string {
              WEFT_CHILD_EXPECT(!span.is_recording() && !weft::current_span().is_recording());
              return {};
            }));
  EXPECT_TRUE(span.is_recording());
}

TEST_F(Inherited, ASpanThatTheChildEndsIsTheParentsStill) {
  std::optional<weft::DetachedSpan> span = tracer.start_detached("parent");
  EXPECT_EQ("", problem_in_child([&]() -> std::string {
              span->set_attribute("child", true);
              span->end();
              span.reset();
              WEFT_CHILD_EXPECT(telemetry.stats().started == 0);
              return {};
            }));
  span->set_attribute("parent", true);
  span.reset();
  const weft::SpanData data = only();
  EXPECT_EQ(data.find("child"), nullptr);
  EXPECT_NE(data.find("parent"), nullptr);
}

struct Activation {
  explicit Activation(const weft::DetachedSpan& span) : scope(span.activate()) {}
  weft::SpanScope scope;
};

TEST_F(Inherited, AScopeThatTheChildLeavesIsTheParentsStill) {
  std::string problem;
  {
    auto span = std::make_unique<weft::DetachedSpan>(tracer.start_detached("parent"));
    auto scope = std::make_unique<Activation>(*span);
    problem = problem_in_child([&]() -> std::string {
      scope.reset();
      WEFT_CHILD_EXPECT(!weft::current_span().context().is_valid());
      span.reset();
      return {};
    });
    EXPECT_EQ(weft::current_span().context().span_id(), span->context().span_id());
  }
  EXPECT_EQ(problem, "");
  EXPECT_EQ(only().name, "parent");
}

TEST_F(Inherited, ATokenStillWorksInTheChild) {
  weft::Token<std::string> token = user.set("u-1");
  EXPECT_EQ("", problem_in_child([&]() -> std::string {
              user.reset(token);
              WEFT_CHILD_EXPECT(user.find() == nullptr);
              return {};
            }));
  EXPECT_EQ(user.get(), "u-1");
  user.reset(token);
}

}  // namespace
