// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <weft/processors.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tracer/finalized.hpp"

// Which exporters a spool can serve.

namespace weft::testing {
namespace {

class SomeExporter : public SpanExporter {
 public:
  ExportResult export_spans(const SpanBatch&) override { return ExportResult::success; }
};

ExporterPtr exporter() { return std::make_shared<SomeExporter>(); }

Case with(std::vector<ProcessorPtr> processors, std::vector<ExporterPtr> exporters = {}) {
  return finalized({}, {.exporters = std::move(exporters),
                        .processors = std::move(processors),
                        .spool_dir = "/spool"});
}

constexpr const char* kRefusal =
    "=\"/spool\" needs an exporter with a queue, and processors::simple has none; it is not used, "
    "and what earlier processes left there is not sent. Fix: processors::batch instead of "
    "processors::simple";

TEST(Spool, IsRefusedWhereSimpleProcessorsAloneExport) {
  EXPECT_EQ(with({processors::simple(exporter())}).error(),
            std::string("Options::spool_dir") + kRefusal);
}

TEST(Spool, OfAVariableIsRefusedByItsName) {
  const Case given =
      finalized({{"WEFT_SPOOL_DIR", "/spool"}}, {.processors = {processors::simple(exporter())}});
  EXPECT_EQ(given.error(), std::string("WEFT_SPOOL_DIR") + kRefusal);
}

TEST(Spool, ThatIsRefusedIsNotUsed) {
  const Case refused = with({processors::simple(exporter())});
  EXPECT_TRUE(refused.configuration.spool_dir.empty());
  EXPECT_EQ(refused.line("spool_dir"), "spool_dir = none (default)");
}

TEST(Spool, ServesTheExportersBesideASimpleProcessor) {
  const Case given = with({processors::simple(exporter())}, {exporter()});
  EXPECT_EQ(given.error(), "(no error)");
  EXPECT_EQ(given.configuration.spool_dir, "/spool");
}

TEST(Spool, ServesABatchProcessorBesideASimpleOne) {
  const Case given = with({processors::simple(exporter()), processors::batch(exporter())});
  EXPECT_EQ(given.error(), "(no error)");
  EXPECT_EQ(given.configuration.spool_dir, "/spool");
}

TEST(Spool, IsNotRefusedWhereNothingExports) {
  EXPECT_EQ(with({}).configuration.spool_dir, "/spool");
}

}  // namespace
}  // namespace weft::testing
