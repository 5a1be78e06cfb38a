// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <stdexcept>

#include "tracer/configuration.hpp"
#include "tracer/fake_environment.hpp"

// The parts of a configuration that are objects: sampler, exporters, processors, propagators.

namespace {

using weft::Components;
using weft::ErrorCode;
using weft::ExporterPtr;
using weft::Options;
using weft::PropagatorPtr;
using weft::detail::Configuration;
using weft::testing::FakeEnvironment;

class NamedExporter : public weft::SpanExporter {
 public:
  explicit NamedExporter(std::string_view name) : name_(name) {}
  weft::ExportResult export_spans(const weft::SpanBatch&) override {
    return weft::ExportResult::success;
  }
  const std::string& name() const { return name_; }

 private:
  std::string name_;
};

class NamedPropagator : public weft::TextMapPropagator {
 public:
  explicit NamedPropagator(std::string_view name) : name_(name) {}
  void inject(const weft::Context&, const weft::CarrierWriter&) const override {}
  void extract(const weft::CarrierReader&, weft::Context&) const override {}
  std::vector<std::string> fields() const override { return {name_}; }

 private:
  std::string name_;
};

class Processor : public weft::SpanProcessor {};

ExporterPtr make_exporter(std::string_view name, const std::function<void(const weft::Error&)>&) {
  if (name == "throwing") throw std::runtime_error("no room");
  if (name != "otlp" && name != "console") return nullptr;
  return std::make_shared<NamedExporter>(name);
}

PropagatorPtr make_propagator(std::string_view name) {
  if (name != "tracecontext" && name != "baggage" && name != "b3") return nullptr;
  return std::make_shared<NamedPropagator>(name);
}

constexpr Components kComponents{make_exporter, make_propagator};

std::string exporter_names(const Configuration& configuration) {
  std::string names;
  for (const ExporterPtr& exporter : configuration.exporters) {
    names += dynamic_cast<const NamedExporter&>(*exporter).name() + " ";
  }
  return names;
}

std::string propagator_names(const Configuration& configuration) {
  if (!configuration.propagators) return "(default)";
  std::string names;
  for (const PropagatorPtr& propagator : *configuration.propagators) {
    names += propagator->fields()[0] + " ";
  }
  return names;
}

/// What `options` come to where the one variable `name` is `value`.
struct Case {
  explicit Case(const char* name = "", const char* value = "", Options options = {},
                const Components& components = kComponents) {
    environment.variables[name] = value;
    configuration = weft::detail::finalize(std::move(options), components, environment.getter(),
                                           environment.sink());
  }
  std::string error() const { return environment.only_error(); }
  FakeEnvironment environment;
  Configuration configuration;
};

TEST(ChosenExporters, IsOtlpByDefault) { EXPECT_EQ(exporter_names(Case().configuration), "otlp "); }

TEST(ChosenExporters, AreThoseThatTheVariableNames) {
  const Case both("OTEL_TRACES_EXPORTER", "console, OTLP");
  EXPECT_EQ(exporter_names(both.configuration), "console otlp ");
  EXPECT_EQ(both.error(), "(no error)");
}

TEST(ChosenExporters, EachNameCountsOnce) {
  EXPECT_EQ(exporter_names(Case("OTEL_TRACES_EXPORTER", "otlp,otlp").configuration), "otlp ");
}

TEST(ChosenExporters, UnknownOnesAloneAreOtlpAndSaySo) {
  const Case unknown("OTEL_TRACES_EXPORTER", "logging");
  EXPECT_EQ(exporter_names(unknown.configuration), "otlp ");
  EXPECT_EQ(unknown.error(),
            "OTEL_TRACES_EXPORTER=\"logging\" is no exporter that can be had here, such as otlp, "
            "otlp/stdout, zipkin, console or none; otlp is used");
}

TEST(ChosenExporters, NoneMeansNone) {
  const Case none("OTEL_TRACES_EXPORTER", "none");
  EXPECT_EQ(exporter_names(none.configuration), "");
  EXPECT_EQ(none.error(), "(no error)");
}

TEST(ChosenExporters, NoneBesideOthersIsNoneAndSaysSo) {
  const Case mixed("OTEL_TRACES_EXPORTER", "otlp,none");
  EXPECT_EQ(exporter_names(mixed.configuration), "");
  EXPECT_EQ(mixed.error(),
            "OTEL_TRACES_EXPORTER=\"otlp,none\" names others beside none; none is used");
}

TEST(ChosenExporters, AnUnknownOneIsLeftOut) {
  const Case unknown("OTEL_TRACES_EXPORTER", "console,Prometheus");
  EXPECT_EQ(exporter_names(unknown.configuration), "console ");
  EXPECT_EQ(unknown.error(),
            "OTEL_TRACES_EXPORTER=\"Prometheus\" is no exporter that can be had here, such as "
            "otlp, otlp/stdout, zipkin, console or none; it is left out");
}

TEST(ChosenExporters, WhenNoneOfTheNamesIsKnownItIsTheDefault) {
  EXPECT_EQ(exporter_names(Case("OTEL_TRACES_EXPORTER", "prometheus").configuration), "otlp ");
}

TEST(ChosenExporters, CodeWinsOverTheVariable) {
  const Case code("OTEL_TRACES_EXPORTER", "console",
                  {.exporters = {std::make_shared<NamedExporter>("mine")}});
  EXPECT_EQ(exporter_names(code.configuration), "mine ");
}

TEST(ChosenExporters, ANullIsIgnoredAndSaidByItsPlace) {
  const Case with_null("", "", {.exporters = {std::make_shared<NamedExporter>("mine"), nullptr}});
  EXPECT_EQ(exporter_names(with_null.configuration), "mine ");
  EXPECT_EQ(with_null.error(), "Options::exporters[1] is null; it is ignored");
}

TEST(ChosenExporters, NothingButNullsIsTheDefault) {
  EXPECT_EQ(exporter_names(Case("", "", {.exporters = {nullptr}}).configuration), "otlp ");
}

TEST(ChosenExporters, OneThatIsThereTwiceCountsOnce) {
  const auto mine = std::make_shared<NamedExporter>("mine");
  const Case twice("", "", {.exporters = {mine, mine}});
  EXPECT_EQ(exporter_names(twice.configuration), "mine ");
  EXPECT_EQ(twice.error(), "Options::exporters[1] is in the list already; it is ignored");
}

TEST(ChosenExporters, AreThereBesideProcessors) {
  EXPECT_EQ(
      exporter_names(Case("", "", {.processors = {std::make_shared<Processor>()}}).configuration),
      "otlp ");
}

TEST(ChosenExporters, AreNoneWhereNoneIsLinked) {
  const Case alone("", "", {}, Components{});
  EXPECT_EQ(exporter_names(alone.configuration), "");
  EXPECT_EQ(alone.error(), "(no error)");
}

TEST(ChosenExporters, SayThatTheyAreNotLinkedWhenOneIsNamed) {
  EXPECT_EQ(Case("OTEL_TRACES_EXPORTER", "otlp", {}, Components{}).error(),
            "OTEL_TRACES_EXPORTER=\"otlp\" needs weft::exporters, which is not linked; nothing is "
            "exported");
}

TEST(ChosenExporters, OneThatThrowsWhileItIsMadeIsSaidAndLeftOut) {
  const Case throwing("OTEL_TRACES_EXPORTER", "throwing,console");
  EXPECT_EQ(exporter_names(throwing.configuration), "console ");
  ASSERT_FALSE(throwing.environment.errors.empty());
  EXPECT_EQ(throwing.environment.errors[0].what,
            "the exporter throwing could not be made: no room");
}

TEST(ChosenProcessors, AreThoseOfCodeWithoutNulls) {
  const Case with_null("", "", {.processors = {nullptr, std::make_shared<Processor>()}});
  EXPECT_EQ(with_null.configuration.processors.size(), 1U);
  EXPECT_EQ(with_null.error(), "Options::processors[0] is null; it is ignored");
}

TEST(ChosenPropagators, AreTheDefaultOnes) {
  EXPECT_EQ(propagator_names(Case().configuration), "(default)");
}

TEST(ChosenPropagators, AreThoseThatTheVariableNamesEachOnce) {
  EXPECT_EQ(propagator_names(Case("OTEL_PROPAGATORS", "b3, tracecontext,B3").configuration),
            "b3 tracecontext ");
}

TEST(ChosenPropagators, AreTheFastDefaultOnesWhenTheVariableNamesThose) {
  EXPECT_EQ(propagator_names(Case("OTEL_PROPAGATORS", "tracecontext,baggage").configuration),
            "(default)");
}

TEST(ChosenPropagators, NoneMeansNone) {
  EXPECT_EQ(propagator_names(Case("OTEL_PROPAGATORS", "none").configuration), "");
}

TEST(ChosenPropagators, AnUnknownOneIsIgnoredAndSaid) {
  const Case unknown("OTEL_PROPAGATORS", "tracecontext,xray");
  EXPECT_EQ(propagator_names(unknown.configuration), "tracecontext ");
  EXPECT_EQ(
      unknown.error(),
      "OTEL_PROPAGATORS=\"xray\" is no propagator that can be had here, such as tracecontext, "
      "baggage, b3, b3multi, jaeger, ottrace, requestid or none; it is ignored");
}

TEST(ChosenPropagators, AreTheDefaultOnesWhenNoNameIsKnown) {
  EXPECT_EQ(propagator_names(Case("OTEL_PROPAGATORS", "xray").configuration), "(default)");
}

TEST(ChosenPropagators, CodeWinsOverTheVariable) {
  const Case code("OTEL_PROPAGATORS", "none",
                  {.propagators = {std::make_shared<NamedPropagator>("mine"), nullptr}});
  EXPECT_EQ(propagator_names(code.configuration), "mine ");
  EXPECT_EQ(code.error(), "Options::propagators[1] is null; it is ignored");
}

TEST(ChosenPropagators, AreInForceInADisabledSdk) {
  FakeEnvironment environment{{{"OTEL_SDK_DISABLED", "true"}, {"OTEL_PROPAGATORS", "b3"}}, {}};
  EXPECT_EQ(propagator_names(
                weft::detail::finalize({}, kComponents, environment.getter(), environment.sink())),
            "b3 ");
}

struct SamplerCase {
  const char* name;
  const char* argument;
  const char* description;
};

class ChosenSampler : public testing::TestWithParam<SamplerCase> {};

TEST_P(ChosenSampler, IsTheOneThatTheVariablesName) {
  FakeEnvironment environment{
      {{"OTEL_TRACES_SAMPLER", GetParam().name}, {"OTEL_TRACES_SAMPLER_ARG", GetParam().argument}},
      {}};
  const Configuration configuration =
      weft::detail::finalize({}, {}, environment.getter(), environment.sink());
  EXPECT_EQ(configuration.sampler->description().find(GetParam().description), 0U)
      << configuration.sampler->description();
  EXPECT_EQ(environment.only_error(), "(no error)");
}

INSTANTIATE_TEST_SUITE_P(
    OfTheSpecification, ChosenSampler,
    testing::Values(SamplerCase{"", "", "ParentBased{root:AlwaysOnSampler,"},
                    SamplerCase{"", "0.5", "ParentBased{root:AlwaysOnSampler,"},
                    SamplerCase{"always_on", "", "AlwaysOnSampler"},
                    SamplerCase{"always_off", "", "AlwaysOffSampler"},
                    SamplerCase{"ALWAYS_OFF", "nonsense", "AlwaysOffSampler"},
                    SamplerCase{"traceidratio", "", "TraceIdRatioBased{1.000000}"},
                    SamplerCase{"traceidratio", "0.25", "TraceIdRatioBased{0.250000}"},
                    SamplerCase{"parentbased_always_on", "", "ParentBased{root:AlwaysOnSampler,"},
                    SamplerCase{"parentbased_always_off", "", "ParentBased{root:AlwaysOffSampler,"},
                    SamplerCase{"parentbased_traceidratio", "0.1",
                                "ParentBased{root:TraceIdRatioBased{0.100000},"}));

TEST(ChosenSampler, AnUnknownNameIsTheDefaultAndSaid) {
  const Case unknown("OTEL_TRACES_SAMPLER", "Sometimes");
  EXPECT_EQ(unknown.error(),
            "OTEL_TRACES_SAMPLER=\"Sometimes\" is none of always_on, always_off, traceidratio, "
            "jaeger_remote, nor parentbased_ before one of these; parentbased_always_on is used");
  EXPECT_TRUE(
      unknown.configuration.sampler->description().starts_with("ParentBased{root:AlwaysOnSampler"));
}

TEST(ChosenSampler, OneThatIsNotThereIsTheDefaultAndSaid) {
  for (const std::string name : {"jaeger_remote", "parentbased_jaeger_remote", "xray"}) {
    EXPECT_EQ(Case("OTEL_TRACES_SAMPLER", name.c_str()).error(),
              "OTEL_TRACES_SAMPLER=\"" + name +
                  "\" is not available here; parentbased_always_on is used");
  }
}

TEST(ChosenSampler, ABadRatioIsSaidAndOneIsUsed) {
  FakeEnvironment environment{
      {{"OTEL_TRACES_SAMPLER", "traceidratio"}, {"OTEL_TRACES_SAMPLER_ARG", "12%"}}, {}};
  const Configuration configuration =
      weft::detail::finalize({}, {}, environment.getter(), environment.sink());
  EXPECT_EQ(configuration.sampler->description(), "TraceIdRatioBased{1.000000}");
  EXPECT_EQ(environment.only_error(),
            "OTEL_TRACES_SAMPLER_ARG=\"12%\" is not a number from 0 to 1; 1 is used");
}

TEST(ChosenSampler, CodeWinsOverTheVariable) {
  const Case code("OTEL_TRACES_SAMPLER", "always_on", {.sampler = weft::samplers::always_off()});
  EXPECT_EQ(code.configuration.sampler->description(), "AlwaysOffSampler");
}

class UnspeakableSampler : public weft::Sampler {
 public:
  weft::SamplingResult should_sample(const weft::SamplingParameters&) override { return {}; }
  std::string description() override { throw std::runtime_error("no words"); }
};

TEST(ChosenSampler, IsTakenAlsoWhenItsDescriptionThrows) {
  const auto mine = std::make_shared<UnspeakableSampler>();
  const Case code("", "", {.sampler = mine});
  EXPECT_EQ(code.configuration.sampler, mine);
  ASSERT_EQ(code.environment.errors.size(), 1U);
  EXPECT_EQ(code.environment.errors[0].code, ErrorCode::user_callback);
}

}  // namespace
