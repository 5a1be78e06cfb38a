// SPDX-License-Identifier: Apache-2.0
// A user-written exporter behind the asynchronous seam.
#include "processor/synchronous_exporter.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "processor/exporters.hpp"
#include "processor/stage.hpp"

namespace weft::testing {
namespace {

using detail::GiveUp;
using detail::Outcome;
using detail::SharedBatch;
using detail::SynchronousExporter;

class SynchronousExporterTest : public ::testing::Test {
 protected:
  SynchronousExporterTest() {
    adapter_.set_error_sink([this](const Error& error) { errors_.push_back(error); });
  }
  // Records are only counted.
  void submit(std::size_t size) {
    adapter_.submit(SharedBatch(std::make_shared<const std::vector<Record*>>(size)),
                    [this](const Outcome& outcome) { outcomes_.push_back(outcome); });
  }
  std::shared_ptr<RecordingExporter> exporter_ = std::make_shared<RecordingExporter>();
  SynchronousExporter adapter_{exporter_};
  std::vector<Outcome> outcomes_;
  std::vector<Error> errors_;
};

TEST_F(SynchronousExporterTest, IsNamedAfterTheUsersType) {
  EXPECT_EQ(adapter_.name(), "weft::testing::RecordingExporter");
}

TEST_F(SynchronousExporterTest, CallsNobodyInSubmit) {
  submit(3);
  EXPECT_TRUE(exporter_->batches().empty());
  EXPECT_FALSE(adapter_.idle());
}

TEST_F(SynchronousExporterTest, AcceptsABatchThatWasExported) {
  submit(3);
  EXPECT_TRUE(adapter_.step());
  ASSERT_EQ(outcomes_.size(), 1U);
  EXPECT_EQ(outcomes_[0].accepted, 3U);
  EXPECT_TRUE(adapter_.idle());
}

TEST_F(SynchronousExporterTest, ExportsInTheOrderOfSubmission) {
  for (std::size_t size : {3U, 1U, 2U}) submit(size);
  while (adapter_.step()) {
  }
  EXPECT_EQ(exporter_->batches(), (std::vector<std::size_t>{3, 1, 2}));
}

TEST_F(SynchronousExporterTest, GivesUpABatchThatFailed) {
  exporter_->on_export([] { return ExportResult::failure; });
  submit(3);
  adapter_.step();
  ASSERT_EQ(outcomes_.size(), 1U);
  EXPECT_EQ(outcomes_[0].given_up, 3U);
  EXPECT_EQ(outcomes_[0].reason, GiveUp::retry_exhausted);
  ASSERT_EQ(errors_.size(), 1U);
  EXPECT_EQ(errors_[0].code, ErrorCode::export_failed);
}

TEST_F(SynchronousExporterTest, GivesUpABatchWhoseExportThrew) {
  exporter_->on_export([]() -> ExportResult { throw std::runtime_error("disk on fire"); });
  submit(3);
  adapter_.step();
  ASSERT_EQ(outcomes_.size(), 1U);
  EXPECT_EQ(outcomes_[0].reason, GiveUp::retry_exhausted);
  ASSERT_EQ(errors_.size(), 1U);
  EXPECT_EQ(errors_[0].code, ErrorCode::user_callback);
  EXPECT_NE(errors_[0].what.find("disk on fire"), std::string::npos) << errors_[0].what;
}

TEST_F(SynchronousExporterTest, SurvivesWhatIsNoException) {
  exporter_->on_export([]() -> ExportResult { throw 1; });
  submit(3);
  adapter_.step();
  EXPECT_EQ(errors_.size(), 1U);
}

TEST_F(SynchronousExporterTest, RunReturnsAtItsDeadline) { adapter_.run(in(1ms)); }

TEST_F(SynchronousExporterTest, RunReturnsWhenItWasWokenBefore) {
  adapter_.wake();
  adapter_.run(Deadline::max());
}

TEST_F(SynchronousExporterTest, RunExportsWhatComesWhileItSleeps) {
  std::thread runner([this] { adapter_.run(Deadline::max()); });
  submit(2);
  EXPECT_TRUE(exporter_->wait_for(2));
  adapter_.wake();
  runner.join();
  EXPECT_EQ(outcomes_.size(), 1U);
}

TEST_F(SynchronousExporterTest, CloseGivesUpWhatIsQueued) {
  submit(3);
  submit(2);
  adapter_.close(far_away());
  ASSERT_EQ(outcomes_.size(), 2U);
  EXPECT_EQ(outcomes_[1].reason, GiveUp::shutdown);
  EXPECT_TRUE(exporter_->batches().empty());
}

TEST_F(SynchronousExporterTest, CloseShutsTheExporterDownAtTheNextStep) {
  adapter_.close(far_away());
  EXPECT_EQ(exporter_->shutdowns, 0);
  EXPECT_TRUE(adapter_.step());
  EXPECT_FALSE(adapter_.step());
  EXPECT_EQ(exporter_->shutdowns, 1);
  EXPECT_EQ(adapter_.shutdown_result(), true);
}

TEST_F(SynchronousExporterTest, IsNotShutDownLongAfterTheDeadline) {
  adapter_.close(in(-1000ms));
  adapter_.step();
  EXPECT_EQ(exporter_->shutdowns, 0);
}

TEST_F(SynchronousExporterTest, GivesUpWhatComesAfterClose) {
  adapter_.close(far_away());
  submit(1);
  ASSERT_EQ(outcomes_.size(), 1U);
  EXPECT_EQ(outcomes_[0].reason, GiveUp::shutdown);
}

TEST_F(SynchronousExporterTest, OneFlushServesAllWhoAskedBefore) {
  const std::uint64_t first = adapter_.request_flush(far_away());
  const std::uint64_t second = adapter_.request_flush(far_away());
  EXPECT_TRUE(adapter_.step());
  EXPECT_EQ(adapter_.wait_for_flush(first, in(0ms)), true);
  EXPECT_EQ(adapter_.wait_for_flush(second, in(0ms)), true);
  EXPECT_EQ(exporter_->flushes, 1);
}

TEST_F(SynchronousExporterTest, AFlushThatNobodyMakesHasNoResult) {
  const std::uint64_t ticket = adapter_.request_flush(far_away());
  EXPECT_EQ(adapter_.wait_for_flush(ticket, in(1ms)), std::nullopt);
}

}  // namespace
}  // namespace weft::testing
