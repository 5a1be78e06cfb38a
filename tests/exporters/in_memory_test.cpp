// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <thread>

#include <weft/exporters/in_memory.hpp>

#include "exporters/records.hpp"

namespace weft::testing {

namespace {

using namespace std::chrono_literals;

class InMemory : public ::testing::Test {
 protected:
  void send(std::string_view name) {
    const std::vector<detail::Record*> spans{records.make({.name = name})};
    ASSERT_EQ(memory->export_spans(SpanBatch(spans)), ExportResult::success);
  }
  Records records;
  std::shared_ptr<exporters::InMemoryExporter> memory = exporters::in_memory();
};

}  // namespace

TEST_F(InMemory, KeepsSpansOldestFirst) {
  send("first");
  send("second");
  const auto spans = memory->spans();
  ASSERT_EQ(spans.size(), 2U);
  EXPECT_EQ(spans[0].name, "first");
  EXPECT_EQ(spans[1].name, "second");
}

TEST_F(InMemory, GivesACopy) {
  send("first");
  const auto spans = memory->spans();
  memory->clear();
  EXPECT_EQ(spans.at(0).name, "first");
  EXPECT_TRUE(memory->spans().empty());
}

TEST_F(InMemory, KeepsSpansAfterTheirRecordIsUsedAgain) {
  detail::Record* record = records.make({.name = "kept", .attributes = {{"key", "value"}}});
  const std::vector<detail::Record*> spans{record};
  memory->export_spans(SpanBatch(spans));
  records.pool().release(spans);
  records.make({.name = "other"});
  EXPECT_EQ(memory->spans().at(0).name, "kept");
  EXPECT_EQ(*memory->spans().at(0).find("key"), "value");
}

TEST_F(InMemory, WaitsForSpansThatAnotherThreadBrings) {
  std::thread other([this] { send("late"); });
  EXPECT_TRUE(memory->wait_for(1, 20s));
  other.join();
}

TEST_F(InMemory, ReportsThatSpansDidNotCome) { EXPECT_FALSE(memory->wait_for(1, 30ms)); }

TEST_F(InMemory, DoesNotWaitForWhatIsThere) {
  send("here");
  EXPECT_TRUE(memory->wait_for(1, 0ms));
}

TEST_F(InMemory, IsOneOfTheSynchronousExporters) { EXPECT_EQ(memory->async_exporter(), nullptr); }

}  // namespace weft::testing
