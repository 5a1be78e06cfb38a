// SPDX-License-Identifier: Apache-2.0
#include "tracer/configuration.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <stdexcept>

#include "platform/error_reporter.hpp"
#include "tracer/finalized.hpp"
#include "tracer/resource_detection.hpp"

// Numbers, names and the account of where each came from; the objects are in chosen_parts_test.cpp.

namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using weft::ErrorCode;
using weft::Options;
using weft::detail::Configuration;
using weft::detail::finalize;
using weft::testing::Case;
using weft::testing::finalized;

TEST(Configuration, IsTheDefaultsWhenNothingIsSaid) {
  const Case plain = finalized();
  const Configuration& configuration = plain.configuration;
  EXPECT_FALSE(configuration.disabled);
  EXPECT_EQ(configuration.batch.max_queue_size, 2048U);
  EXPECT_EQ(configuration.batch.max_export_batch_size, 512U);
  EXPECT_EQ(configuration.batch.schedule_delay, milliseconds(5000));
  EXPECT_EQ(configuration.batch.export_timeout, milliseconds(30000));
  EXPECT_EQ(configuration.limits.attribute_count, 128U);
  EXPECT_EQ(configuration.limits.attribute_value_length, weft::SpanLimits::kUnlimited);
  EXPECT_EQ(configuration.shutdown_timeout, milliseconds(5000));
  EXPECT_EQ(plain.error(), "(no error)");
}

struct NumberCase {
  const char* variable;
  std::size_t (*value)(const Configuration&);
  std::size_t built_in;
};

class NumberVariable : public testing::TestWithParam<NumberCase> {};

TEST_P(NumberVariable, IsTaken) {
  const Case given = finalized({{GetParam().variable, "77"}});
  EXPECT_EQ(GetParam().value(given.configuration), 77U);
  EXPECT_EQ(given.error(), "(no error)");
}

TEST_P(NumberVariable, IsRefusedWhenItIsNoNumberAndTheDefaultIsUsed) {
  for (const char* text : {"abc", "-1", "1.5", "99999999999999999999", "7 8"}) {
    const Case bad = finalized({{GetParam().variable, text}});
    EXPECT_EQ(GetParam().value(bad.configuration), GetParam().built_in) << text;
    ASSERT_EQ(bad.environment.errors.size(), 1U) << text;
    EXPECT_EQ(bad.environment.errors[0].code, ErrorCode::invalid_environment);
    const std::string begin = std::string(GetParam().variable) + "=\"" + text + "\" ";
    EXPECT_EQ(bad.environment.errors[0].what.find(begin), 0U) << bad.error();
  }
}

TEST_P(NumberVariable, CountsAsUnsetWhenItIsEmpty) {
  const Case empty = finalized({{GetParam().variable, ""}});
  EXPECT_EQ(GetParam().value(empty.configuration), GetParam().built_in);
  EXPECT_EQ(empty.error(), "(no error)");
}

constexpr std::size_t kUnlimited = weft::SpanLimits::kUnlimited;
#define WEFT_VALUE(member) \
  [](const Configuration& c) -> std::size_t { return static_cast<std::size_t>(c.member); }

INSTANTIATE_TEST_SUITE_P(
    OfTheSpecification, NumberVariable,
    testing::Values(
        NumberCase{"OTEL_BSP_MAX_QUEUE_SIZE", WEFT_VALUE(batch.max_queue_size), 2048},
        NumberCase{"OTEL_BSP_MAX_EXPORT_BATCH_SIZE", WEFT_VALUE(batch.max_export_batch_size), 512},
        NumberCase{"OTEL_BSP_SCHEDULE_DELAY", WEFT_VALUE(batch.schedule_delay.count()), 5000},
        NumberCase{"OTEL_BSP_EXPORT_TIMEOUT", WEFT_VALUE(batch.export_timeout.count()), 30000},
        NumberCase{"OTEL_ATTRIBUTE_COUNT_LIMIT", WEFT_VALUE(limits.attribute_count), 128},
        NumberCase{"OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", WEFT_VALUE(limits.attribute_count), 128},
        NumberCase{"OTEL_SPAN_EVENT_COUNT_LIMIT", WEFT_VALUE(limits.event_count), 128},
        NumberCase{"OTEL_SPAN_LINK_COUNT_LIMIT", WEFT_VALUE(limits.link_count), 128},
        NumberCase{"OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT", WEFT_VALUE(limits.event_attribute_count),
                   128},
        NumberCase{"OTEL_LINK_ATTRIBUTE_COUNT_LIMIT", WEFT_VALUE(limits.link_attribute_count), 128},
        NumberCase{"OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", WEFT_VALUE(limits.attribute_value_length),
                   kUnlimited},
        NumberCase{"OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT",
                   WEFT_VALUE(limits.attribute_value_length), kUnlimited}),
    [](const auto& given) { return std::string(given.param.variable); });

