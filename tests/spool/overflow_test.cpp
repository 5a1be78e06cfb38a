// SPDX-License-Identifier: Apache-2.0
// A backend that is away for long: what the queue cannot hold goes to segments of the spool.
#include <gtest/gtest.h>

#include <sys/resource.h>

#include "processor/exporters.hpp"
#include "processor/stage.hpp"
#include "spool/outage.hpp"

namespace weft::testing {
namespace {

TEST_F(Outage, SpillsNothingThatTheQueueCanHold) {
  record(kQueue / 2);
  pass(1h);
  record(10);
  EXPECT_EQ(core->stats().spooled, 0U);
}

TEST_F(Outage, SpillsNothingWhileTheBackendIsMerelySlow) {
  record(kQueue * 3 / 4);
  pass(99ms);
  record(100);
  EXPECT_EQ(core->stats().spooled, 0U);
}

TEST_F(Outage, SpillsToTheDiskInsteadOfDropping) {
  get_stuck();
  record(10'000);
  const weft::Stats stats = core->stats();
  EXPECT_EQ(stats.dropped.total(), 0U);
  EXPECT_GE(stats.spooled, 10'000U - kQueue / 4);
  expect_even();
}

TEST_F(Outage, WhatWasSpilledIsSentOnceWhenItIsOver) {
  get_stuck();
  record(6'000);
  let_it_all_out();
  const weft::Stats stats = core->stats();
  EXPECT_EQ(stats.spooled, 0U);
  EXPECT_EQ(stats.recovered, 0U);
  EXPECT_EQ(stats.exported, static_cast<std::uint64_t>(recorded));
  EXPECT_EQ(backend->order.size(), static_cast<std::size_t>(recorded));
  EXPECT_EQ(backend->numbers().size(), static_cast<std::size_t>(recorded));
  expect_even();
}

TEST_F(Outage, TheOldestOfWhatWasSpilledIsSentFirst) {
  get_stuck();
  const int first_spilled = recorded;
  record(9'000);  // three segments
  let_it_all_out();
  std::vector<std::int64_t> spilled;
  for (const std::int64_t n : backend->order) {
    if (n >= first_spilled + static_cast<int>(kQueue)) spilled.push_back(n);
  }
  EXPECT_TRUE(std::ranges::is_sorted(spilled));
  EXPECT_EQ(spilled.size(), 9'000U - kQueue);
}

TEST_F(Outage, SpaceIsGivenBackWhenItIsOver) {
  get_stuck();
  record(6'000);
  EXPECT_GT(folder.files().size(), 1U);
  let_it_all_out();
  EXPECT_EQ(folder.files().size(), 1U);
}

TEST_F(Outage, ASecondOneIsSpilledAndSentAsTheFirst) {
  for (int outage = 0; outage < 2; ++outage) {
    backend->is_up = false;
    get_stuck();
    record(3'000);
    EXPECT_GT(core->stats().spooled, 2'000U);
    let_it_all_out();
    EXPECT_EQ(core->stats().exported, static_cast<std::uint64_t>(recorded));
    expect_even();
  }
}

TEST_F(Outage, WhatTheBackendRefusesOfTheSpilledIsCounted) {
  get_stuck();
  record(2'000);
  backend->answer({});  // what was held
  core->run_once(weft::Deadline{});
  const std::uint64_t spooled = core->stats().spooled;
  for (int i = 0; i < 100 && core->stats().spooled != 0; ++i) {
    backend->answer(weft::detail::GiveUp::rejected);
    look();
  }
  const weft::Stats stats = core->stats();
  EXPECT_GT(spooled, 1'000U);
  EXPECT_EQ(stats.spooled, 0U);
  EXPECT_GE(stats.dropped.rejected, spooled);
  expect_even();
}

TEST_F(Outage, AnotherProcessLeavesTheFilesToTheirLivingOwner) {
  get_stuck();
  record(6'000);
  const std::uint64_t spooled = core->stats().spooled;
  const pid_t child = fork();
  if (child == 0) {
    const Recovered recovered = recover(folder.path());
    _exit(recovered.spans.empty() && recovered.stats.recovered == 0 ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(core->stats().spooled, spooled);
  expect_even();
}

TEST_F(Outage, WhatSomebodyDeletesIsCounted) {
  get_stuck();
  record(6'000);
  const std::uint64_t spooled = core->stats().spooled;
  const auto files = folder.files();
  for (std::size_t i = 1; i < files.size(); ++i) std::filesystem::remove(files[i]);
  look();
  EXPECT_EQ(core->stats().spooled, 0U);
  EXPECT_EQ(core->stats().dropped.disk, spooled);
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_NE(errors[0].what.find("deleted"), std::string::npos);
  expect_even();
  record(1'000);
  EXPECT_GE(core->stats().spooled, 1'000U - kBatch);
  expect_even();
}

TEST_F(Outage, WhatIsNotSentByTheEndIsForTheNextProcess) {
  get_stuck();
  record(6'000);
  stop();
  EXPECT_EQ(core->stats().spooled, static_cast<std::uint64_t>(recorded));
  EXPECT_EQ(recover(folder.path()).spans.size(), static_cast<std::size_t>(recorded));
}

// Its child lives on, with nothing of its parent's.
TEST_F(OwnOutage, AKilledProcessLosesNothingOfIt) {
  int alive[2];
  ASSERT_EQ(pipe(alive), 0);
  const pid_t child = fork();
  if (child == 0) {
    start();
    get_stuck();
    record(6'000);
    if (fork() != 0) raise(SIGKILL);
    char byte = 0;  // lives on until the test says so
    close(alive[1]);
    (void)!read(alive[0], &byte, 1);
    _exit(0);
  }
  waitpid(child, nullptr, 0);
  EXPECT_EQ(recover(folder.path()).spans.size(), 6'000U + kQueue * 3 / 4);
  close(alive[0]);
  close(alive[1]);
}

// Nothing ends any more that would wake the worker.
TEST_F(OwnOutage, TheWorkerSendsItByItselfWhenItIsOver) {
  const auto exporter = std::make_shared<weft::testing::RecordingExporter>();
  exporter->block();
  start({}, {exporter}, true);
  const auto ends = [this](int count) {
    while (count-- > 0) one(recorded++);
  };
  ends(kQueue * 3 / 4);
  ASSERT_TRUE(weft::testing::eventually(
      [this] { return core->stats().exporters[0].inflight == kQueue * 3 / 4; }));
  pass(1s);
  ends(kBatch);
  ASSERT_TRUE(weft::testing::eventually([this] { return core->stats().spooled == kBatch; }));
  exporter->release();
  EXPECT_TRUE(weft::testing::eventually([this] { return core->stats().spooled == 0; }));
  EXPECT_TRUE(weft::testing::eventually(
      [this] { return core->stats().exported == static_cast<std::uint64_t>(recorded); }));
  EXPECT_EQ(exporter->spans(), static_cast<std::size_t>(recorded));
}

// One that delivers all of it is enough.
TEST_F(OwnOutage, OfOneExporterBesideAHealthyOneSpillsNothingAndDropsNothing) {
  const auto healthy = Backend::make();
  healthy->is_up = true;
  start({}, {backend, healthy});
  get_stuck();
  record(10'000);
  look();
  const weft::Stats stats = core->stats();
  EXPECT_EQ(stats.spooled, 0U);
  EXPECT_EQ(stats.exported, static_cast<std::uint64_t>(recorded));
  EXPECT_EQ(healthy->numbers().size(), static_cast<std::size_t>(recorded));
  EXPECT_GT(stats.exporters[0].failures.queue_full, 0U);
  expect_even();
}

TEST_F(OwnOutage, TheOldestMakesRoomAndIsCounted) {
  start({.bytes = 20U << 20U});
  get_stuck();
  record(30'000);
  const weft::Stats stats = core->stats();
  EXPECT_GT(stats.dropped.disk, 0U);
  EXPECT_EQ(stats.dropped.total(), stats.dropped.disk);
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_NE(errors[0].what.find("made room"), std::string::npos);
  expect_even();
  std::uintmax_t bytes = 0;
  for (const auto& file : folder.files()) bytes += disk_space(file);
  EXPECT_LE(bytes, (20U << 20U) + (4U << 20U));  // the pool's own file is not of it
  let_it_all_out();
  EXPECT_FALSE(backend->numbers().contains(static_cast<std::int64_t>(kQueue)));
  EXPECT_TRUE(backend->numbers().contains(recorded - 1));
  expect_even();
}

TEST_F(OwnOutage, WhatIsTooOldGoesAndIsCounted) {
  start({.age = 60s});
  get_stuck();
  record(2'000);
  const std::uint64_t spooled = core->stats().spooled;
  pass(61s);
  record(1'000);
  const weft::Stats stats = core->stats();
  EXPECT_EQ(stats.dropped.disk, spooled);
  EXPECT_LE(stats.spooled, 1'000U + kBatch);
  expect_even();
}

// The bytes that they hold come back only when they end.
TEST_F(Outage, SpillsNothingForBytesThatLongOpenSpansHold) {
  std::vector<weft::DetachedSpan> open;
  for (int i = 0; i < 28; ++i) {
    open.push_back(outage_tracer.start_detached("open"));
    open.back().set_attribute("large", std::string(900'000, 'x'));
  }
  record(kQueue / 4);
  pass(1s);
  record(kQueue / 4);
  EXPECT_EQ(core->stats().spooled, 0U);
}

// An `exec` leaves a process its number and its time of birth.
bool tells_of_outage(const weft::Error& error) {
  return error.what.find("no room for what a long outage") != std::string::npos;
}

// A limit on file sizes stands in for the full disk.
TEST_F(OwnOutage, AFullDiskIsOneErrorAndNeverFatal) {
  const pid_t child = fork();
  if (child == 0) {
    start();
    get_stuck();
    const rlimit limit{1U << 20U, 1U << 20U};
    setrlimit(RLIMIT_FSIZE, &limit);
    record(6'000);
    const weft::Stats stats = core->stats();
    expect_even();
    EXPECT_EQ(stats.spooled, 0U);
    EXPECT_GT(stats.dropped.queue_full, 5'000U);
    EXPECT_EQ(std::ranges::count_if(errors, tells_of_outage), 1);
    EXPECT_EQ(folder.files().size(), 1U);
    _exit(HasFailure() ? 1 : 0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace weft::testing
