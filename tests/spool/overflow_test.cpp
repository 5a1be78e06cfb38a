// SPDX-License-Identifier: Apache-2.0
// A backend that is away for long: what the queue cannot hold goes to segments of the spool. The
// clock stands still until the test moves it, and but for one test there is no other thread.
#include "processor/overflow.hpp"

#include <weft/weft.hpp>

#include <gtest/gtest.h>

#include <sys/resource.h>
#include <sys/stat.h>

#include <atomic>
#include <fstream>
#include <optional>
#include <set>
#include <utility>

#include "platform/fork.hpp"
#include "platform/process_stamp.hpp"
#include "processor/async_exporter.hpp"
#include "processor/exporters.hpp"
#include "processor/stage.hpp"
#include "span/pool_mapping.hpp"
#include "span/span_access.hpp"
#include "spool/killed.hpp"
#include "tracer/configuration.hpp"
#include "tracer/core.hpp"
#include "tracer/telemetry_slot.hpp"

namespace {

using namespace std::chrono_literals;
using weft::testing::recover;
using weft::testing::Recovered;
using weft::testing::run_and_kill;
using weft::testing::SpoolFolder;

constexpr weft::Tracer tracer{"overflow"};
constexpr std::size_t kBatch = 128;
constexpr std::size_t kQueue = 1024;

std::atomic<std::int64_t> clock_ms{0};
weft::Deadline fake_now() noexcept {
  return weft::Deadline(1h) + std::chrono::milliseconds(clock_ms.load());
}
void pass(std::chrono::milliseconds time) { clock_ms += time.count(); }

// Holds what it is given as long as the backend is away; then takes all of it.
class Backend final : public weft::SpanExporter, public weft::detail::AsyncExporter {
 public:
  static std::shared_ptr<Backend> make() {
    auto made = std::make_shared<Backend>();
    made->self_ = made;
    return made;
  }
  weft::ExportResult export_spans(const weft::SpanBatch&) override {
    return weft::ExportResult::failure;
  }
  std::shared_ptr<weft::detail::AsyncExporter> async_exporter() override { return self_.lock(); }
  std::string_view name() const noexcept override { return "backend"; }
  void submit(weft::detail::SharedBatch batch, weft::detail::Completion done) noexcept override {
    held_.push_back({std::move(batch), std::move(done)});
  }
  void run(weft::Deadline) noexcept override {
    if (is_up) answer({});
  }
  void wake() noexcept override {}
  void hurry() noexcept override {}
  bool idle() const noexcept override { return held_.empty() || !is_up; }
  void close(weft::Deadline) noexcept override { answer(weft::detail::GiveUp::shutdown); }
  void set_error_sink(std::function<void(const weft::Error&)>) noexcept override {}

  void answer(std::optional<weft::detail::GiveUp> reason) noexcept {
    for (Held& one : std::exchange(held_, {})) {
      if (!reason) take(one.batch);
      one.done({.accepted = reason ? 0 : one.batch.size(),
                .reason = reason.value_or(weft::detail::GiveUp::rejected)});
    }
  }
  std::set<std::int64_t> numbers() const { return {order.begin(), order.end()}; }

  bool is_up = false;
  std::vector<std::int64_t> order;  // numbers of the spans that arrived

 private:
  struct Held {
    weft::detail::SharedBatch batch;
    weft::detail::Completion done;
  };
  void take(const weft::detail::SharedBatch& batch) {
    for (const weft::detail::Record* record : batch.records()) {
      const weft::SpanView span = weft::detail::SpanAccess::view(*record);
      order.push_back(std::get<std::int64_t>(span.find("n").value_or(std::int64_t{-1})));
    }
  }
  std::weak_ptr<Backend> self_;
  std::vector<Held> held_;
};

std::size_t disk_space(const std::filesystem::path& file) {
  struct stat status{};
  stat(file.c_str(), &status);
  return static_cast<std::size_t>(status.st_blocks) * 512;
}

struct Outage : testing::Test {
  const SpoolFolder folder;
  std::vector<weft::Error> errors;
  const std::shared_ptr<Backend> backend = Backend::make();
  std::shared_ptr<weft::detail::TelemetryCore> core;
  int recorded = 0;