TEST(Configuration, TheSpansOwnLimitWinsOverTheGeneralOne) {
  const Case both =
      finalized({{"OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "10"}, {"OTEL_ATTRIBUTE_COUNT_LIMIT", "20"}});
  EXPECT_EQ(both.configuration.limits.attribute_count, 10U);
}

TEST(Configuration, TheGeneralLimitHoldsWhenTheSpansOwnIsRefused) {
  const Case both =
      finalized({{"OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "ten"}, {"OTEL_ATTRIBUTE_COUNT_LIMIT", "20"}});
  EXPECT_EQ(both.configuration.limits.attribute_count, 20U);
  EXPECT_EQ(both.error(),
            "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT=\"ten\" is not a whole number of at least 0; "
            "OTEL_ATTRIBUTE_COUNT_LIMIT or the default is used");
}

TEST(Configuration, ALimitOfZeroIsALimit) {
  EXPECT_EQ(finalized({{"OTEL_SPAN_EVENT_COUNT_LIMIT", "0"}}).configuration.limits.event_count, 0U);
}

TEST(Configuration, CodeWinsOverTheEnvironment) {
  const Case both =
      finalized({{"OTEL_BSP_MAX_QUEUE_SIZE", "77"}}, {.batch = {.max_queue_size = 4096}});
  EXPECT_EQ(both.configuration.batch.max_queue_size, 4096U);
}

TEST(Configuration, CodeThatSaysTheDefaultYieldsToTheEnvironment) {
  const Case both =
      finalized({{"OTEL_BSP_MAX_QUEUE_SIZE", "777"}}, {.batch = {.max_queue_size = 2048}});
  EXPECT_EQ(both.configuration.batch.max_queue_size, 777U);
}

TEST(Configuration, RefusesAQueueOfNothing) {
  const Case zero = finalized({}, {.batch = {.max_queue_size = 0}});
  EXPECT_EQ(zero.configuration.batch.max_queue_size, 2048U);
  EXPECT_EQ(zero.error(),
            "Options::batch.max_queue_size=\"0\" is not at least 1 and at most "
            "16777216; 2048 is used");
  EXPECT_EQ(zero.environment.errors[0].code, ErrorCode::invalid_option);
}

TEST(Configuration, RefusesAQueueThatNoMemoryHolds) {
  EXPECT_EQ(
      finalized({}, {.batch = {.max_queue_size = 1U << 30U}}).configuration.batch.max_queue_size,
      2048U);
}

TEST(Configuration, TheEnvironmentHoldsWhereCodeIsRefused) {
  const Case both =
      finalized({{"OTEL_BSP_MAX_QUEUE_SIZE", "777"}}, {.batch = {.max_queue_size = 0}});
  EXPECT_EQ(both.configuration.batch.max_queue_size, 777U);
  EXPECT_EQ(both.error(),
            "Options::batch.max_queue_size=\"0\" is not at least 1 and at most "
            "16777216; 777 is used");
}

TEST(Configuration, RefusesANegativeDuration) {
  const Case negative = finalized({}, {.batch = {.schedule_delay = milliseconds(-5)}});
  EXPECT_EQ(negative.configuration.batch.schedule_delay, milliseconds(5000));
  EXPECT_EQ(negative.error(),
            "Options::batch.schedule_delay=\"-5 ms\" is not at least 0 ms and at "
            "most 31536000000 ms; 5000 ms is used");
}

TEST(Configuration, RefusesADurationOfCenturies) {
  EXPECT_EQ(finalized({}, {.shutdown_timeout = milliseconds::max()}).configuration.shutdown_timeout,
            milliseconds(5000));
}

TEST(Configuration, ATimeoutOfZeroIsAsGoodAsForEver) {
  EXPECT_GE(finalized({{"OTEL_BSP_EXPORT_TIMEOUT", "0"}}).configuration.batch.export_timeout,
            hours(24 * 365));
}

TEST(Configuration, ADelayOfZeroIsTheShortestThereIs) {
  const Case zero = finalized({{"OTEL_BSP_SCHEDULE_DELAY", "0"}});
  EXPECT_EQ(zero.configuration.batch.schedule_delay, milliseconds(1));
  EXPECT_EQ(zero.error(), "(no error)");
}

TEST(Configuration, AShutdownTimeoutOfZeroWaitsForNothing) {
  EXPECT_EQ(finalized({}, {.shutdown_timeout = milliseconds(0)}).configuration.shutdown_timeout,
            milliseconds(0));
}

TEST(Configuration, ABatchIsNoLargerThanTheQueue) {
  const Case large = finalized({}, {.batch = {.max_queue_size = 10, .max_export_batch_size = 100}});
  EXPECT_EQ(large.configuration.batch.max_export_batch_size, 10U);
  EXPECT_EQ(large.error(),
            "Options::batch.max_export_batch_size=\"100\" is larger than the queue "
            "(max_queue_size); 10 is used");
}

TEST(Configuration, ABatchOfTheEnvironmentIsNoLargerThanTheQueue) {
  const Case large = finalized({{"OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "5000"}});
  EXPECT_EQ(large.configuration.batch.max_export_batch_size, 2048U);
  EXPECT_EQ(large.error(),
            "OTEL_BSP_MAX_EXPORT_BATCH_SIZE=\"5000\" is larger than the queue "
            "(max_queue_size); 2048 is used");
}

TEST(Configuration, ABatchThatNobodyAskedForShrinksWithTheQueueWithoutAWord) {
  const Case small = finalized({{"OTEL_BSP_MAX_QUEUE_SIZE", "100"}});
  EXPECT_EQ(small.configuration.batch.max_export_batch_size, 100U);
  EXPECT_EQ(small.error(), "(no error)");
}

TEST(Configuration, TheWorkersOptionsAreTaken) {
  const Case named =
      finalized({}, {.batch = {.worker = {.name = "tracing", .affinity = {1}, .none = true}}});
  EXPECT_EQ(named.configuration.batch.worker.name, "tracing");
  EXPECT_EQ(named.configuration.batch.worker.affinity, std::vector<int>{1});
  EXPECT_TRUE(named.configuration.batch.worker.none);
}

TEST(Configuration, IsDisabledByTrueAlone) {
  EXPECT_TRUE(finalized({{"OTEL_SDK_DISABLED", "TRUE"}}).configuration.disabled);
  const Case one = finalized({{"OTEL_SDK_DISABLED", "1"}});
  EXPECT_FALSE(one.configuration.disabled);
  EXPECT_EQ(one.error(), "OTEL_SDK_DISABLED=\"1\" is neither true nor false; false is used");
}

TEST(Configuration, SaysThatAConfigurationFileNeedsItsComponent) {
  const Case file = finalized({{"OTEL_CONFIG_FILE", "weft.yaml"}, {"OTEL_SERVICE_NAME", "shop"}});
  EXPECT_EQ(file.attribute("service.name"), "shop");
  EXPECT_EQ(file.error(),
            "OTEL_CONFIG_FILE=\"weft.yaml\" needs weft::config, which is not linked (CMake: "
            "target_link_libraries(app PRIVATE weft::config)); the other variables are used");
}

TEST(Settings, SayWhereEachCameFrom) {
  const Case mixed =
      finalized({{"OTEL_BSP_SCHEDULE_DELAY", "100"}}, {.limits = {.event_count = 7}});
  EXPECT_EQ(mixed.line("limits.event_count"), "limits.event_count = 7 (code)");
  EXPECT_EQ(mixed.line("batch.schedule_delay"),
            "batch.schedule_delay = 100 ms (environment: OTEL_BSP_SCHEDULE_DELAY)");
  EXPECT_EQ(mixed.line("limits.link_count"), "limits.link_count = 128 (default)");
  EXPECT_EQ(mixed.line("limits.attribute_value_length"),
            "limits.attribute_value_length = unlimited (default)");
  EXPECT_EQ(mixed.line("disabled"), "disabled = false (default)");
  EXPECT_EQ(mixed.line("propagators"), "propagators = tracecontext, baggage (default)");
}

TEST(Settings, NameTheGeneralVariableWhereThatOneDecided) {
  const Case general = finalized({{"OTEL_ATTRIBUTE_COUNT_LIMIT", "7"}});
  EXPECT_EQ(general.line("limits.attribute_count"),
            "limits.attribute_count = 7 (environment: OTEL_ATTRIBUTE_COUNT_LIMIT)");
}

TEST(Settings, NameTheVariableOfEachPart) {
  const Case parts = finalized({{"OTEL_SERVICE_NAME", "shop"},
                                {"OTEL_SDK_DISABLED", "true"},
                                {"OTEL_PROPAGATORS", "none"},
                                {"OTEL_LOG_LEVEL", "Warning"},
                                {"WEFT_RESOURCE_DETECTORS", "process"},
                                {"WEFT_STATS_INTERVAL", "10"},
                                {"WEFT_STATS_FILE", "/tmp/figures"},
                                {"WEFT_STATS_LOG", "true"}});
  EXPECT_EQ(parts.line("service_name"), "service_name = shop (environment: OTEL_SERVICE_NAME)");
  EXPECT_EQ(parts.line("disabled"), "disabled = true (environment: OTEL_SDK_DISABLED)");
  EXPECT_EQ(parts.line("propagators"), "propagators = none (environment: OTEL_PROPAGATORS)");
  EXPECT_EQ(parts.line("log_level"), "log_level = warning (environment: OTEL_LOG_LEVEL)");
  EXPECT_EQ(parts.line("resource_detectors"),
            "resource_detectors = process (environment: WEFT_RESOURCE_DETECTORS)");
  EXPECT_EQ(parts.line("stats.interval"),
            "stats.interval = 10 ms (environment: WEFT_STATS_INTERVAL)");
  EXPECT_EQ(parts.line("stats.file"), "stats.file = /tmp/figures (environment: WEFT_STATS_FILE)");
  EXPECT_EQ(parts.line("stats.log"), "stats.log = true (environment: WEFT_STATS_LOG)");
  EXPECT_EQ(parts.error(), "(no error)");
}

TEST(Settings, ArePrintedOneALine) {
  const Case lines = finalized({{"OTEL_RESOURCE_ATTRIBUTES", "a=x%0Ay"}});
  const std::string text = lines.configuration.to_string();
  EXPECT_NE(text.find("\nresource.a = x\\ny (environment: OTEL_RESOURCE_ATTRIBUTES)\n"),
            std::string::npos)
      << text;
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'),
            static_cast<std::ptrdiff_t>(lines.configuration.settings.size()));
}

TEST(Settings, DoNotShowTheHeadersOfAnExporter) {
  const Case secret = finalized({{"OTEL_EXPORTER_OTLP_HEADERS", "authorization=hunter2"}});
  EXPECT_EQ(secret.configuration.to_string().find("hunter2"), std::string::npos);
}

TEST(Configuration, EveryRefusalIsOneError) {
  const Case many = finalized({{"OTEL_SDK_DISABLED", "maybe"},
                               {"OTEL_RESOURCE_ATTRIBUTES", "nonsense"},
                               {"OTEL_TRACES_SAMPLER", "sometimes"},
                               {"OTEL_PROPAGATORS", "pigeon"},
                               {"OTEL_BSP_SCHEDULE_DELAY", "soon"},
                               {"OTEL_BSP_MAX_QUEUE_SIZE", "lots"},
                               {"OTEL_ATTRIBUTE_COUNT_LIMIT", "few"}});
  EXPECT_EQ(many.environment.errors.size(), 7U) << many.error();
}

TEST(Configuration, ContainsAnEnvironmentThatThrows) {
  const auto throwing = [](const char*) -> std::optional<std::string> { throw 1; };
  const Configuration configuration = finalize({.sampler = weft::samplers::always_off()}, {},
                                               throwing, [](ErrorCode, const std::string&) {});
  EXPECT_TRUE(configuration.disabled);
}

TEST(Configuration, OfTheProcessReadsItsEnvironmentAndTellsTheReporter) {
  setenv("OTEL_BSP_MAX_QUEUE_SIZE", "none", 1);
  std::vector<std::string> told;
  weft::detail::error_reporter().set_handler(
      [&](const weft::Error& error) { told.push_back(error.what); });
  finalize({}, {});
  weft::detail::error_reporter().set_handler({});
  unsetenv("OTEL_BSP_MAX_QUEUE_SIZE");
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].find("OTEL_BSP_MAX_QUEUE_SIZE=\"none\""), 0U);
}

}  // namespace
