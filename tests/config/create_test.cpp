// SPDX-License-Identifier: Apache-2.0
// From a file to a running telemetry.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <weft/processors.hpp>

#include "config/support.hpp"
#include "tracer/configuration.hpp"
#include "tracer/fake_environment.hpp"

namespace {

using weft::Telemetry;
using weft::testing::FakeEnvironment;
using weft::testing::FileCase;
using weft::testing::with_format;

/// A file of this test's own, gone afterwards.
class ConfigFile : public testing::Test {
 protected:
  ~ConfigFile() override { std::filesystem::remove(path_); }
  /// What `init` makes of the file and other variables.
  void finalize(const std::string& text, std::map<std::string, std::string> variables = {},
                weft::Options options = {}) {
    std::ofstream(path_) << text;
    environment.variables = std::move(variables);
    environment.variables["OTEL_CONFIG_FILE"] = path_.string();
    configuration = weft::detail::finalize(std::move(options), weft::exporters::components(),
                                           environment.getter(), environment.sink());
  }
  std::string line(const std::string& name) const {
    for (const auto& setting : configuration.settings) {
      if (setting.name == name) return to_string(setting);
    }
    return "(absent)";
  }
  std::string name() const { return path_.filename().string(); }

  FakeEnvironment environment;
  weft::detail::Configuration configuration;

