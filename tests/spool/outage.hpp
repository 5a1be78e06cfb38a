// SPDX-License-Identifier: Apache-2.0
#pragma once

// A backend that is away for long. The clock stands still until the test moves it, and but for one
// test there is no other thread.
#include "processor/overflow.hpp"

#include <weft/weft.hpp>

#include <gtest/gtest.h>

#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "platform/fork.hpp"
#include "processor/async_exporter.hpp"
#include "span/span_access.hpp"
#include "spool/killed.hpp"
#include "tracer/configuration.hpp"
#include "tracer/core.hpp"
#include "tracer/telemetry_slot.hpp"

namespace weft::testing {

using namespace std::chrono_literals;

inline constexpr weft::Tracer outage_tracer{"overflow"};
inline constexpr std::size_t kBatch = 128;
inline constexpr std::size_t kQueue = 1024;

inline std::atomic<std::int64_t> clock_ms{0};
inline weft::Deadline fake_now() noexcept {
  return weft::Deadline(1h) + std::chrono::milliseconds(clock_ms.load());
}
inline void pass(std::chrono::milliseconds time) { clock_ms += time.count(); }

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
  void hurry() noexcept override { ++hurries; }
  std::size_t shed(const weft::detail::SharedBatch& batch, weft::detail::Shed) noexcept override {
    const auto found =
        std::ranges::find_if(held_, [&](const Held& held) { return held.batch.is(batch); });
    if (found == held_.end()) return 0;
    const Held one = std::move(*found);
    held_.erase(found);
    one.done({.given_up = batch.size(), .reason = weft::detail::GiveUp::queue_full});
    return batch.size();
  }
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
  std::atomic<int> hurries{0};
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

inline std::size_t disk_space(const std::filesystem::path& file) {
  struct stat status{};
  stat(file.c_str(), &status);
  return static_cast<std::size_t>(status.st_blocks) * 512;
}

struct Outage : ::testing::Test {
  const SpoolFolder folder;
  std::vector<weft::Error> errors;
  const std::shared_ptr<Backend> backend = Backend::make();
  std::shared_ptr<weft::detail::TelemetryCore> core;
  int recorded = 0;

  void start(weft::detail::OverflowLimits limits = {},
             std::vector<weft::ExporterPtr> exporters = {}, bool has_worker = false) {
    weft::detail::error_reporter().set_handler(
        [this](const weft::Error& error) { errors.push_back(error); });
    weft::Options options{.service_name = "outage", .exporters = {backend}};
    if (!exporters.empty()) options.exporters = std::move(exporters);
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
    auto span = outage_tracer.start("one", {{"n", number}});
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

struct OwnOutage : Outage {
  void SetUp() override {}
  void TearDown() override {
    if (core != nullptr) Outage::TearDown();
  }
};

}  // namespace weft::testing