  void start(weft::detail::OverflowLimits limits = {}, weft::ExporterPtr exporter = nullptr,
             bool has_worker = false) {
    weft::detail::error_reporter().set_handler(
        [this](const weft::Error& error) { errors.push_back(error); });
    weft::Options options{.service_name = "outage", .exporters = {backend}};
    if (exporter != nullptr) options.exporters = {std::move(exporter)};
    options.batch = {.max_queue_size = kQueue, .max_export_batch_size = kBatch};
    options.batch.worker.none = !has_worker;
    options.spool_dir = folder.path();
    auto configuration = weft::detail::finalize(std::move(options), {});
    limits.now = fake_now;
    configuration.overflow = limits;
    weft::detail::watch_forks();
    core = weft::detail::TelemetryCore::start(std::move(configuration));
    slot() = core;
  }
  static std::shared_ptr<weft::detail::TelemetryCore>& slot() {
    weft::detail::TelemetrySlot& slot = weft::detail::telemetry_slot();
    if (slot.core == nullptr) slot.core = new std::shared_ptr<weft::detail::TelemetryCore>;
    return *slot.core;
  }
  void stop() {
    core->shutdown(weft::Deadline{});
    expect_even();
    slot().reset();
  }
  void SetUp() override { start(); }
  void TearDown() override {
    stop();
    weft::detail::error_reporter().set_handler({});
  }

  static void one(int number) {
    auto span = tracer.start("one", {{"n", number}});
    if (number % 50 == 0) span.set_attribute("long", std::string(3000, 'x'));
  }
  // Never more between two looks than there is room for.
  void record(int count) {
    for (const int end = recorded + count; recorded < end; ++recorded) {
      one(recorded);
      if (recorded % 64 == 63) look();
    }
    look();
  }
  void look() const { core->run_once(weft::Deadline{}); }
  // The queue is as full as it may be before anything is spilled, and nothing moves.
  void get_stuck() {
    record(kQueue * 3 / 4);
    pass(1s);
  }
  void let_it_all_out() {
    backend->is_up = true;
    core->force_flush(std::chrono::steady_clock::now() + 60s);
  }

  void expect_even() const {
    const weft::Stats stats = core->stats();
    const weft::Audit audit = core->audit();
    EXPECT_EQ(stats.started, stats.exported + stats.dropped.total() + stats.live + stats.spooled);
    EXPECT_EQ(stats.live, audit.live);
    EXPECT_EQ(stats.spooled, audit.spooled);
  }
};

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

TEST_F(Outage, WhatIsNotSentByTheEndIsForTheNextProcess) {
  get_stuck();
  record(6'000);
  stop();
  EXPECT_EQ(core->stats().spooled, static_cast<std::uint64_t>(recorded));
  EXPECT_EQ(recover(folder.path()).spans.size(), static_cast<std::size_t>(recorded));
}

struct OwnOutage : Outage {
  void SetUp() override {}
  void TearDown() override {
    if (core != nullptr) Outage::TearDown();
  }
};

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
  start({}, exporter, true);
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

// The bound is the folder's: the oldest of what they left makes room.
TEST_F(OwnOutage, ThatManyProcessesDoNotOutliveLeavesWhatTheFolderMayHold) {
  for (int i = 1; i <= 6; ++i) run_and_kill(folder.path(), [i] { one(i); });
  ASSERT_EQ(folder.files().size(), 6U);
  start({.dead_bytes = disk_space(folder.files()[0]) * 7 / 2});
  look();
  EXPECT_EQ(folder.files().size(), 3U + 1U);
  let_it_all_out();
  EXPECT_EQ(backend->numbers(), (std::set<std::int64_t>{4, 5, 6}));
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_NE(errors[0].what.find("3 spans, the oldest, made room"), std::string::npos);
}

TEST_F(OwnOutage, WhatIsDamagedMakesRoomFirst) {
  run_and_kill(folder.path(), [] { one(1); });
  for (const char* name : {"1.weft.damaged", "2.weft.damaged"}) {
    std::ofstream(folder.path() / name) << std::string(100'000, 'x');
  }
  start({.dead_bytes = disk_space(folder.files()[0]) + 150'000});
  let_it_all_out();
  EXPECT_EQ(backend->numbers().size(), 1U);
  ASSERT_EQ(folder.files(".damaged").size(), 1U);
  EXPECT_EQ(folder.files(".damaged")[0].filename(), "2.weft.damaged");
}

TEST_F(OwnOutage, ALivingProcessKeepsItsFileWhateverTheBound) {
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

// An `exec` leaves a process its number and its time of birth.
TEST_F(OwnOutage, OfTheSameProcessBeforeAnExecIsOutsideTheAccount) {
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
