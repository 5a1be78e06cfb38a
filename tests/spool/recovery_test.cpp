// SPDX-License-Identifier: Apache-2.0
// What a killed process left is sent by the next one.
#include "spool/killed.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <set>

namespace {

using namespace std::chrono_literals;
using weft::testing::recover;
using weft::testing::Recovered;
using weft::testing::run_and_kill;
using weft::testing::SpoolFolder;

constexpr weft::Tracer tracer{"spool", "1.2"};

const weft::SpanData* find(const Recovered& recovered, std::string_view name) {
  for (const weft::SpanData& span : recovered.spans) {
    if (span.name == name) return &span;
  }
  return nullptr;
}

std::string text(const weft::AttributeValue* value) {
  return value != nullptr ? std::get<std::string>(*value) : "";
}

TEST(Recovery, SendsASpanThatHadEnded) {
  const SpoolFolder folder;
  run_and_kill(folder.path(), [] { auto span = tracer.start("ended"); });
  EXPECT_NE(find(recover(folder.path()), "ended"), nullptr);
}

TEST(Recovery, SendsItWithEverythingThatItHad) {
  const SpoolFolder folder;
  run_and_kill(folder.path(), [] {
    auto span = tracer.start("rich", {{"count", 42}, {"text", std::string(5000, 'x')}});
    span.add_event("event", {{"k", "v"}});
    span.set_status(weft::StatusCode::error, "declined");
  });
  const Recovered recovered = recover(folder.path());
  const weft::SpanData* span = find(recovered, "rich");
  ASSERT_NE(span, nullptr);
  EXPECT_EQ(text(span->find("text")).size(), 5000U);
  EXPECT_EQ(span->events.at(0).name, "event");
  EXPECT_EQ(span->status.description, "declined");
  EXPECT_EQ(span->scope.version, "1.2");
}

// The healthy one is given the second batch seconds after the first, not when the dead one has
// given it up, which takes minutes.
TEST(Recovery, DoesNotWaitForAnExporterThatGetsNothingOut) {
  const SpoolFolder folder;
  run_and_kill(folder.path(), [] {
    for (int i = 0; i < 40; ++i) auto span = tracer.start("ended");
  });
  const auto healthy = weft::exporters::in_memory();
  weft::Telemetry telemetry = weft::init(
      {.exporters = {weft::exporters::otlp_http({.endpoint = "http://127.0.0.1:1/"}), healthy},
       .batch = {.max_export_batch_size = 20},
       .spool_dir = folder.path(),
       .on_error = [](const weft::Error&) {}});
  EXPECT_TRUE(healthy->wait_for(40, 30s));
  telemetry.shutdown(100ms);
}

TEST(Recovery, SendsItWithTheDeadProcessesResource) {
  const SpoolFolder folder;
  run_and_kill(folder.path(), [] { auto span = tracer.start("ended"); },
               {.service_name = "the dead one"});
  const Recovered recovered = recover(folder.path());
  ASSERT_EQ(recovered.spans.size(), 1U);
  EXPECT_EQ(text(recovered.spans[0].resource.find("service.name")), "the dead one");
}

TEST(Recovery, CountsItOutsideTheAccount) {
  const SpoolFolder folder;
  run_and_kill(folder.path(), [] { auto span = tracer.start("ended"); });
  const weft::Stats stats = recover(folder.path()).stats;
  EXPECT_EQ(stats.recovered, 1U);
  EXPECT_EQ(stats.started + stats.exported + stats.dropped.total() + stats.live, 0U);
}

struct Unfinished : testing::Test {
  const SpoolFolder folder;
  Recovered recovered = [this] {
    run_and_kill(folder.path(), [] {
      auto span = tracer.start("open", {{"kept", true}});
      span.set_status(weft::StatusCode::ok);
      auto later = tracer.start("later");
      later.end();
      raise(SIGKILL);
    });
    return recover(folder.path());
  }();
  const weft::SpanData* found = find(recovered, "open");
  void SetUp() override { ASSERT_NE(found, nullptr); }
};

TEST_F(Unfinished, SpanIsSentAsOne) {
  const weft::AttributeValue* mark = found->find("weft.unfinished");
  ASSERT_NE(mark, nullptr);
  EXPECT_TRUE(std::get<bool>(*mark));
}
TEST_F(Unfinished, SpanHasAnErrorStatus) {
  EXPECT_EQ(found->status.code, weft::StatusCode::error);
  EXPECT_NE(found->status.description, "");
}
TEST_F(Unfinished, SpanHasAnEventThatSaysWhy) {
  ASSERT_EQ(found->events.size(), 1U);
  EXPECT_EQ(found->events[0].name, "weft.process_ended");
}
TEST_F(Unfinished, SpanKeepsWhatItHad) { EXPECT_NE(found->find("kept"), nullptr); }
TEST_F(Unfinished, SpanEndsWithTheLastSignOfLife) {
  const weft::SpanData* later = find(recovered, "later");
  ASSERT_NE(later, nullptr);
  EXPECT_EQ(found->end_time, later->end_time);
  EXPECT_GT(found->end_time, found->start_time);
}
TEST_F(Unfinished, AFinishedOneBesideItIsNotMarked) {
  EXPECT_EQ(find(recovered, "later")->find("weft.unfinished"), nullptr);
}

TEST(Recovery, LeavesNoFileBehind) {
  const SpoolFolder folder;
  run_and_kill(folder.path(), [] { auto span = tracer.start("ended"); });
  recover(folder.path());
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(Recovery, SendsNothingTwice) {
  const SpoolFolder folder;
  run_and_kill(folder.path(), [] { auto span = tracer.start("ended"); });
  recover(folder.path());
  EXPECT_EQ(recover(folder.path()).spans.size(), 0U);
}

TEST(Recovery, LeavesOutWhatWasDelivered) {
  const SpoolFolder folder;
  run_and_kill(folder.path(),
               [] {
                 {
                   auto span = tracer.start("delivered");
                 }
                 weft::active_telemetry().force_flush(10s);
                 auto span = tracer.start("open");
                 raise(SIGKILL);
               },
               {.exporters = {weft::exporters::in_memory()}});
  const Recovered recovered = recover(folder.path());
  EXPECT_EQ(find(recovered, "delivered"), nullptr);
  EXPECT_NE(find(recovered, "open"), nullptr);
}

TEST(Recovery, SendsManyBatches) {
  const SpoolFolder folder;
  run_and_kill(folder.path(),
               [] {
                 for (int i = 0; i < 3000; ++i) auto span = tracer.start("one");
               },
               {.batch = {.max_queue_size = 4000}});
  EXPECT_EQ(recover(folder.path()).spans.size(), 3000U);
}

TEST(Recovery, LeavesALivingProcessesFileAlone) {
  const SpoolFolder folder;
  int ready[2];
  int go[2];
  ASSERT_EQ(pipe(ready) + pipe(go), 0);
  const pid_t child = fork();
  if (child == 0) {
    const auto telemetry = weft::init(
        {.exporters = {std::make_shared<weft::testing::Silent>()}, .spool_dir = folder.path()});
    {
      auto span = tracer.start("its own");
    }
    (void)!write(ready[1], "x", 1);
    char byte = 0;
    (void)!read(go[0], &byte, 1);
    raise(SIGKILL);
  }
  char byte = 0;
  ASSERT_EQ(read(ready[0], &byte, 1), 1);
  EXPECT_EQ(recover(folder.path()).spans.size(), 0U);
  EXPECT_EQ(write(go[1], "x", 1), 1);
  waitpid(child, nullptr, 0);
  EXPECT_EQ(recover(folder.path()).spans.size(), 1U);
}

TEST(Recovery, AForkedChildDoesNotHideItsParentsDeath) {
  const SpoolFolder folder;
  int go[2];
  int done[2];
  ASSERT_EQ(pipe(go) + pipe(done), 0);
  run_and_kill(folder.path(), [&] {
    {
      auto span = tracer.start("parent's");
    }
    if (fork() == 0) {  // lives on, with the parent's mapping
      char byte = 0;
      (void)!read(go[0], &byte, 1);
      (void)!write(done[1], "x", 1);
      _exit(0);
    }
  });
  EXPECT_EQ(recover(folder.path()).spans.size(), 1U);
  EXPECT_EQ(write(go[1], "x", 1), 1);
  char byte = 0;
  EXPECT_EQ(read(done[0], &byte, 1), 1);
}

TEST(Recovery, AForkedChildHasAFileOfItsOwn) {
  const SpoolFolder folder;
  run_and_kill(folder.path(), [] {
    {
      auto span = tracer.start("parent's");
    }
    const pid_t child = fork();
    if (child == 0) {
      {
        auto span = tracer.start("child's");
      }
      raise(SIGKILL);
    }
    waitpid(child, nullptr, 0);
  });
  EXPECT_EQ(folder.files().size(), 2U);
  const Recovered recovered = recover(folder.path());
  EXPECT_NE(find(recovered, "parent's"), nullptr);
  EXPECT_NE(find(recovered, "child's"), nullptr);
}

TEST(Recovery, ABackendThatDoesNotAnswerLeavesTheFileForTheNextProcess) {
  const SpoolFolder folder;
  run_and_kill(folder.path(), [] { auto span = tracer.start("ended"); });
  const pid_t child = fork();
  if (child == 0) {
    auto telemetry = weft::init(
        {.exporters = {std::make_shared<weft::testing::Silent>()}, .spool_dir = folder.path()});
    telemetry.shutdown(300ms);
    _exit(0);
  }
  waitpid(child, nullptr, 0);
  EXPECT_EQ(folder.files().size(), 1U);
  EXPECT_EQ(recover(folder.path()).spans.size(), 1U);
}

TEST(Shutdown, KeepsWhatWasNotSent) {
  const SpoolFolder folder;
  const pid_t child = fork();
  if (child == 0) {
    auto telemetry = weft::init(
        {.exporters = {std::make_shared<weft::testing::Silent>()}, .spool_dir = folder.path()});
    for (int i = 0; i < 10; ++i) auto span = tracer.start("unsent");
    auto open = tracer.start("open");
    telemetry.shutdown(200ms);
    const weft::Stats stats = telemetry.stats();
    const bool is_right = stats.started == 11 && stats.spooled == 11 &&
                          stats.dropped.total() == 0 && stats.live == 0 &&
                          telemetry.audit().spooled == 11;
    _exit(is_right ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(recover(folder.path()).spans.size(), 11U);
}

TEST(Shutdown, LeavesNoFileWhenAllWasSent) {
  const SpoolFolder folder;
  {
    const auto telemetry =
        weft::init({.exporters = {weft::exporters::in_memory()}, .spool_dir = folder.path()});
    auto span = tracer.start("sent");
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

weft::Telemetry* the_telemetry = nullptr;

TEST(Exit, ASignalHandlerThatMarksAndLeavesLosesNothing) {
  const SpoolFolder folder;
  const pid_t child = fork();
  if (child == 0) {
    auto telemetry = weft::init(
        {.exporters = {std::make_shared<weft::testing::Silent>()}, .spool_dir = folder.path()});
    the_telemetry = &telemetry;
    {
      auto span = tracer.start("ended");
    }
    auto open = tracer.start("open");
    std::signal(SIGTERM, [](int) {
      the_telemetry->flush_on_signal();
      _exit(3);
    });
    raise(SIGTERM);
  }
  waitpid(child, nullptr, 0);
  EXPECT_EQ(recover(folder.path()).spans.size(), 2U);
}

TEST(Exit, QuickExitLosesNothing) {
  const SpoolFolder folder;
  const pid_t child = fork();
  if (child == 0) {
    const auto telemetry = weft::init(
        {.exporters = {std::make_shared<weft::testing::Silent>()}, .spool_dir = folder.path()});
    auto open = tracer.start("open");
    {
      auto span = tracer.start("ended");
    }
    std::quick_exit(0);
  }
  waitpid(child, nullptr, 0);
  EXPECT_EQ(recover(folder.path()).spans.size(), 2U);
}

// It is for nobody, and no later process sends it.
TEST(Recovery, OfASpanThatIsOnlyRecordedIsNotOwed) {
  const SpoolFolder folder;
  auto telemetry =
      weft::init({.sampler = weft::samplers::always_record(weft::samplers::always_off()),
                  .exporters = {weft::exporters::in_memory()},
                  .spool_dir = folder.path()});
  auto span = tracer.start_detached("open");
  ASSERT_TRUE(span.is_recording());
  telemetry.shutdown(1s);
  EXPECT_EQ(telemetry.stats().spooled, telemetry.audit().spooled);
  EXPECT_EQ(telemetry.stats().spooled, 0U);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

}  // namespace
