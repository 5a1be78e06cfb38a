// SPDX-License-Identifier: Apache-2.0
// Whose thread an exporter is called on.
#include "processor/lane.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "processor/exporters.hpp"
#include "processor/stage.hpp"

namespace weft::testing {
namespace {

using detail::Lane;

struct AnExportersLane : ::testing::Test {
  const std::shared_ptr<AnsweringExporter> exporter = AnsweringExporter::make();

  std::shared_ptr<Lane> make_lane(bool has_threads) const {
    WorkerOptions options;
    options.none = !has_threads;
    return std::make_shared<Lane>(exporter, options, 1);
  }
  /// What a flush that comes between a batch and its thread is told.
  bool needs_driving_during_submit(const std::shared_ptr<Lane>& lane) const {
    bool is_needed = false;
    exporter->on_submit = [&] { is_needed = lane->needs_driving(); };
    lane->submit(detail::SharedBatch(std::make_shared<std::vector<Record*>>()),
                 [](const detail::Outcome&) {});
    lane->close(in(0ms));
    lane->finish(far_away());
    return is_needed;
  }
};

// It would call the user's exporter on the thread that shuts down, and never return with it.
TEST_F(AnExportersLane, IsNotDrivenByOthersWhileItsThreadIsBeingStarted) {
  EXPECT_FALSE(needs_driving_during_submit(make_lane(true)));
}

TEST_F(AnExportersLane, IsDrivenByOthersWhereThereAreToBeNoThreads) {
  EXPECT_TRUE(needs_driving_during_submit(make_lane(false)));
}

TEST_F(AnExportersLane, IsDrivenByOthersWhereTheSystemGaveNoThread) {
  const auto lane = make_lane(true);
  lane->do_without_thread();
  EXPECT_TRUE(needs_driving_during_submit(lane));
}

}  // namespace
}  // namespace weft::testing
