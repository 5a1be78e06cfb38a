// SPDX-License-Identifier: Apache-2.0
// What dead processes left: how much of it a folder keeps, and exporters that do not answer.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "fork/in_child.hpp"
#include "platform/process_stamp.hpp"
#include "span/dead_file.hpp"
#include "span/pool_mapping.hpp"
#include "spool/outage.hpp"

namespace weft::testing {
namespace {

using std::chrono::days;

struct LeftOver : OwnOutage {
  void fail_to_send() const {
    look();
    backend->answer(weft::detail::GiveUp::retry_exhausted);
    look();
  }
};

TEST_F(LeftOver, IsNotHeldUpByOneExporterOfTwo) {
  run_and_kill(folder.path(), [] {
    for (int i = 0; i < 3 * static_cast<int>(kBatch); ++i) one(i);
  });
  const auto healthy = Backend::make();
  healthy->is_up = true;
  start({}, {backend, healthy});
  for (int i = 0; i < 10; ++i) {
    look();
    pass(1s);
  }
  EXPECT_EQ(healthy->numbers().size(), 3 * kBatch);
  EXPECT_EQ(core->stats().recovered, 3 * kBatch);
  EXPECT_EQ(folder.files().size(), 1U);
}

// What waits for its backoff is tried at once, and then waits again.
TEST_F(LeftOver, AFlushHurriesTheExporterOnceForEachBatch) {
  run_and_kill(folder.path(), [] { one(1); });
  start();
  core->force_flush(std::chrono::steady_clock::now() + 300ms);
  EXPECT_LE(backend->hurries, 3);
}

TEST_F(LeftOver, ByManyProcessesIsWhatTheFolderMayHold) {
  for (int i = 1; i <= 6; ++i) run_and_kill(folder.path(), [i] { one(i); });
  ASSERT_EQ(folder.files().size(), 6U);
  start({.dead_bytes = disk_space(folder.files()[0]) * 7 / 2});
  fail_to_send();
  EXPECT_EQ(folder.files().size(), 3U + 1U);
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_NE(errors[0].what.find("3 spans, the oldest, made room"), std::string::npos);
  stop();
  start();
  let_it_all_out();
  EXPECT_EQ(backend->numbers(), (std::set<std::int64_t>{4, 5, 6}));
}

TEST_F(LeftOver, ByManyProcessesIsSentBeforeAnyOfItMakesRoom) {
  for (int i = 1; i <= 6; ++i) run_and_kill(folder.path(), [i] { one(i); });
  start({.dead_bytes = disk_space(folder.files()[0]) * 7 / 2});
  let_it_all_out();
  EXPECT_EQ(backend->numbers().size(), 6U);
}

TEST_F(LeftOver, ByManyProcessesIsNeverMoreThanTwiceThat) {
  for (int i = 1; i <= 6; ++i) run_and_kill(folder.path(), [i] { one(i); });
  start({.dead_bytes = disk_space(folder.files()[0]) * 7 / 4});
  look();
  EXPECT_EQ(folder.files().size(), 3U + 1U);
}

TEST_F(LeftOver, AndDamagedMakesRoomFirst) {
  run_and_kill(folder.path(), [] { one(1); });
  for (const char* name : {"1.weft.damaged", "2.weft.damaged"}) {
    std::ofstream(folder.path() / name) << std::string(100'000, 'x');
  }
  start({.dead_bytes = disk_space(folder.files()[0]) + 150'000});
  fail_to_send();
  ASSERT_EQ(folder.files(".damaged").size(), 1U);
  EXPECT_EQ(folder.files(".damaged")[0].filename(), "2.weft.damaged");
  EXPECT_EQ(folder.files().size(), 1U + 1U);
}

TEST_F(LeftOver, ALivingProcessKeepsItsFileWhateverTheBound) {
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  const pid_t child = fork();
  if (child == 0) {
    start();
    one(1);
    (void)!write(ready[1], "!", 1);
    for (;;) pause();
  }
  char byte = 0;
  ASSERT_EQ(read(ready[0], &byte, 1), 1);
  start({.dead_bytes = 1});
  let_it_all_out();
  EXPECT_EQ(folder.files().size(), 2U);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  close(ready[0]);
  close(ready[1]);
}

// Part by part: who looks has a deadline, and there may be a hundred thousand.

struct ManyFiles : LeftOver {
  static constexpr std::size_t kMany = 1'000;

  void link_to_first(const std::string& suffix) const {
    const auto first = folder.files().at(0);
    for (std::size_t i = 1; i < kMany; ++i) {
      std::filesystem::create_hard_link(first, folder.path() / (std::to_string(i) + suffix));
    }
  }
  void make(const std::string& prefix, const std::string& suffix) const {
    for (std::size_t i = 0; i < kMany; ++i) {
      const auto path = folder.path() / (prefix + std::to_string(i) + suffix);
      std::ofstream(path) << std::string(5'000, 'x');
      std::filesystem::last_write_time(path, std::filesystem::file_time_type::clock::now() - 1h);
    }
  }
  // The most that went at one look.
  std::size_t most_at_once(const std::string& suffix, std::size_t rest) const {
    std::size_t most = 0;
    for (std::size_t looks = 0; looks < kMany; ++looks) {
      const std::size_t before = folder.files(suffix).size();
      if (before <= rest) break;
      look();
      most = std::max(most, before - folder.files(suffix).size());
    }
    EXPECT_LE(folder.files(suffix).size(), rest);
    return most;
  }
};

TEST_F(ManyFiles, AreListedPartByPart) {
  run_and_kill(folder.path(), [] { one(1); });
  make(".", "-1.new");
  start();
  EXPECT_LE(most_at_once(".new", 0), kMany / 3);
  let_it_all_out();
  EXPECT_EQ(backend->numbers().size(), 1U);
}

TEST_F(ManyFiles, AreTriedPartByPart) {
  run_and_kill(folder.path(), [] {});
  link_to_first("-1.weft");
  start();
  EXPECT_LE(most_at_once(".weft", 1), kMany / 3);
}

TEST_F(ManyFiles, MakeRoomPartByPart) {
  run_and_kill(folder.path(), [] { one(1); });
  make("", "-1.weft.damaged");
  start({.dead_bytes = 2'000'000});
  EXPECT_LE(most_at_once(".damaged", kMany / 2), kMany / 3);
  let_it_all_out();
  EXPECT_EQ(backend->numbers().size(), 1U);
}

TEST_F(ManyFiles, DoNotHoldUpInitWhichLeavesThemToTheLooks) {
  make("", "-1.weft.damaged");
  start({.dead_bytes = 1'000'000});
  EXPECT_GE(most_at_once(".damaged", kMany / 2), 1U);
}

// A span is as old as its end, and no older than what its file's clock says.
struct OldLeftOver : LeftOver {
  static void old_one(int number, days age) {
    const auto then = std::chrono::system_clock::now() - age;
    weft::DetachedSpan span =
        outage_tracer.start_detached("one", {.attributes = {{"n", number}}, .start_time = then});
    span.end(then + 1ms);
  }
  void touch(days age) const {
    for (const auto& file : folder.files()) {
      std::filesystem::last_write_time(file, std::filesystem::file_time_type::clock::now() - age);
    }
  }
};

TEST_F(OldLeftOver, IsDroppedAndTold) {
  run_and_kill(folder.path(), [] {
    for (int i = 0; i < 3; ++i) old_one(i, days{8});
    old_one(3, days{6});
  });
  touch(days{8});
  start();
  let_it_all_out();
  EXPECT_EQ(backend->numbers(), (std::set<std::int64_t>{3}));
  EXPECT_EQ(core->stats().recovered, 1U);
  EXPECT_EQ(folder.files().size(), 1U);
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_NE(errors[0].what.find("3 spans, more than 7 days old, were dropped"), std::string::npos)
      << errors[0].what;
}

TEST_F(OldLeftOver, AndUnfinishedIsDropped) {
  run_and_kill(folder.path(), [] {
    const auto then = std::chrono::system_clock::now() - days{8};
    const auto open = outage_tracer.start_detached("one", {.start_time = then});
    raise(SIGKILL);
  });
  touch(days{8});
  start();
  let_it_all_out();
  EXPECT_TRUE(backend->order.empty());
  EXPECT_EQ(folder.files().size(), 1U);
}

TEST_F(OldLeftOver, IsDroppedOnceWhereTheRestCannotBeSent) {
  run_and_kill(folder.path(), [] {
    old_one(1, days{8});
    old_one(2, days{6});
  });
  touch(days{8});
  start();
  fail_to_send();
  ASSERT_EQ(errors.size(), 1U);
  stop();
  start();
  let_it_all_out();
  EXPECT_EQ(backend->numbers(), (std::set<std::int64_t>{2}));
  EXPECT_EQ(errors.size(), 1U);
}

TEST_F(OldLeftOver, IsSentFromAFileThatWasJustWritten) {
  run_and_kill(folder.path(), [] { old_one(1, days{8}); });
  start();
  let_it_all_out();
  EXPECT_EQ(backend->numbers().size(), 1U);
}

TEST_F(OldLeftOver, WhoseClockLiesInTheFutureIsNotOld) {
  run_and_kill(folder.path(), [] { old_one(1, -days{8}); });
  touch(days{8});
  run_and_kill(folder.path(), [] { old_one(2, days{8}); });
  std::filesystem::last_write_time(folder.files()[1],
                                   std::filesystem::file_time_type::clock::now() + days{8});
  start();
  let_it_all_out();
  EXPECT_EQ(backend->numbers(), (std::set<std::int64_t>{1, 2}));
}

bool is_open(const std::filesystem::path& file) {
  const std::filesystem::directory_iterator mine("/proc/self/fd");
  return std::any_of(begin(mine), end(mine), [&](const auto& entry) {
    std::error_code error;
    return std::filesystem::read_symlink(entry.path(), error) == file;
  });
}

TEST_F(LeftOver, AndClaimedIsNotHeldByAForkedChildWhateverWasLookedAtMeanwhile) {
  using weft::detail::DeadFile;
  for (int i = 0; i < 2; ++i) run_and_kill(folder.path(), [] { one(1); });
  const auto files = folder.files();
  std::unique_ptr<DeadFile> claimed;
  std::string why;
  ASSERT_EQ(DeadFile::claim(files.at(0), false, claimed, why), weft::detail::Claim::claimed) << why;
  EXPECT_TRUE(DeadFile::is_dead(files.at(1)));
  EXPECT_TRUE(is_open(files[0]));
  EXPECT_EQ(weft::testing::problem_in_child([&]() -> std::string {
              DeadFile::leave_to_parent();
              WEFT_CHILD_EXPECT(!is_open(files[0]));
              return {};
            }),
            "");
}

TEST_F(LeftOver, ByTheSameProcessBeforeAnExecIsOutsideTheAccount) {
  run_and_kill(folder.path(), [] { one(1); });
  std::fstream stream(folder.files()[0], std::ios::in | std::ios::out | std::ios::binary);
  const auto put = [&stream](std::size_t at, auto value) {
    stream.seekp(static_cast<std::streamoff>(at));
    stream.write(reinterpret_cast<const char*>(&value), sizeof value);
  };
  using weft::detail::PoolHeader;
  put(offsetof(PoolHeader, process_id), static_cast<std::uint64_t>(getpid()));
  put(offsetof(PoolHeader, process_start), weft::detail::process_start());
  put(offsetof(PoolHeader, epoch), weft::detail::RecordPool::epoch() + 1);
  stream.close();
  start();
  let_it_all_out();
  EXPECT_EQ(core->stats().recovered, 1U);
  EXPECT_EQ(core->stats().exported, 0U);
  expect_even();
}

}  // namespace
}  // namespace weft::testing
