// SPDX-License-Identifier: Apache-2.0
// A forked child goes on with a telemetry of its own, from its first span.
#include <weft/weft.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <memory>
#include <string>

#include "fork/in_child.hpp"

namespace {

using namespace std::chrono_literals;
using weft::testing::problem_in_child;

const weft::Tracer tracer{"fork"};

struct Child : testing::Test {
  std::shared_ptr<weft::exporters::InMemoryExporter> memory = weft::exporters::in_memory();
  weft::Telemetry telemetry = weft::init({.service_name = "forking", .exporters = {memory}});

  std::vector<weft::SpanData> sent() {
    telemetry.force_flush(10s);
    return memory->spans();
  }
};

std::ptrdiff_t thread_count() {
  const auto tasks = std::filesystem::directory_iterator("/proc/self/task");
  return std::distance(begin(tasks), end(tasks));
}

std::string instance_of(const weft::SpanData& span) {
  const auto* id = span.resource.find("service.instance.id");
  return id != nullptr ? std::get<std::string>(*id) : "";
}

TEST_F(Child, ExportsItsSpans) {
  EXPECT_EQ("", problem_in_child([&]() -> std::string {
              {
                auto span = tracer.start("child");
              }
              const auto spans = sent();
              WEFT_CHILD_EXPECT(spans.size() == 1 && spans[0].name == "child");
              return {};
            }));
}

TEST_F(Child, SendsNoneOfTheParentsSpans) {
  {
    auto span = tracer.start("parent's, unsent");
  }
  EXPECT_EQ("", problem_in_child([&]() -> std::string {
              WEFT_CHILD_EXPECT(sent().empty());
              {
                auto span = tracer.start("child");
              }
              WEFT_CHILD_EXPECT(sent().size() == 1);
              return {};
            }));
  EXPECT_EQ(sent().size(), 1U);
}

TEST_F(Child, IsAnotherInstanceOfTheService) {
  {
    auto span = tracer.start("parent");
  }
  const std::string parents = instance_of(sent().at(0));
  EXPECT_EQ("", problem_in_child([&]() -> std::string {
              {
                auto span = tracer.start("child");
              }
              const auto spans = sent();
              WEFT_CHILD_EXPECT(!instance_of(spans.at(0)).empty());
              WEFT_CHILD_EXPECT(instance_of(spans.at(0)) != parents);
              WEFT_CHILD_EXPECT(std::get<std::string>(*spans.at(0).resource.find("service.name")) ==
                                "forking");
              return {};
            }));
}

TEST_F(Child, MakesOtherIdsThanItsParent) {
  {
    auto warm = tracer.start("warm");
  }
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  EXPECT_EQ("", problem_in_child([&]() -> std::string {
              const std::string id = tracer.start("next").context().trace_id().to_hex();
              WEFT_CHILD_EXPECT(write(ends[1], id.data(), 32) == 32);
              return {};
            }));
  char childs[32];
  ASSERT_EQ(read(ends[0], childs, 32), 32);
  EXPECT_NE(tracer.start("next").context().trace_id().to_hex(), std::string(childs, 32));
}

TEST_F(Child, MakesOtherIdsThanItsParentWithoutTelemetryToo) {
  telemetry.shutdown();
  {
    auto warm = tracer.start("warm");
  }
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  EXPECT_EQ("", problem_in_child([&]() -> std::string {
              const std::string id = tracer.start("next").context().trace_id().to_hex();
              WEFT_CHILD_EXPECT(write(ends[1], id.data(), 32) == 32);
              return {};
            }));
  char childs[32];
  ASSERT_EQ(read(ends[0], childs, 32), 32);
  EXPECT_NE(tracer.start("next").context().trace_id().to_hex(), std::string(childs, 32));
}

TEST_F(Child, BeginsItsAccountAtZero) {
  for (int i = 0; i < 3; ++i) auto span = tracer.start("parent");
  EXPECT_EQ("", problem_in_child([&]() -> std::string {
              WEFT_CHILD_EXPECT(telemetry.stats().started == 0);
              for (int i = 0; i < 2; ++i) auto span = tracer.start("child");
              WEFT_CHILD_EXPECT(bool(telemetry.force_flush(10s)));
              const weft::Stats stats = telemetry.stats();
              WEFT_CHILD_EXPECT(stats.started == 2 && stats.exported == 2 && stats.live == 0);
              WEFT_CHILD_EXPECT(telemetry.audit().live == 0);
              return {};
            }));
  sent();
  EXPECT_EQ(telemetry.stats().started, 3U);
  EXPECT_EQ(telemetry.stats().exported, 3U);
}

TEST_F(Child, FlushesNothingBeforeItsFirstSpan) {
  EXPECT_EQ("", problem_in_child([&]() -> std::string {
              WEFT_CHILD_EXPECT(bool(telemetry.force_flush(10s)));
              WEFT_CHILD_EXPECT(telemetry.stats().started == 0);
              return {};
            }));
}

TEST_F(Child, HasAWorkerOfItsOwnFromItsFirstSpan) {
  EXPECT_EQ("", problem_in_child([&]() -> std::string {
              WEFT_CHILD_EXPECT(thread_count() == 1);
              {
                auto span = tracer.start("child");
              }
              WEFT_CHILD_EXPECT(sent().size() == 1);
              WEFT_CHILD_EXPECT(thread_count() == 3);  // with the exporter's
              return {};
            }));
}

TEST_F(Child, IsReachedByTheActiveTelemetry) {
  EXPECT_EQ("", problem_in_child([&]() -> std::string {
              WEFT_CHILD_EXPECT(bool(weft::active_telemetry()));
              {
                auto span = tracer.start("child");
              }
              weft::active_telemetry().force_flush(10s);
              WEFT_CHILD_EXPECT(weft::active_telemetry().stats().exported == 1);
              return {};
            }));
}

TEST_F(Child, StopsWhenItsTelemetryIsShutDown) {
  EXPECT_EQ("", problem_in_child([&]() -> std::string {
              {
                auto span = tracer.start("child");
              }
              WEFT_CHILD_EXPECT(bool(telemetry.shutdown()));
              WEFT_CHILD_EXPECT(memory->spans().size() == 1);
              WEFT_CHILD_EXPECT(!tracer.start("late").is_recording());
              return {};
            }));
  EXPECT_TRUE(tracer.start("parent").is_recording());
}

TEST_F(Child, StaysOffWhenShutDownBeforeItsFirstSpan) {
  EXPECT_EQ("", problem_in_child([&]() -> std::string {
              telemetry.shutdown();
              WEFT_CHILD_EXPECT(!tracer.start("late").is_recording());
              return {};
            }));
}

TEST_F(Child, MayInitAnew) {
  EXPECT_EQ("", problem_in_child([&]() -> std::string {
              const auto own = weft::exporters::in_memory();
              auto fresh = weft::init({.service_name = "child", .exporters = {own}});
              WEFT_CHILD_EXPECT(bool(fresh));
              {
                auto span = tracer.start("child");
              }
              fresh.force_flush(10s);
              WEFT_CHILD_EXPECT(own->spans().size() == 1 && memory->spans().empty());
              return {};
            }));
}

TEST_F(Child, OfAChildGoesOnToo) {
  EXPECT_EQ("", problem_in_child([&]() -> std::string {
              return problem_in_child([&]() -> std::string {  // as a daemon is made
                {
                  auto span = tracer.start("grandchild");
                }
                WEFT_CHILD_EXPECT(sent().size() == 1);
                return {};
              });
            }));
}

TEST_F(Child, OfAChildThatHadSpansGoesOnToo) {
  EXPECT_EQ("", problem_in_child([&]() -> std::string {
              {
                auto span = tracer.start("child");
              }
              const std::string problem = problem_in_child([&]() -> std::string {
                {
                  auto span = tracer.start("grandchild");
                }
                const auto spans = sent();
                WEFT_CHILD_EXPECT(spans.size() == 1 && spans[0].name == "grandchild");
                WEFT_CHILD_EXPECT(telemetry.stats().started == 1);
                return {};
              });
              WEFT_CHILD_EXPECT(sent().size() == 1);
              return problem;
            }));
}

TEST_F(Child, ThatExitsNormallyChangesNothingOfItsParents) {
  auto span = tracer.start("parent");
  const pid_t child = fork();
  if (child == 0) std::exit(7);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 7);
  span.set_attribute("after", true);
  span.end();
  ASSERT_EQ(sent().size(), 1U);
  EXPECT_NE(sent().at(0).find("after"), nullptr);
}

TEST(ChildReport, IsOfItsOwnAccount) {
  weft::Stats last;
  auto telemetry = weft::init({.exporters = {weft::exporters::in_memory()},
                               .stats = {.on_stats = [&](const weft::Stats& now) { last = now; }}});
  for (int i = 0; i < 3; ++i) auto span = tracer.start("parent");
  EXPECT_EQ("", problem_in_child([&]() -> std::string {
              last = {};
              {
                auto span = tracer.start("child");
              }
              telemetry.shutdown();
              WEFT_CHILD_EXPECT(last.started == 1 && last.exported == 1);
              return {};
            }));
  telemetry.shutdown();
  EXPECT_EQ(last.started, 3U);
}

}  // namespace
