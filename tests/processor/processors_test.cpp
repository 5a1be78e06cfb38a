// SPDX-License-Identifier: Apache-2.0
// processors::batch, and what exporters are given.
#include <gtest/gtest.h>
#include <weft/processors.hpp>

#include <memory>

#include "processor/exporters.hpp"
#include "processor/processor_access.hpp"
#include "span/record.hpp"

namespace weft::testing {
namespace {

TEST(BatchProcessor, TellsInitItsExporter) {
  const auto exporter = std::make_shared<RecordingExporter>();
  EXPECT_EQ(detail::exporter_of(*processors::batch(exporter)), exporter);
}

TEST(BatchProcessor, TellsInitItsOptions) {
  BatchOptions options;
  options.max_queue_size = 17;
  const ProcessorPtr processor = processors::batch(nullptr, options);
  ASSERT_NE(detail::batch_options_of(*processor), nullptr);
  EXPECT_EQ(detail::batch_options_of(*processor)->max_queue_size, 17U);
}

TEST(BatchProcessor, IsNotMistakenForAnother) {
  const ProcessorPtr simple = processors::simple(std::make_shared<RecordingExporter>());
  EXPECT_EQ(detail::exporter_of(*simple), nullptr);
  EXPECT_EQ(detail::batch_options_of(*simple), nullptr);
}

TEST(SpanBatch, IsARangeOfViews) {
  detail::Record records[2];
  detail::Record* const pointers[] = {&records[0], &records[1]};
  const SpanBatch batch(pointers);
  std::size_t index = 0;
  for (const SpanView view : batch) EXPECT_EQ(&view.record(), pointers[index++]);
  EXPECT_EQ(index, 2U);
}

}  // namespace
}  // namespace weft::testing
