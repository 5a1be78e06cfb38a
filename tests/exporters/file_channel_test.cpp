// SPDX-License-Identifier: Apache-2.0
// What processes that write to one file do at each other's worst moments.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/in_a_child.hpp"
#include "exporters/scripted_server.hpp"
#include "wire/file_channel.hpp"
#include "wire/file_lock.hpp"
#include "wire/file_tail.hpp"

namespace weft::testing {
namespace {
std::string cannot_move;  // a path
}  // namespace
}  // namespace weft::testing

// Stands before the C library's, which std::filesystem calls: a file that something is mounted on.
extern "C" int rename(const char* from, const char* to) noexcept {
  if (weft::testing::cannot_move == from) {
    errno = EBUSY;
    return -1;
  }
  return ::renameat(AT_FDCWD, from, AT_FDCWD, to);
}

namespace weft::testing {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using std::chrono::steady_clock;
using wire::FileChannel;
using wire::FileLock;

std::string content(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// "" when it was written, and nothing is to be told.
std::string sent(FileChannel& channel, std::string_view text) {
  channel.send(0, text, false);
  channel.perform();
  const auto finished = channel.next_finished();
  return finished ? finished->reply.why : "under way";
}

class OneFile : public ::testing::Test {
 protected:
  OneFile() { fs::create_directories(folder); }
  ~OneFile() override {
    cannot_move.clear();
    fs::remove_all(folder);
  }
  int open_file() const { return ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644); }
  fs::path numbered(int number) const { return path.string() + "." + std::to_string(number); }

  const fs::path folder =
      fs::temp_directory_path() / ("weft_channel_" + std::to_string(::getpid()));
  const fs::path path = folder / "traces";
};

void wait_for_a_signal(int tell) {
  static_cast<void>(!::write(tell, "!", 1));
  while (true) ::pause();
}

// A server's master, killed in the middle of a write; its workers live on.
TEST_F(OneFile, IsFreeOnceItsHolderIsDeadThoughAChildOfItLives) {
  const int file = open_file();
  int ready[2];
  ASSERT_EQ(::pipe2(ready, O_CLOEXEC), 0);
  const pid_t master = ::fork();
  if (master == 0) {
    ::setpgid(0, 0);
    if (::fork() == 0) wait_for_a_signal(ready[1]);
    const FileLock lock(file);
    wait_for_a_signal(ready[1]);
  }
  ::close(file);
  char both[2];
  for (char& one : both) ASSERT_EQ(::read(ready[0], &one, 1), 1);
  const int other = open_file();
  EXPECT_FALSE(FileLock(other).is_held());
  ::kill(master, SIGKILL);
  ::waitpid(master, nullptr, 0);
  EXPECT_TRUE(FileLock(other).is_held());
  ::kill(-master, SIGKILL);
  for (const int done : {other, ready[0], ready[1]}) ::close(done);
}

TEST_F(OneFile, IsWaitedForByTheClock) {
  const int other = open_file();
  ::flock(other, LOCK_EX);
  const int file = open_file();
  ::prctl(PR_SET_TIMERSLACK, 20'000'000UL);  // as on a busy machine: sleeps are long
  const auto begin = steady_clock::now();
  EXPECT_FALSE(FileLock(file, 50ms).is_held());
  const auto took = steady_clock::now() - begin;
  ::prctl(PR_SET_TIMERSLACK, 0UL);
  EXPECT_GE(took, 50ms);
  EXPECT_LT(took, 500ms);
  ::close(file);
  ::close(other);
}

/// Each process writes lines of its own letter.
void write_lines(const fs::path& path, int processes, int lines, std::size_t size) {
  std::vector<pid_t> children;
  for (int i = 0; i < processes; ++i) {
    children.push_back(in_a_child([&] {
      FileChannel channel({.path = path});
      std::string line(size, static_cast<char>('a' + i));
      line.back() = '\n';
      for (int n = 0; n < lines; ++n) EXPECT_EQ(sent(channel, line), "");
    }));
  }
  for (const pid_t child : children) expect_success(child);
}

// The kernel shows the size in the middle of another's write: that is not half a line.
TEST_F(OneFile, OfLongLinesOfSeveralProcessesHasEachWholeAndNoOther) {
  constexpr int kProcesses = 4;
  constexpr int kLines = 60;
  constexpr std::size_t kSize = 100'000;
  write_lines(path, kProcesses, kLines, kSize);
  std::istringstream text(content(path));
  int count = 0;
  for (std::string line; std::getline(text, line); ++count) {
    EXPECT_EQ(line.size(), kSize - 1);
    EXPECT_EQ(line.find_first_not_of(line.substr(0, 1)), std::string::npos);
  }
  EXPECT_EQ(count, kProcesses * kLines);
}

TEST_F(OneFile, ThatIsRemovedJustBeforeALineIsWrittenIsMadeAnew) {
  FileChannel channel({.path = path, .rotate_at_bytes = 1000, .keep_files = 0});
  EXPECT_EQ(sent(channel, "first\n"), "");
  channel.send(0, "second\n", false);
  fs::remove(path);  // by another process, which found it full
  channel.perform();
  EXPECT_TRUE(channel.next_finished().has_value());
  EXPECT_EQ(content(path), "second\n");
}

TEST_F(OneFile, ThatCannotMoveLosesNoneOfThoseBeforeIt) {
  for (int i = 1; i <= 2; ++i) std::ofstream(numbered(i)) << "full " << i;
  FileChannel channel({.path = path, .rotate_at_bytes = 1, .keep_files = 2});
  EXPECT_EQ(sent(channel, "first\n"), "");
  cannot_move = path;
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(sent(channel, "more\n"), "cannot be rotated, and grows: Device or resource busy");
  }
  std::string kept;
  for (const auto& file : fs::directory_iterator(folder)) kept += content(file);
  EXPECT_NE(kept.find("full 1"), std::string::npos);
  EXPECT_NE(kept.find("full 2"), std::string::npos);
  cannot_move.clear();
  EXPECT_EQ(sent(channel, "last\n"), "");
  EXPECT_EQ(content(path), "last\n");
  EXPECT_EQ(content(numbered(1)), "first\nmore\nmore\nmore\n");
  EXPECT_EQ(content(numbered(2)), "full 1");
  EXPECT_FALSE(fs::exists(numbered(3)));
}

