// SPDX-License-Identifier: Apache-2.0
// The folder that is missing, unusable, full, or full of leftovers.
#include "spool/killed.hpp"

#include <gtest/gtest.h>

#include <sys/resource.h>

#include <fstream>

namespace {

using namespace std::chrono_literals;
using weft::testing::recover;
using weft::testing::run_and_kill;
using weft::testing::SpoolFolder;

constexpr weft::Tracer tracer{"spool"};

TEST(Folder, IsMadeWhenItIsMissing) {
  const SpoolFolder folder;
  run_and_kill(folder.path() / "a" / "b", [] { auto span = tracer.start("one"); });
  EXPECT_EQ(recover(folder.path() / "a" / "b").spans.size(), 1U);
}

struct Unusable : testing::Test {
  const SpoolFolder folder;
  std::vector<weft::Error> errors;
  const std::shared_ptr<weft::exporters::InMemoryExporter> memory = weft::exporters::in_memory();
  void SetUp() override {
    std::ofstream(folder.path() / "file") << "no folder";
    auto telemetry =
        weft::init({.exporters = {memory},
                    .spool_dir = folder.path() / "file",
                    .on_error = [this](const weft::Error& e) { errors.push_back(e); }});
    auto span = tracer.start("one");
  }
};

TEST_F(Unusable, FolderCostsNoSpan) { EXPECT_EQ(memory->spans().size(), 1U); }
TEST_F(Unusable, FolderIsOneErrorThatNamesIt) {
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_NE(errors[0].what.find((folder.path() / "file").string()), std::string::npos);
}

TEST(Folder, ComesFromTheEnvironment) {
  const SpoolFolder folder;
  setenv("WEFT_SPOOL_DIR", folder.path().c_str(), 1);
  const pid_t child = fork();
  if (child == 0) {
    const auto telemetry = weft::init({.exporters = {std::make_shared<weft::testing::Silent>()}});
    auto span = tracer.start("open");
    raise(SIGKILL);
  }
  waitpid(child, nullptr, 0);
  unsetenv("WEFT_SPOOL_DIR");
  EXPECT_EQ(recover(folder.path()).spans.size(), 1U);
}

TEST(Folder, FilesAreForTheirUserAlone) {
  const SpoolFolder folder;
  run_and_kill(folder.path(), [] { auto span = tracer.start("one"); });
  ASSERT_EQ(folder.files().size(), 1U);
  EXPECT_EQ(std::filesystem::status(folder.files()[0]).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

// The limit on file sizes stands in for a full disk: no more space is to be had for the file.
TEST(FullDisk, CostsNoSpanAndIsOneError) {
  const SpoolFolder folder;
  const pid_t child = fork();
  if (child == 0) {
    int errors = 0;
    const auto memory = weft::exporters::in_memory();
    auto telemetry = weft::init({.exporters = {memory},
                                 .batch = {.max_queue_size = 10'000},
                                 .spool_dir = folder.path(),
                                 .on_error = [&](const weft::Error&) { ++errors; }});
    const rlimit limit{1U << 20U, 1U << 20U};
    setrlimit(RLIMIT_FSIZE, &limit);
    std::vector<weft::DetachedSpan> open;
    for (int i = 0; i < 5000; ++i) open.push_back(tracer.start_detached("one"));
    open.clear();
    telemetry.force_flush(20s);
    _exit(memory->spans().size() == 5000 && errors == 1 ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

TEST(FullDisk, FromTheBeginningIsOneError) {
  const SpoolFolder folder;
  const pid_t child = fork();
  if (child == 0) {
    const rlimit limit{1U << 12U, 1U << 12U};
    setrlimit(RLIMIT_FSIZE, &limit);
    int errors = 0;
    const auto memory = weft::exporters::in_memory();
    auto telemetry = weft::init({.exporters = {memory},
                                 .spool_dir = folder.path(),
                                 .on_error = [&](const weft::Error&) { ++errors; }});
    {
      auto span = tracer.start("one");
    }
    telemetry.force_flush(20s);
    const bool is_right = memory->spans().size() == 1 && errors == 1;
    telemetry.shutdown(5s);
    _exit(is_right && std::filesystem::is_empty(folder.path()) ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

// Another user's, where the test is root's.
TEST(ReadOnlyFolder, CostsNoSpanAndIsOneError) {
  const SpoolFolder folder;
  run_and_kill(folder.path(), [] { auto span = tracer.start("one"); });
  std::filesystem::permissions(
      folder.path(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec |
                         std::filesystem::perms::others_read | std::filesystem::perms::others_exec);
  const pid_t child = fork();
  if (child == 0) {
    if (geteuid() == 0 && setuid(65534) != 0) _exit(2);
    std::vector<weft::Error> errors;
    const auto memory = weft::exporters::in_memory();
    auto telemetry = weft::init({.exporters = {memory},
                                 .spool_dir = folder.path(),
                                 .on_error = [&](const weft::Error& e) { errors.push_back(e); }});
    {
      auto span = tracer.start("one");
    }
    telemetry.force_flush(20s);
    std::size_t about_folder = 0;
    for (const weft::Error& error : errors) {
      about_folder += error.what.find("cannot be used") != std::string::npos ? 1U : 0U;
    }
    const weft::Stats stats = telemetry.stats();
    _exit(stats.exported == 1 && about_folder == 1 && errors.size() <= 2 ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(folder.files().size(), 1U);
  std::filesystem::permissions(folder.path(), std::filesystem::perms::owner_all);
}

// They all start at once, and the file of each dead process is one's alone.
TEST(SharedFolder, EverySpanIsSentByOneOfSeveralProcesses) {
  constexpr int kDead = 30;
  constexpr int kProcesses = 4;
  const SpoolFolder folder;
  for (int i = 0; i < kDead; ++i) {
    run_and_kill(folder.path(), [i] { auto span = tracer.start("one", {{"n", i}}); });
  }
  ASSERT_EQ(folder.files().size(), static_cast<std::size_t>(kDead));
  int results[2];
  ASSERT_EQ(pipe(results), 0);
  for (int i = 0; i < kProcesses; ++i) {
    if (fork() != 0) continue;
    for (const weft::SpanData& span : recover(folder.path()).spans) {
      const auto n = static_cast<char>(std::get<std::int64_t>(*span.find("n")));
      if (write(results[1], &n, 1) != 1) _exit(1);
    }
    _exit(0);
  }
  close(results[1]);
  std::string sent;
  for (char n = 0; read(results[0], &n, 1) == 1;) sent += n;
  close(results[0]);
  while (wait(nullptr) > 0) {
  }
  std::sort(sent.begin(), sent.end());
  std::string all;
  for (int i = 0; i < kDead; ++i) all += static_cast<char>(i);
  EXPECT_EQ(sent, all);
  EXPECT_EQ(folder.files().size(), 0U);
}

// Copies share their bytes where the file system can.
void leave_ten_thousand_files(const SpoolFolder& folder) {
  run_and_kill(folder.path(), [] { auto span = tracer.start("one"); });
  ASSERT_EQ(folder.files().size(), 1U);
  const auto first = folder.files()[0];
  for (int i = 1; i < 10'000; ++i) {
    std::filesystem::create_hard_link(first, folder.path() / (std::to_string(i) + "-1.weft"));
  }
}

TEST(Leftovers, TenThousandFilesAreReadAndGone) {
  const SpoolFolder folder;
  leave_ten_thousand_files(folder);
  const auto recovered = recover(folder.path());
  EXPECT_EQ(folder.files().size(), 0U);
  EXPECT_GE(recovered.spans.size(), 1U);
}

struct ShortLife {
  bool has_threads = true;
  std::chrono::milliseconds timeout{200};
  weft::ExporterPtr exporter = weft::exporters::in_memory();
};

// In a process of its own, which may leave a thread behind: whether a life that ends at once does
// so within its deadline and half a second.
bool ends_in_time(const SpoolFolder& folder, const ShortLife& life) {
  const pid_t child = fork();
  if (child == 0) {
    weft::Options options{.exporters = {life.exporter},
                          .spool_dir = folder.path(),
                          .on_error = [](const weft::Error&) {}};
    options.batch.worker.none = !life.has_threads;
    auto telemetry = weft::init(std::move(options));
    const auto latest = std::chrono::steady_clock::now() + life.timeout + 500ms;
    telemetry.shutdown(life.timeout);
    _exit(std::chrono::steady_clock::now() < latest ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  return status == 0;
}

TEST(Leftovers, TenThousandFilesDoNotHoldUpAShutdown) {
  const SpoolFolder folder;
  leave_ten_thousand_files(folder);
  EXPECT_TRUE(ends_in_time(folder, {.exporter = std::make_shared<weft::testing::Silent>()}));
  EXPECT_TRUE(ends_in_time(folder, {}));
}

TEST(Leftovers, TenThousandDamagedFilesDoNotHoldUpAShutdown) {
  const SpoolFolder folder;
  for (int i = 0; i < 10'000; ++i) {
    std::ofstream(folder.path() / (std::to_string(i) + "-1.weft")) << "what is this";
  }
  EXPECT_TRUE(ends_in_time(folder, {}));
}

// However many there are: a part of them is what there is time for.
TEST(Leftovers, ThatAreDamagedAreNotAllLookedAtWhereThereIsNoTime) {
  const SpoolFolder folder;
  for (int i = 0; i < 10'000; ++i) {
    std::ofstream(folder.path() / (std::to_string(i) + "-1.weft")) << "what is this";
  }
  ends_in_time(folder, {.has_threads = false, .timeout = 1ms});
  EXPECT_LT(folder.files(".damaged").size(), 10'000U);
}

TEST(Leftovers, TenThousandDamagedFilesAreOneErrorAndPutAside) {
  const SpoolFolder folder;
  for (int i = 0; i < 10'000; ++i) {
    std::ofstream(folder.path() / (std::to_string(i) + "-1.weft")) << "what is this";
  }
  const auto recovered = recover(folder.path());
  EXPECT_EQ(recovered.errors.size(), 1U);
  EXPECT_EQ(folder.files(".damaged").size(), 10'000U);
}

}  // namespace
