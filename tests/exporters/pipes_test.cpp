// SPDX-License-Identifier: Apache-2.0
// Files and consoles that are pipes, read late, never, or no more: no thread waits in a write.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <optional>
#include <random>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <weft/exporters/console.hpp>
#include <weft/exporters/otlp_file.hpp>

#include "exporters/records.hpp"
#include "processor/async_exporter.hpp"
#include "wire/file_channel.hpp"
#include "wire/room.hpp"

namespace weft::testing {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using std::chrono::steady_clock;

/// Reads what is there now.
std::string drained(int reader) {
  std::string text;
  char piece[4096];
  for (ssize_t size = 1; size > 0;) {
    size = ::read(reader, piece, sizeof piece);
    if (size > 0) text.append(piece, static_cast<std::size_t>(size));
  }
  return text;
}

class NamedPipe : public ::testing::Test {
 protected:
  NamedPipe() { ::mkfifo(path.c_str(), 0600); }
  ~NamedPipe() override {
    if (reader >= 0) ::close(reader);
    fs::remove(path);
  }
  void open_reader() { reader = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC); }

  const fs::path path = fs::temp_directory_path() / ("weft_pipe_" + std::to_string(::getpid()));
  int reader = -1;
};

class FileOnAPipe : public NamedPipe {
 protected:
  FileOnAPipe() {
    face->set_error_sink([this](const Error& error) { errors.push_back(error.what); });
  }
  ~FileOnAPipe() override { face->close(steady_clock::now()); }

  void submit(std::size_t spans) {
    face->submit(records.batch(spans), [this](const detail::Outcome& result) { outcome = result; });
  }

  Records records;
  std::optional<detail::Outcome> outcome;
  std::vector<std::string> errors;
  const ExporterPtr exporter = exporters::otlp_file({.path = path});
  const std::shared_ptr<detail::AsyncExporter> face = exporter->async_exporter();
};

constexpr std::size_t kMoreThanAPipeHolds = 1000;  // spans

TEST_F(FileOnAPipe, WithoutAReaderKeepsTheBatchAndSaysSo) {
  submit(2);
  face->run(steady_clock::now());
  EXPECT_FALSE(outcome.has_value());
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_TRUE(errors[0].starts_with(path.string() + ": is a pipe that nobody reads; 2 spans kept"))
      << errors[0];
}

TEST_F(FileOnAPipe, IsWrittenWhenAReaderHasCome) {
  submit(2);
  face->run(steady_clock::now());
  open_reader();
  face->hurry();
  face->run(steady_clock::now());
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(outcome->accepted, 2U);
  EXPECT_TRUE(drained(reader).ends_with("}\n"));
}

TEST_F(FileOnAPipe, ThatIsFullGetsTheRestWhenThereIsRoom) {
  open_reader();
  submit(kMoreThanAPipeHolds);
  face->run(steady_clock::now());
  EXPECT_FALSE(outcome.has_value());
  std::string text;
  for (int turn = 0; turn < 100 && !outcome; ++turn) {
    text += drained(reader);
    face->run(steady_clock::now());
  }
  text += drained(reader);
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(outcome->accepted, kMoreThanAPipeHolds);
  EXPECT_EQ(text.find('\n'), text.size() - 1);
  EXPECT_TRUE(errors.empty());
}

TEST_F(FileOnAPipe, ThatIsFullHoldsUpNoClose) {
  open_reader();
  submit(kMoreThanAPipeHolds);
  face->run(steady_clock::now());
  face->close(steady_clock::now());
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(outcome->reason, detail::GiveUp::shutdown);
  EXPECT_EQ(outcome->given_up, kMoreThanAPipeHolds);
}