TEST_F(OneFile, ThatAnothersLockKeepsFromRotatingIsToldOfOnce) {
  FileChannel channel({.path = path, .rotate_at_bytes = 12, .keep_files = 1});
  EXPECT_EQ(sent(channel, "a line\n"), "");
  const int reader = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  ::flock(reader, LOCK_SH);
  std::string told;
  for (int i = 0; i < 20; ++i) told += sent(channel, "a line\n");
  EXPECT_EQ(told, "cannot be rotated, and grows: locked by another process");
  EXPECT_EQ(fs::file_size(path), 21U * 7U);
  ::close(reader);
  EXPECT_EQ(sent(channel, "a line\n"), "");
  EXPECT_EQ(fs::file_size(path), 7U);
}

off_t end_of(const fs::path& file) {
  const int opened = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  const off_t end = wire::end_of_members(opened, 0, static_cast<off_t>(fs::file_size(file)));
  ::close(opened);
  return end;
}

TEST_F(OneFile, OfMembersEndsWithTheLastWholeOneWhereverItIsTorn) {
  const std::string whole = zipped("first") + zipped("second");
  const std::string torn = zipped("a third one that is a little longer");
  for (std::size_t size = 0; size <= torn.size(); ++size) {
    std::ofstream(path, std::ios::binary) << whole << torn.substr(0, size);
    const auto end = static_cast<std::size_t>(end_of(path));
    EXPECT_EQ(end, size == torn.size() ? whole.size() + size : whole.size()) << size;
  }
}

// However much is in it, only its last member is unpacked.
TEST_F(OneFile, OfManyLargeMembersIsMendedAsWell) {
  const std::string large = zipped(std::string(7U << 20U, 'x'));
  std::ofstream(path) << "what cannot be unpacked";
  for (int i = 0; i < 20; ++i) std::ofstream(path, std::ios::app) << large;
  const auto whole = static_cast<off_t>(fs::file_size(path));
  EXPECT_EQ(end_of(path), whole);
  std::ofstream(path, std::ios::app) << large.substr(0, large.size() - 1);
  EXPECT_EQ(end_of(path), whole);
}

TEST_F(OneFile, WhoseLastMemberWouldTakeTooLongToUnpackIsLeftAsItIs) {
  const std::string bomb = zipped(std::string(9U << 20U, 'x'));
  std::ofstream(path) << bomb.substr(0, bomb.size() - 1);
  EXPECT_EQ(end_of(path), static_cast<off_t>(bomb.size() - 1));
}

TEST_F(OneFile, WithoutAMemberOfOursInItsLastFourMegabytesIsLeftAsItIs) {
  std::ofstream(path) << zipped("first") << std::string(5U << 20U, '\x1f');
  EXPECT_EQ(end_of(path), static_cast<off_t>(fs::file_size(path)));
}

}  // namespace
}  // namespace weft::testing