 private:
  const std::filesystem::path path_ =
      std::filesystem::temp_directory_path() / ("weft-" + std::to_string(getpid()) + ".yaml");
};

constexpr const char* kWhole =
    "file_format: \"1.0\"\nlog_level: warn2\nattribute_limits: {attribute_count_limit: 64}\n"
    "resource: {attributes: [{name: service.name, value: shop}]}\n"
    "propagator: {composite: [{b3: }, {baggage: }], composite_list: \"b3,jaeger\"}\n"
    "tracer_provider:\n  processors:\n    - batch: {schedule_delay: 100, exporter: {console: }}\n"
    "  limits: {event_count_limit: 3}\n  sampler: {always_off: }\n";

TEST_F(ConfigFile, DecidesWhatItSaysAndSaysWhere) {
  finalize(kWhole);
  EXPECT_EQ(environment.only_error(), "(no error)");
  EXPECT_EQ(configuration.limits.attribute_count, 64U);
  EXPECT_EQ(configuration.limits.event_count, 3U);
  EXPECT_EQ(configuration.exporters.size(), 1U);
  EXPECT_EQ(configuration.propagators->size(), 3U);
  EXPECT_EQ(configuration.log_level, weft::detail::LogLevel::warn);
  EXPECT_EQ(line("limits.event_count"), "limits.event_count = 3 (file: " + name() + ":9)");
  EXPECT_EQ(line("batch.schedule_delay"), "batch.schedule_delay = 100 ms (file: " + name() + ":8)");
  EXPECT_EQ(line("service_name"), "service_name = shop (file: " + name() + ":4)");
  EXPECT_EQ(line("propagators"), "propagators = b3, baggage, jaeger (file: " + name() + ":5)");
  EXPECT_EQ(line("exporters"), "exporters = console (file: " + name() + ":8)");
  EXPECT_EQ(line("sampler"), "sampler = AlwaysOffSampler (file: " + name() + ":10)");
}

TEST_F(ConfigFile, SilencesEveryOtherVariable) {
  finalize(kWhole, {{"OTEL_SERVICE_NAME", "other"},
                    {"OTEL_RESOURCE_ATTRIBUTES", "a=b"},
                    {"OTEL_SPAN_LINK_COUNT_LIMIT", "7"},
                    {"OTEL_TRACES_SAMPLER", "always_on"},
                    {"OTEL_TRACES_EXPORTER", "none"},
                    {"OTEL_PROPAGATORS", "none"},
                    {"OTEL_SDK_DISABLED", "true"},
                    {"OTEL_BSP_MAX_QUEUE_SIZE", "nonsense"}});
  EXPECT_EQ(environment.only_error(), "(no error)");
  EXPECT_FALSE(configuration.disabled);
  EXPECT_EQ(*configuration.resource.find("service.name"), "shop");
  EXPECT_EQ(configuration.resource.find("a"), nullptr);
  EXPECT_EQ(configuration.limits.link_count, 128U);
  EXPECT_EQ(configuration.exporters.size(), 1U);
  EXPECT_EQ(configuration.sampler->description(), "AlwaysOffSampler");
}

TEST_F(ConfigFile, YieldsToCode) {
  finalize(kWhole, {},
           {.service_name = "code",
            .sampler = weft::samplers::always_on(),
            .exporters = {weft::exporters::in_memory(), weft::exporters::in_memory()},
            .limits = {.event_count = 5}});
  EXPECT_EQ(*configuration.resource.find("service.name"), "code");
  EXPECT_EQ(configuration.sampler->description(), "AlwaysOnSampler");
  EXPECT_EQ(configuration.exporters.size(), 2U);
  EXPECT_EQ(line("limits.event_count"), "limits.event_count = 5 (code)");
}

TEST_F(ConfigFile, ThatCannotBeUsedLeavesTheVariablesInForce) {
  finalize("a: [", {{"OTEL_SERVICE_NAME", "other"}});
  EXPECT_EQ(*configuration.resource.find("service.name"), "other");
  EXPECT_EQ(environment.errors.size(), 1U) << environment.only_error();
}

TEST_F(ConfigFile, NamesAValueOutOfRangeByItsLine) {
  finalize(
      with_format("tracer_provider:\n  processors:\n    - batch:\n        max_queue_size: 0\n"
                  "        exporter: {console: }\n"));
  EXPECT_EQ(configuration.batch.max_queue_size, 2048U);
  EXPECT_EQ(environment.only_error().find(
                name() + ":5: tracer_provider.processors[0].batch.max_queue_size=\"0\" is not"),
            0U)
      << environment.only_error();
}

TEST_F(ConfigFile, WithoutATracerProviderRecordsNothing) {
  finalize(with_format("propagator: {composite: [{tracecontext: }]}\n"));
  EXPECT_EQ(configuration.sampler->description(), "AlwaysOffSampler");
  EXPECT_TRUE(configuration.exporters.empty());
  EXPECT_EQ(configuration.propagators->size(), 1U);
}

TEST_F(ConfigFile, WithoutPropagatorsHasNone) {
  finalize(with_format("tracer_provider: {processors: []}\n"));
  ASSERT_TRUE(configuration.propagators);
  EXPECT_TRUE(configuration.propagators->empty());
}

TEST_F(ConfigFile, MayDisableTheSdk) {
  finalize(with_format("disabled: true\n"));
  EXPECT_TRUE(configuration.disabled);
  EXPECT_EQ(line("disabled"), "disabled = true (file: " + name() + ":2)");
}

TEST_F(ConfigFile, MergesListAndAttributesOfTheResource) {
  finalize(
      with_format("resource:\n  attributes_list: a=list,b=list\n"
                  "  attributes: [{name: a, value: mine}]\n"));
  EXPECT_EQ(*configuration.resource.find("a"), "mine");
  EXPECT_EQ(*configuration.resource.find("b"), "list");
}

TEST_F(ConfigFile, AdmitsDetectedAttributesByTheirNames) {
  finalize(
      with_format("resource:\n  detection/development:\n    attributes: {excluded: "
                  "[process.executable.*]}\n    detectors: [{process: }]\n"));
  EXPECT_NE(configuration.resource.find("process.pid"), nullptr);
  EXPECT_EQ(configuration.resource.find("process.executable.name"), nullptr);
}

TEST_F(ConfigFile, NamesTheLineOfASectionThatIsEmpty) {
  finalize(with_format("disabled: false\ntracer_provider:\npropagator:\n"));
  EXPECT_EQ(line("sampler"), "sampler = AlwaysOffSampler (file: " + name() + ":3)");
  EXPECT_EQ(line("propagators"), "propagators = none (file: " + name() + ":4)");
}

TEST_F(ConfigFile, NamesNoLineOfASectionThatIsAbsent) {
  finalize(with_format("disabled: false\n"));
  EXPECT_EQ(line("sampler"), "sampler = AlwaysOffSampler (file: " + name() + ")");
  EXPECT_EQ(line("propagators"), "propagators = none (file: " + name() + ")");
}

TEST_F(ConfigFile, NamesTheLineOfAnExportersOptions) {
  finalize(
      with_format("tracer_provider:\n  processors:\n    - batch:\n        exporter:\n"
                  "          otlp_http: {endpoint: \"http://there:1/v1/traces\"}\n"));
  EXPECT_EQ(line("exporters[0].endpoint"),
            "exporters[0].endpoint = http://there:1/v1/traces (file: " + name() + ":6)");
  EXPECT_EQ(line("exporters[0].timeout"), "exporters[0].timeout = 10000 ms (default)");
}

TEST_F(ConfigFile, NamesTheLineOfEachOptionOfAnExporter) {
  finalize(
      with_format("tracer_provider:\n  processors:\n    - batch:\n        exporter:\n"
                  "          otlp_http:\n            endpoint: http://there:1/v1/traces\n"
                  "            timeout: 7\n            compression: gzip\n"
                  "            encoding: json\n            headers_list: a=b\n"
                  "            tls:\n              ca_file: /dev/null\n"));
  const std::string at = " (file: " + name() + ":";
  EXPECT_EQ(line("exporters[0].endpoint"),
            "exporters[0].endpoint = http://there:1/v1/traces" + at + "7)");
  EXPECT_EQ(line("exporters[0].timeout"), "exporters[0].timeout = 7 ms" + at + "8)");
  EXPECT_EQ(line("exporters[0].compression"), "exporters[0].compression = gzip" + at + "9)");
  EXPECT_EQ(line("exporters[0].protocol"), "exporters[0].protocol = http/json" + at + "10)");
  EXPECT_EQ(line("exporters[0].headers"), "exporters[0].headers = a" + at + "11)");
  EXPECT_EQ(line("exporters[0].tls.ca_file"), "exporters[0].tls.ca_file = /dev/null" + at + "13)");
}

TEST_F(ConfigFile, NamesTheLineOfAnExportersOptionThatIsItsDefault) {
  finalize(
      with_format("tracer_provider:\n  processors:\n    - batch:\n        exporter:\n"
                  "          otlp_http:\n            timeout: 10000\n"));
  EXPECT_EQ(line("exporters[0].timeout"),
            "exporters[0].timeout = 10000 ms (file: " + name() + ":7)");
}

TEST_F(ConfigFile, NamesNoLineForAnExportersOptionThatItRefused) {
  finalize(
      with_format("tracer_provider:\n  processors:\n    - batch:\n        exporter:\n"
                  "          otlp_http:\n            timeout: soon\n"));
  EXPECT_EQ(line("exporters[0].timeout"), "exporters[0].timeout = 10000 ms (default)");
}

TEST_F(ConfigFile, NamesTheLineOfWhatGrpcCallsOtherwise) {
  finalize(
      with_format("tracer_provider:\n  processors:\n    - batch:\n        exporter:\n"
                  "          otlp_grpc:\n            tls:\n              insecure: true\n"));
  EXPECT_EQ(line("exporters[0].insecure"), "exporters[0].insecure = true (file: " + name() + ":8)");
}

TEST_F(ConfigFile, DescribesTheExporterOfASimpleProcessor) {
  finalize(
      with_format("tracer_provider:\n  processors:\n    - simple: {exporter: {console: }}\n"
                  "    - simple:\n        exporter:\n          otlp_http:\n"
                  "            endpoint: http://there:1/v1/traces\n"));
  EXPECT_EQ(line("processors[1].exporter.endpoint"),
            "processors[1].exporter.endpoint = http://there:1/v1/traces (file: " + name() + ":8)");
  EXPECT_EQ(line("processors[1].exporter.timeout"),
            "processors[1].exporter.timeout = 10000 ms (default)");
}

TEST_F(ConfigFile, DescribesTheExporterOfAProcessorThatCodeMakes) {
  finalize(with_format("tracer_provider:\n"), {},
           {.processors = {weft::processors::simple(weft::exporters::otlp_http(
                {.endpoint = "http://there:1/v1/traces", .use_environment = false}))}});
  EXPECT_EQ(line("processors[0].exporter.endpoint"),
            "processors[0].exporter.endpoint = http://there:1/v1/traces (code)");
}

TEST(FileFormat, MustBeOfVersionOne) {
  for (const char* format :
       {"", "file_format: \"2.0\"", "file_format: 1.0", "file_format: \"0.4\""}) {
    const FileCase file(std::string(format) + "\ndisabled: true\n");
    EXPECT_EQ(file.configured, nullptr) << format;
    EXPECT_NE(file.error().find("file_format must be \"1.0\""), std::string::npos) << file.error();
  }
  EXPECT_NE(FileCase("file_format: \"1.1\"\n").configured, nullptr);
}

TEST(OtherSignals, AreIgnoredWithOneLineEach) {
  const FileCase file(
      with_format("meter_provider: {readers: [{a: 1}]}\nlogger_provider: {b: 2}\n"));
  ASSERT_EQ(file.errors.size(), 2U);
  EXPECT_EQ(file.errors[0],
            "weft.yaml:2: meter_provider is for another signal than traces; it is ignored");
}

TEST(TopLevel, TellsAKeyThatIsNotKnown) {
  EXPECT_EQ(FileCase(with_format("trace_provider: {}\n")).error(),
            "weft.yaml:2: trace_provider is not known here; it is ignored");
}

TEST(Create, GivesOptionsForInit) {
  weft::config::register_exporter(
      "memory", [](const weft::config::Properties&) { return weft::exporters::in_memory(); });
  const auto model = weft::config::parse_text(
      with_format("tracer_provider: {processors: [{batch: {exporter: {memory: {}}}}]}\n"
                  "resource: {attributes: [{name: service.name, value: made}]}\n"),
      "made.yaml");
  ASSERT_TRUE(model);
  weft::Options options = weft::config::create(*model);
  options.limits.event_count = 9;
  Telemetry telemetry = weft::init(std::move(options));
  const std::string text = telemetry.effective_config();
  EXPECT_NE(text.find("service_name = made (file: made.yaml:3)\n"), std::string::npos) << text;
  EXPECT_NE(text.find("limits.event_count = 9 (code)\n"), std::string::npos) << text;
  EXPECT_NE(text.find("exporters = memory (file: made.yaml:2)\n"), std::string::npos) << text;
}

TEST(Documentation, ShowsAFileThatIsTakenWhole) {
  std::ifstream page(WEFT_DOCUMENTATION "/configuration.md");
  const std::string text{std::istreambuf_iterator<char>(page), {}};
  const std::size_t begin = text.find("```yaml\n") + 8;
  ASSERT_LT(begin, text.size());
  const FileCase file(text.substr(begin, text.find("```", begin) - begin));
  EXPECT_EQ(file.error(), FileCase::kNoError);
  EXPECT_EQ(*file.configured->resource.find("service.name"), "checkout");
  EXPECT_EQ(file.configured->exporters_text, "otlp_http");
}

TEST(Init, ReadsTheFileThatTheVariableNames) {
  const auto path = std::filesystem::temp_directory_path() / "weft-init.yaml";
  std::ofstream(path) << with_format(
      "resource: {attributes: [{name: service.name, value: ops}]}\n");
  setenv("OTEL_CONFIG_FILE", path.c_str(), 1);
  Telemetry telemetry = weft::init();
  unsetenv("OTEL_CONFIG_FILE");
  std::filesystem::remove(path);
  EXPECT_NE(telemetry.effective_config().find("service_name = ops (file: weft-init.yaml:2)\n"),
            std::string::npos);
}

TEST(Init, TellsWhatIsWrongWithTheFileWhateverLevelAVariableAsksFor) {
  const auto path = std::filesystem::temp_directory_path() / "weft-level.yaml";
  std::ofstream(path) << with_format("disabled: true\nunheard_of: 1\n");
  setenv("OTEL_CONFIG_FILE", path.c_str(), 1);
  setenv("OTEL_LOG_LEVEL", "none", 1);
  testing::internal::CaptureStderr();
  weft::init();
  const std::string told = testing::internal::GetCapturedStderr();
  unsetenv("OTEL_CONFIG_FILE");
  unsetenv("OTEL_LOG_LEVEL");
  std::filesystem::remove(path);
  EXPECT_NE(told.find("weft-level.yaml:3: unheard_of is not known here"), std::string::npos)
      << told;
}

}  // namespace