class ChannelToAPipe : public NamedPipe {
 protected:
  wire::Reply reply() {
    while (true) {
      channel.perform();
      if (auto finished = channel.next_finished()) return finished->reply;
      channel.wait(1s);
    }
  }
  const std::string large = std::string(200'000, 'x') + "\n";
  wire::FileChannel channel{{.path = path, .patience = 20ms}};
};

TEST_F(ChannelToAPipe, GivesATextUpThatNobodyReads) {
  open_reader();
  channel.send(0, large, false);
  const wire::Reply answer = reply();
  EXPECT_EQ(answer.kind, wire::Reply::Kind::no_answer);
  EXPECT_EQ(answer.why, "nobody has read it for 20 ms");
}

TEST_F(ChannelToAPipe, BeginsOnANewLineBehindATextThatWasCut) {
  open_reader();
  channel.send(0, large, false);
  reply();
  const std::string cut = drained(reader);
  EXPECT_FALSE(cut.ends_with('\n'));
  channel.send(0, "next\n", false);
  EXPECT_EQ(reply().kind, wire::Reply::Kind::answered);
  EXPECT_EQ(drained(reader), "\nnext\n");
}

/// What a writer that must not wait is told of a pipe.
class RoomOfAPipe : public ::testing::Test {
 protected:
  RoomOfAPipe() { EXPECT_EQ(::pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0); }
  ~RoomOfAPipe() override {
    ::close(ends[0]);
    ::close(ends[1]);
  }
  bool put(std::size_t size) const {
    const std::string text(size, 'x');
    return ::write(ends[1], text.data(), size) == static_cast<ssize_t>(size);
  }
  std::size_t room() const { return wire::room_of(ends[1]); }
  int ends[2] = {-1, -1};
};

TEST_F(RoomOfAPipe, ThatIsEmptyIsAllThatItHolds) {
  EXPECT_EQ(room(), static_cast<std::size_t>(::fcntl(ends[1], F_GETPIPE_SZ)));
  EXPECT_TRUE(put(room()));
  EXPECT_EQ(room(), 0U);
}

TEST_F(RoomOfAPipe, IsEnoughForALineBehindAnothersLine) {
  ASSERT_TRUE(put(100));
  EXPECT_GT(room(), 50'000U);
}

TEST_F(RoomOfAPipe, IsThereWhateverWasWrittenBefore) {
  std::mt19937 random(1);
  for (int i = 0; i < 2000; ++i) {
    const std::size_t most = std::size_t{1} << random() % 14;
    for (auto writes = random() % 40; writes > 0; --writes) put(1 + random() % most);
    const std::size_t size = room();
    ASSERT_TRUE(put(size)) << size;
    drained(ends[0]);
  }
}

TEST_F(NamedPipe, OwesItsReaderTheRestOfACompressedText) {
  wire::FileChannel channel{{.path = path, .is_packed = true, .patience = 1ms}};
  const std::string member(200'000, 'x');
  open_reader();
  channel.send(0, member, true);
  channel.perform();
  std::this_thread::sleep_for(5ms);
  channel.perform();
  EXPECT_FALSE(channel.next_finished());
  std::string text;
  for (int turn = 0; turn < 100 && !channel.next_finished(); ++turn) {
    text += drained(reader);
    channel.perform();
  }
  EXPECT_EQ(text + drained(reader), member);
}

TEST(PieceOf, ATextEndsWithALineWhereItCan) {
  EXPECT_EQ(wire::piece_of("one\ntwo\nthree\n", 9), "one\ntwo\n");
  EXPECT_EQ(wire::piece_of("one\n", 4), "one\n");
  EXPECT_EQ(wire::piece_of("a line that is too long\n", 6), "a line");
}

TEST_F(ChannelToAPipe, DoesNotWaitOnceItWasWoken) {
  open_reader();
  channel.wake();
  const auto begin = steady_clock::now();
  channel.wait(10s);
  EXPECT_LT(steady_clock::now() - begin, 5s);
}

/// Standard output is a pipe that the test reads, or does not, until it is gone.
class StandardOutput : public ::testing::Test {
 protected:
  StandardOutput() {
    int ends[2];
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
    std::cout.flush();
    before_ = ::dup(STDOUT_FILENO);
    ::dup2(ends[1], STDOUT_FILENO);
    ::close(ends[1]);
    reader = ends[0];
  }
  ~StandardOutput() override {
    ::dup2(before_, STDOUT_FILENO);
    ::close(before_);
    if (reader >= 0) ::close(reader);
    std::cout.clear();
    if (face) face->close(steady_clock::now());
  }
  void fill() const {
    ::fcntl(STDOUT_FILENO, F_SETFL, O_NONBLOCK);
    const std::string dots(4096, '.');
    while (::write(STDOUT_FILENO, dots.data(), dots.size()) > 0) {
    }
    ::fcntl(STDOUT_FILENO, F_SETFL, 0);
  }
  void submit(const ExporterPtr& exporter) {
    face = exporter->async_exporter();
    ASSERT_NE(face, nullptr);
    face->submit(records.batch(1), [this](const detail::Outcome& result) { outcome = result; });
    face->run(steady_clock::now());
  }

  Records records;
  int reader = -1;
  std::shared_ptr<detail::AsyncExporter> face;
  std::optional<detail::Outcome> outcome;

 private:
  int before_ = -1;
};

TEST_F(StandardOutput, ThatIsFullGetsWhatTheConsoleShowsWhenThereIsRoom) {
  fill();
  submit(exporters::console());
  EXPECT_FALSE(outcome.has_value());
  drained(reader);
  face->run(steady_clock::now());
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(outcome->accepted, 1U);
  EXPECT_NE(drained(reader).find("─ span"), std::string::npos);
}

TEST_F(StandardOutput, ThatIsFullGetsTheLineOfAFileWhenThereIsRoom) {
  fill();
  submit(exporters::otlp_file());
  EXPECT_FALSE(outcome.has_value());
  drained(reader);
  face->run(steady_clock::now());
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(outcome->accepted, 1U);
  EXPECT_TRUE(drained(reader).ends_with("}\n"));
}

TEST_F(StandardOutput, ThatNobodyReadsAnyMoreCostsTheBatchAndNotTheStream) {
  ::close(std::exchange(reader, -1));
  submit(exporters::console());
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(outcome->reason, detail::GiveUp::retry_exhausted);
  EXPECT_TRUE(std::cout.good());
}

/// While it lives, std::cout writes to memory.
class Elsewhere {
 public:
  Elsewhere() : before_(std::cout.rdbuf(text_.rdbuf())) {}
  ~Elsewhere() { std::cout.rdbuf(before_); }
  Elsewhere(const Elsewhere&) = delete;
  Elsewhere& operator=(const Elsewhere&) = delete;
  std::string text() const { return text_.str(); }

 private:
  std::ostringstream text_;
  std::streambuf* before_;
};

TEST_F(StandardOutput, ThatIsFullIsNothingToAStreamThatGoesElsewhere) {
  fill();
  const Elsewhere elsewhere;
  submit(exporters::console());
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(outcome->accepted, 1U);
  EXPECT_NE(elsewhere.text().find("─ span"), std::string::npos);
}

TEST_F(StandardOutput, ThatNobodyReadsIsNothingToAStreamThatWasSentElsewhereMeanwhile) {
  ::close(std::exchange(reader, -1));
  const ExporterPtr exporter = exporters::console();
  const Elsewhere elsewhere;
  submit(exporter);
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(outcome->accepted, 1U);
}

TEST_F(StandardOutput, ThatIsATerminalDoesNotColourAStreamThatGoesElsewhere) {
  const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  ASSERT_GE(terminal, 0);
  ASSERT_EQ(::grantpt(terminal) | ::unlockpt(terminal), 0);
  const int end = ::open(::ptsname(terminal), O_RDWR | O_NOCTTY | O_CLOEXEC);
  ::dup2(end, STDOUT_FILENO);
  ::close(end);
  {
    const Elsewhere elsewhere;
    submit(exporters::console());
    EXPECT_EQ(elsewhere.text().find('\x1b'), std::string::npos);
  }
  ::close(terminal);
}

TEST_F(StandardOutput, ThatIsFullHoldsNoThreadByAnotherStreamWithItsBuffer) {
  fill();
  std::ostream other(std::cout.rdbuf());
  submit(exporters::console({.out = &other}));
  EXPECT_FALSE(outcome.has_value());
  face->close(steady_clock::now());
}

TEST_F(StandardOutput, ThatIsFullHoldsNoThreadByAStreamOfItsOwnBuffer) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(10);  // it would wait for ever
    std::ios_base::sync_with_stdio(false);
    fill();
    submit(exporters::console());
    ::_exit(outcome.has_value() ? 1 : 0);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

TEST_F(StandardOutput, OfTheConsoleComesBehindWhatTheProgramHasWritten) {
  std::cout << "before; ";
  submit(exporters::console());
  EXPECT_TRUE(drained(reader).starts_with("before; trace "));
}

}  // namespace
}  // namespace weft::testing
