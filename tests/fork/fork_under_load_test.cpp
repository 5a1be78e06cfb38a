// SPDX-License-Identifier: Apache-2.0
// Forks in the midst of it: eight threads make spans, the worker exports them, and every span of
// the parent and of each child arrives exactly once.
#include <weft/weft.hpp>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;

constexpr int kThreads = 8;
constexpr std::uint64_t kChildSpans = 3;

const weft::Tracer tracer{"fork"};

int forks() { return std::getenv("WEFT_LONG") != nullptr ? 10'000 : 1'000; }

// Writes the ids of what it is given to a file that parent and children share.
class IdFile final : public weft::SpanExporter {
 public:
  IdFile() : file_(std::tmpfile()) { fcntl(fileno(file_), F_SETFL, O_APPEND); }
  ~IdFile() override { std::fclose(file_); }

  weft::ExportResult export_spans(const weft::SpanBatch& batch) override {
    std::vector<std::uint64_t> ids;
    for (const weft::SpanView span : batch) {
      ids.push_back(std::hash<weft::SpanId>{}(span.context().span_id()));
    }
    const std::size_t size = ids.size() * sizeof ids[0];
    return write(fileno(file_), ids.data(), size) == static_cast<ssize_t>(size)
               ? weft::ExportResult::success
               : weft::ExportResult::failure;
  }

  std::vector<std::uint64_t> ids() const {
    std::vector<std::uint64_t> ids(static_cast<std::size_t>(lseek(fileno(file_), 0, SEEK_END)) / 8);
    const std::size_t size = ids.size() * 8;
    EXPECT_EQ(pread(fileno(file_), ids.data(), size, 0), static_cast<ssize_t>(size));
    std::ranges::sort(ids);
    return ids;
  }

 private:
  std::FILE* file_;
};

// 0: all well. Never returns into the test.
[[noreturn]] void be_a_child(weft::Telemetry& telemetry) {
  alarm(60);
  for (std::uint64_t i = 0; i < kChildSpans; ++i) auto span = tracer.start("child", {{"i", i}});
  const bool flushed = static_cast<bool>(telemetry.force_flush(20s));
  const weft::Stats stats = telemetry.stats();
  const bool whole =
      stats.started == kChildSpans && stats.exported == kChildSpans && telemetry.audit().live == 0;
  _exit(flushed ? (whole ? 0 : 2) : 1);
}

class Load {
 public:
  Load() {
    for (int i = 0; i < kThreads; ++i) {
      threads_.emplace_back([this] {
        while (!stop_.load(std::memory_order_relaxed)) {
          {
            auto span = tracer.start("parent", {{"key", "value"}});
          }
          std::this_thread::sleep_for(200us);
        }
      });
    }
  }
  ~Load() {
    stop_ = true;
    for (std::thread& thread : threads_) thread.join();
  }

 private:
  std::atomic<bool> stop_{false};
  std::vector<std::thread> threads_;
};

// Apart from the loop around it, whose variables vfork might clobber.
[[gnu::noinline]] int status_of_exec() {
  const pid_t child = vfork();
  if (child == 0) {
    execl("/bin/true", "true", nullptr);
    _exit(1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return status;
}

TEST(ForkUnderLoad, LosesNothingAndSendsNothingTwice) {
  const auto file = std::make_shared<IdFile>();
  auto telemetry = weft::init(
      {.exporters = {file}, .batch = {.max_queue_size = 100'000, .max_export_batch_size = 64}});
  int failed = 0;
  {
    const Load load;
    for (int i = 0; i < forks(); ++i) {
      const pid_t child = fork();
      ASSERT_GE(child, 0);
      if (child == 0) be_a_child(telemetry);
      int status = 0;
      waitpid(child, &status, 0);
      if (status != 0) ++failed;
    }
  }
  EXPECT_EQ(failed, 0);
  EXPECT_TRUE(telemetry.force_flush(30s));
  const weft::Stats stats = telemetry.stats();
  EXPECT_EQ(stats.exported, stats.started);
  const auto ids = file->ids();
  EXPECT_EQ(std::ranges::adjacent_find(ids), ids.end()) << "sent twice";
  EXPECT_EQ(ids.size(), stats.started + kChildSpans * static_cast<std::uint64_t>(forks()));
}

TEST(ForkUnderLoad, VforkAndExecDisturbNothing) {
  const auto file = std::make_shared<IdFile>();
  auto telemetry = weft::init({.exporters = {file}, .batch = {.max_queue_size = 100'000}});
  int failed = 0;
  {
    const Load load;
    for (int i = 0; i < 50; ++i) {
      if (status_of_exec() != 0) ++failed;
    }
  }
  EXPECT_EQ(failed, 0);
  EXPECT_TRUE(telemetry.force_flush(30s));
  EXPECT_EQ(telemetry.stats().exported, telemetry.stats().started);
  EXPECT_EQ(file->ids().size(), telemetry.stats().started);
}

}  // namespace
