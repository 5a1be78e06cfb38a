// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <stdexcept>

#include <weft/composable_sampler.hpp>

#include "config/support.hpp"
#include "support/recorded.hpp"

namespace {

using weft::ExporterPtr;
using weft::config::Properties;
using weft::testing::FileCase;
using weft::testing::provider;

TEST(FileProcessors, OfABatchGiveItsExporterAndItsNumbers) {
  const FileCase file = provider(
      "  processors:\n    - batch:\n        schedule_delay: 100\n        export_timeout: 200\n"
      "        max_queue_size: 30\n        max_export_batch_size: 10\n"
      "        exporter:\n          console:\n");
  EXPECT_EQ(file.error(), FileCase::kNoError);
  EXPECT_EQ(file.configured->exporters.size(), 1U);
  EXPECT_EQ(file.configured->exporters_text, "console");
  EXPECT_EQ(file.variable("OTEL_BSP_SCHEDULE_DELAY"), "100");
  EXPECT_EQ(file.variable("OTEL_BSP_EXPORT_TIMEOUT"), "200");
  EXPECT_EQ(file.variable("OTEL_BSP_MAX_QUEUE_SIZE"), "30");
  EXPECT_EQ(file.variable("OTEL_BSP_MAX_EXPORT_BATCH_SIZE"), "10");
  EXPECT_EQ(file.place("OTEL_BSP_MAX_QUEUE_SIZE"),
            "weft.yaml:7: tracer_provider.processors[0].batch.max_queue_size");
}

TEST(FileProcessors, MayBeSeveral) {
  const FileCase file = provider(
      "  processors:\n    - batch: {exporter: {console: }}\n    - simple: {exporter: {console: }}\n"
      "    - batch: {exporter: {otlp_http: {endpoint: \"http://a:4318/v1/traces\"}}}\n");
  EXPECT_EQ(file.error(), FileCase::kNoError);
  EXPECT_EQ(file.configured->exporters_text, "console, otlp_http");
  EXPECT_EQ(file.configured->processors_text, "simple(console)");
}

TEST(FileProcessors, ShareOneQueueAndSaySo) {
  const FileCase file = provider(
      "  processors:\n    - batch: {max_queue_size: 10, exporter: {console: }}\n"
      "    - batch: {max_queue_size: 20, exporter: {console: }}\n");
  EXPECT_EQ(file.variable("OTEL_BSP_MAX_QUEUE_SIZE"), "10");
  EXPECT_EQ(file.error(),
            "weft.yaml:5: tracer_provider.processors[1].batch.max_queue_size=\"20\" is not that of "
            "the first batch processor, with which it shares a queue; 10 is used");
}

TEST(FileProcessors, RefuseANumberThatIsNone) {
  const FileCase file =
      provider("  processors:\n    - batch: {schedule_delay: soon, exporter: {console: }}\n");
  EXPECT_EQ(file.variable("OTEL_BSP_SCHEDULE_DELAY"), "(absent)");
  EXPECT_EQ(file.error(),
            "weft.yaml:4: tracer_provider.processors[0].batch.schedule_delay=\"soon\" is no whole "
            "number of at least 0; the default is used");
}

TEST(FileProcessors, WithoutAnExporterAreLeftOutAndSaid) {
  const FileCase file = provider("  processors:\n    - batch: {schedule_delay: 1}\n");
  EXPECT_TRUE(file.configured->exporters.empty());
  EXPECT_EQ(file.error(),
            "weft.yaml:4: tracer_provider.processors[0].batch has no exporter; it is left out");
}

TEST(FileProcessors, WithoutAValueAreSaidByTheirLine) {
  const FileCase file =
      provider("  processors:\n    - simple: {exporter: {console: }}\n    - batch:\n");
  EXPECT_EQ(file.error(),
            "weft.yaml:5: tracer_provider.processors[1].batch has no exporter; it is left out");
}

TEST(FileProcessors, OfAnUnknownNameAreLeftOutAndSaid) {
  const FileCase file = provider("  processors:\n    - magic: {a: 1}\n");
  EXPECT_EQ(file.error(),
            "weft.yaml:4: tracer_provider.processors[0].magic is no processor (batch and simple "
            "are), and nobody registered it; it is left out");
}

TEST(FileProcessors, TellAKeyThatIsNotKnown) {
  const FileCase file =
      provider("  processors:\n    - batch: {shedule_delay: 1, exporter: {console: }}\n");
  EXPECT_EQ(file.error(),
            "weft.yaml:4: tracer_provider.processors[0].batch.shedule_delay is not known here; it "
            "is ignored");
}

TEST(FileExporters, OfOtlpTakeEveryKey) {
  const FileCase file = provider(
      "  processors:\n    - batch:\n        exporter:\n          otlp_http:\n"
      "            endpoint: https://a:4318/v1/traces\n"
      "            tls: {ca_file: /dev/null, key_file: /dev/null, cert_file: /dev/null}\n"
      "            headers:\n              - {name: k, value: \"1\"}\n"
      "            headers_list: k=2,l=a%20b\n            compression: gzip\n"
      "            timeout: 5000\n            encoding: protobuf\n");
  EXPECT_EQ(file.error(), FileCase::kNoError);
  EXPECT_EQ(file.configured->exporters.size(), 1U);
}

TEST(FileExporters, OfOtlpRefuseWhatTheyCannotUse) {
  const FileCase file = provider(
      "  processors:\n    - batch:\n        exporter:\n          otlp_http:\n"
      "            compression: zip\n            encoding: xml\n            timeout: -1\n"
      "            headers_list: secret\n            headers: [{name: secret}]\n");
  ASSERT_EQ(file.errors.size(), 5U) << file.error();
  for (const std::string& error : file.errors) {
    EXPECT_EQ(error.find("weft.yaml:"), 0U) << error;
    EXPECT_EQ(error.find("=\"secret"), std::string::npos) << error;
  }
}

TEST(FileExporters, MayBeOfEveryKindThereIs) {
  const FileCase file = provider(
      "  processors:\n"
      "    - batch: {exporter: {otlp_grpc: {endpoint: \"http://a:4317\", timeout: 5000, "
      "tls: {insecure: true}}}}\n"
      "    - batch: {exporter: {otlp_file/development: {output_stream: \"file:///tmp/x.jsonl\"}}}\n"
      "    - batch: {exporter: {zipkin: {endpoint: \"http://a:9411/api/v2/spans\"}}}\n"
      "    - batch: {exporter: {otlp_http: {encoding: json}}}\n");
  EXPECT_EQ(file.error(), FileCase::kNoError);
  EXPECT_EQ(file.configured->exporters.size(), 4U);
}

TEST(FileExporters, OfAnUnknownNameAreSaid) {
  const FileCase file = provider("  processors:\n    - batch: {exporter: {carrier_pigeon: }}\n");
  EXPECT_EQ(file.error().find("weft.yaml:4: tracer_provider.processors[0].batch.exporter."
                              "carrier_pigeon is no exporter"),
            0U)
      << file.error();
}

TEST(FileExporters, OfAFileWantAStreamThatIsOne) {
  const FileCase file = provider(
      "  processors:\n    - batch: {exporter: {otlp_file/development: {output_stream: ftp}}}\n");
  EXPECT_EQ(file.error(),
            "weft.yaml:4: tracer_provider.processors[0].batch.exporter.otlp_file/development."
            "output_stream=\"ftp\" is neither stdout nor a file:// URL; stdout is used");
}

TEST(FilePlugins, GetTheirPropertiesFromTheFile) {
  std::string seen;
  weft::config::register_exporter("seen", [&](const Properties& properties) -> ExporterPtr {
    seen = *properties.find("color")->text();
    return weft::exporters::in_memory();
  });
  const FileCase file =
      provider("  processors:\n    - batch: {exporter: {seen: {color: blue, size: [1, 2]}}}\n");
  EXPECT_EQ(file.error(), FileCase::kNoError);
  EXPECT_EQ(file.configured->exporters.size(), 1U);
  EXPECT_EQ(seen, "blue");
}

class Quiet : public weft::SpanProcessor {};

TEST(FilePlugins, MayBeProcessorsAndSamplers) {
  weft::config::register_processor("quiet",
                                   [](const Properties&) { return std::make_shared<Quiet>(); });
  weft::config::register_sampler("never",
                                 [](const Properties&) { return weft::samplers::always_off(); });
  const FileCase file = provider("  processors:\n    - quiet:\n  sampler: {never: }\n");
  EXPECT_EQ(file.error(), FileCase::kNoError);
  EXPECT_EQ(file.configured->processors_text, "quiet");
  EXPECT_EQ(file.configured->sampler->description(), "AlwaysOffSampler");
}

TEST(FilePlugins, OneThatThrowsIsLeftOutAndSaid) {
  weft::config::register_exporter(
      "broken", [](const Properties&) -> ExporterPtr { throw std::runtime_error("no disk"); });
  const FileCase file = provider("  processors:\n    - batch: {exporter: {broken: {a: 1}}}\n");
  EXPECT_EQ(file.error(),
            "weft.yaml:4: tracer_provider.processors[0].batch.exporter.broken: its provider threw "
            "(no disk); it is left out");
}

TEST(FilePlugins, OneThatRefusesIsLeftOutAndSaid) {
  weft::config::register_sampler("null", [](const Properties&) { return nullptr; });
  const FileCase file = provider("  processors: []\n  sampler: {\"null\": {a: 1}}\n");
  EXPECT_EQ(file.error(),
            "weft.yaml:4: tracer_provider.sampler.null: its provider refused it; it is left out");
}

std::string sampler_of(std::string_view text, std::string expected_error = FileCase::kNoError) {
  const FileCase file = provider("  processors: []\n  sampler: " + std::string(text) + "\n");
  EXPECT_EQ(file.error(), expected_error);
  return file.configured->sampler != nullptr ? file.configured->sampler->description() : "(none)";
}

TEST(FileSampler, IsMadeFromItsName) {
  EXPECT_EQ(sampler_of("{always_on: }"), "AlwaysOnSampler");
  EXPECT_EQ(sampler_of("{always_off: {}}"), "AlwaysOffSampler");
  EXPECT_EQ(sampler_of("{trace_id_ratio_based: {ratio: 0.25}}"),
            weft::samplers::trace_id_ratio(0.25)->description());
  EXPECT_EQ(sampler_of("{trace_id_ratio_based: }"),
            weft::samplers::trace_id_ratio(1)->description());
}

TEST(FileSampler, NestsInTheParentBasedOne) {
  const auto expected = weft::samplers::parent_based(weft::samplers::trace_id_ratio(0.5));
  EXPECT_EQ(sampler_of("{parent_based: {root: {trace_id_ratio_based: {ratio: 0.5}}, "
                       "remote_parent_sampled: {always_on: }, local_parent_not_sampled: "
                       "{always_off: }}}"),
            expected->description());
}

TEST(FileSampler, MayDecideOtherwiseBelowAParent) {
  const auto expected = weft::samplers::parent_based(
      weft::samplers::always_on(), {.remote_parent_sampled = weft::samplers::trace_id_ratio(0.5)});
  EXPECT_EQ(sampler_of("{parent_based: {root: {always_on: }, remote_parent_sampled: "
                       "{trace_id_ratio_based: {ratio: 0.5}}}}"),
            expected->description());
}

TEST(FileSampler, MayBeInDevelopment) {
  EXPECT_EQ(sampler_of("{probability/development: {ratio: 0.25}}"),
            weft::samplers::probability(0.25)->description());
  EXPECT_EQ(sampler_of("{always_record/development: {root: {always_off: }}}"),
            weft::samplers::always_record(weft::samplers::always_off())->description());
}

TEST(FileSampler, MayBeATreeOfComposables) {
  using namespace weft::composables;
  EXPECT_EQ(sampler_of("{composite/development: {parent_threshold: {root: {probability: {ratio: "
                       "0.5}}}}}"),
            weft::samplers::composite(parent_threshold(probability(0.5)))->description());
  EXPECT_NE(sampler_of("{composite/development: {rule_based: {rules: [{span_kinds: [server], "
                       "parent: [none, remote], attribute_values: {key: a, values: [b]}, sampler: "
                       "{always_on: }}, {sampler: {always_off: }}]}}}"),
            "(none)");
}

TEST(FileSampler, MatchesAttributesByPattern) {
  const FileCase file = provider(
      "  processors: []\n  sampler: {composite/development: {rule_based: {rules: "
      "[{attribute_patterns: {key: url.path, included: ['/api/*'], excluded: ['*/health']}, "
      "sampler: {always_on: }}]}}}\n");
  ASSERT_EQ(file.error(), FileCase::kNoError);
  weft::testing::Recorded recorded({.sampler = file.configured->sampler});
  const auto is_sampled = [](std::string_view path) {
    return weft::testing::tracer.start("request", {{"url.path", path}}).is_recording();
  };
  EXPECT_TRUE(is_sampled("/api/orders"));
  EXPECT_FALSE(is_sampled("/api/health"));
  EXPECT_FALSE(is_sampled("/metrics"));
}

TEST(FileSampler, TellsOfARuleThatNothingCanMatch) {
  sampler_of(
      "{composite/development: {rule_based: {rules: [{parent: [uncle], sampler: "
      "{always_on: }}]}}}",
      "weft.yaml:4: tracer_provider.sampler.composite/development.rule_based.rules[0]."
      "parent=\"uncle\" is not known; it is left out");
}

TEST(FileSampler, RefusesARatioOutsideItsRange) {
  sampler_of("{trace_id_ratio_based: {ratio: 2}}",
             "weft.yaml:4: tracer_provider.sampler.trace_id_ratio_based.ratio=\"2\" is no number "
             "from 0 to 1; 1 is used");
}

TEST(FileSampler, IsRefusedInOneLineWhateverTheFileHolds) {
  const FileCase file = provider("  processors: []\n  sampler: {\"a\\nb\": \"c\\nd\"}\n");
  ASSERT_FALSE(file.errors.empty());
  for (const std::string& error : file.errors) EXPECT_EQ(error.find('\n'), error.npos) << error;
}

TEST(FileSampler, OfAnUnknownNameIsTheDefaultAndSaid) {
  EXPECT_EQ(sampler_of("{coin: }",
                       "weft.yaml:4: tracer_provider.sampler.coin is no sampler, and "
                       "nobody registered it; it is left out"),
            "(none)");
}

TEST(FileSampler, OfTwoNamesIsNone) {
  sampler_of("{always_on: , always_off: }",
             "weft.yaml:4: tracer_provider.sampler names 2 components where one is meant; it is "
             "ignored");
}

TEST(FileLimits, AreThoseOfTheFile) {
  const FileCase file = provider(
      "  processors: []\n  limits:\n    attribute_value_length_limit: 1\n"
      "    attribute_count_limit: 2\n    event_count_limit: 3\n    link_count_limit: 4\n"
      "    event_attribute_count_limit: 5\n    link_attribute_count_limit:\n");
  EXPECT_EQ(file.error(), FileCase::kNoError);
  EXPECT_EQ(file.variable("OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT"), "1");
  EXPECT_EQ(file.variable("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT"), "2");
  EXPECT_EQ(file.variable("OTEL_SPAN_EVENT_COUNT_LIMIT"), "3");
  EXPECT_EQ(file.variable("OTEL_SPAN_LINK_COUNT_LIMIT"), "4");
  EXPECT_EQ(file.variable("OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT"), "5");
  EXPECT_EQ(file.variable("OTEL_LINK_ATTRIBUTE_COUNT_LIMIT"), "(absent)");
}

}  // namespace
