// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <string>
#include <utility>

#include <weft/weft.hpp>

// What `init` says of the exporters that are in force, and where each value comes from.

namespace {

using Variables = std::map<std::string, std::string>;

/// The settings of a telemetry that was made with those variables.
std::string in_force(const Variables& variables, weft::Options options = {}) {
  for (const auto& [name, value] : variables) setenv(name.c_str(), value.c_str(), 1);
  std::string text;
  {
    options.shutdown_timeout = std::chrono::milliseconds(0);
    options.on_error = [](const weft::Error&) {};
    text = weft::init(std::move(options)).effective_config();
  }
  for (const auto& [name, value] : variables) unsetenv(name.c_str());
  return text;
}

void expect_line(const std::string& text, const std::string& line) {
  EXPECT_NE(("\n" + text).find("\n" + line + "\n"), std::string::npos) << line << "\n\n" << text;
}

TEST(EffectiveConfig, NamesTheVariableOfEachOptionOfTheExporter) {
  const std::string text = in_force({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://there:4318"},
                                     {"OTEL_EXPORTER_OTLP_HEADERS", "authorization=secret,b=c"},
                                     {"OTEL_EXPORTER_OTLP_TIMEOUT", "500"},
                                     {"OTEL_EXPORTER_OTLP_PROTOCOL", "http/json"},
                                     {"OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "none"},
                                     {"OTEL_EXPORTER_OTLP_CERTIFICATE", "/dev/null"},
                                     {"OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", "/dev/zero"},
                                     {"OTEL_EXPORTER_OTLP_CLIENT_KEY", "/dev/full"}});
  const auto expect = [&](const std::string& option, const std::string& variable) {
    expect_line(text,
                "exporters[0]." + option + " (environment: OTEL_EXPORTER_OTLP_" + variable + ")");
  };
  expect("endpoint = http://there:4318/v1/traces", "ENDPOINT");
  expect("protocol = http/json", "PROTOCOL");
  expect("timeout = 500 ms", "TIMEOUT");
  expect("compression = none", "TRACES_COMPRESSION");
  expect("headers = authorization, b", "HEADERS");
  expect("tls.ca_file = /dev/null", "CERTIFICATE");
  expect("tls.certificate_file = /dev/zero", "CLIENT_CERTIFICATE");
  expect("tls.key_file = /dev/full", "CLIENT_KEY");
}

TEST(EffectiveConfig, NeverShowsWhatAHeaderHoldsNorAPassword) {
  const std::string text =
      in_force({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://user:secret@there:4318"},
                {"OTEL_EXPORTER_OTLP_HEADERS", "authorization=secret"}});
  EXPECT_EQ(text.find("secret"), std::string::npos) << text;
}

TEST(EffectiveConfig, NamesTheDefaultsOfTheExporter) {
  const std::string text = in_force({});
  for (const char* option :
       {"endpoint = http://localhost:4318/v1/traces", "protocol = http/protobuf",
        "timeout = 10000 ms", "compression = none", "headers = none", "tls.ca_file = the system's",
        "tls.certificate_file = none", "tls.key_file = none"}) {
    expect_line(text, std::string("exporters[0].") + option + " (default)");
  }
}

TEST(EffectiveConfig, NamesCodeAsTheOriginOfWhatItSays) {
  weft::Options options;
  options.exporters = {weft::exporters::in_memory(),
                       weft::exporters::otlp_http({.endpoint = "http://there:1/v1/traces",
                                                   .timeout = std::chrono::milliseconds(7)})};
  const std::string text = in_force({{"OTEL_EXPORTER_OTLP_TIMEOUT", "500"}}, std::move(options));
  expect_line(text, "exporters[1].endpoint = http://there:1/v1/traces (code)");
  expect_line(text, "exporters[1].timeout = 7 ms (code)");
  expect_line(text, "exporters[1].compression = gzip (default)");
}

TEST(EffectiveConfig, NamesTheVariablesOfGrpcAndZipkin) {
  expect_line(in_force({{"OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"}}),
              "exporters[0].protocol = grpc (environment: OTEL_EXPORTER_OTLP_PROTOCOL)");
  expect_line(in_force({{"OTEL_TRACES_EXPORTER", "console,zipkin"},
                        {"OTEL_EXPORTER_ZIPKIN_ENDPOINT", "http://there:9411/api"}}),
              "exporters[1].endpoint = http://there:9411/api (environment: "
              "OTEL_EXPORTER_ZIPKIN_ENDPOINT)");
}

TEST(EffectiveConfig, NamesBothVariablesOfASampler) {
  expect_line(
      in_force({{"OTEL_TRACES_SAMPLER", "traceidratio"}, {"OTEL_TRACES_SAMPLER_ARG", "0.25"}}),
      "sampler = TraceIdRatioBased{0.250000} (environment: OTEL_TRACES_SAMPLER, "
      "OTEL_TRACES_SAMPLER_ARG)");
  expect_line(
      in_force({{"OTEL_TRACES_SAMPLER", "traceidratio"}, {"OTEL_TRACES_SAMPLER_ARG", "much"}}),
      "sampler = TraceIdRatioBased{1.000000} (environment: OTEL_TRACES_SAMPLER)");
}

TEST(EffectiveConfig, NamesTheVariableOfTheSpoolFolder) {
  expect_line(in_force({{"WEFT_SPOOL_DIR", "/dev/null/none"}}),
              "spool_dir = /dev/null/none (environment: WEFT_SPOOL_DIR)");
}

TEST(EffectiveConfig, SaysWhatIsInForceInADisabledSdk) {
  const std::string text = in_force({{"OTEL_SDK_DISABLED", "true"}, {"OTEL_PROPAGATORS", "b3"}},
                                    {.service_name = "shop"});
  expect_line(text, "disabled = true (environment: OTEL_SDK_DISABLED)");
  expect_line(text, "exporters = none (environment: OTEL_SDK_DISABLED)");
  expect_line(text, "propagators = b3 (environment: OTEL_PROPAGATORS)");
  expect_line(text, "service_name = shop (code)");
}

weft::Telemetry disabled_telemetry() {
  setenv("OTEL_SDK_DISABLED", "true", 1);
  weft::Telemetry telemetry = weft::init();
  unsetenv("OTEL_SDK_DISABLED");
  return telemetry;
}

TEST(EffectiveConfig, IsTheSameOfTheActiveTelemetryInADisabledSdk) {
  const weft::Telemetry telemetry = disabled_telemetry();
  EXPECT_NE(telemetry.effective_config(), "");
  EXPECT_EQ(weft::active_telemetry().effective_config(), telemetry.effective_config());
}

TEST(EffectiveConfig, OfADisabledSdkThatHasEndedIsNotThatOfTheActiveTelemetry) {
  disabled_telemetry();
  EXPECT_EQ(weft::active_telemetry().effective_config(), "");
}

TEST(EffectiveConfig, OfADisabledSdkIsNotThatOfTheNextOne) {
  weft::Telemetry disabled = disabled_telemetry();
  const weft::Telemetry telemetry = weft::init({.exporters = {weft::exporters::in_memory()}});
  disabled.shutdown();
  EXPECT_EQ(weft::active_telemetry().effective_config(), telemetry.effective_config());
}

TEST(EffectiveConfig, OfADisabledSdkGoesWithItsTelemetry) {
  weft::Telemetry first = disabled_telemetry();
  const weft::Telemetry second = std::move(first);
  EXPECT_EQ(first.effective_config(), "");
  EXPECT_NE(second.effective_config(), "");
}

TEST(EffectiveConfig, OfATelemetryThatWasRefusedIsEmpty) {
  const std::string disabled = in_force({{"OTEL_SDK_DISABLED", "true"}});
  EXPECT_NE(disabled, "");
  const weft::Telemetry telemetry = weft::init(
      {.exporters = {weft::exporters::in_memory()}, .on_error = [](const weft::Error&) {}});
  EXPECT_EQ(weft::init().effective_config(), "");
}

}  // namespace
