// SPDX-License-Identifier: Apache-2.0
// The resource that options, environment and detectors come to.
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "tracer/finalized.hpp"
#include "tracer/resource_detection.hpp"

namespace {

using weft::Resource;
using weft::testing::Case;
using weft::testing::finalized;

TEST(ServiceName, ComesFromTheOptionFirst) {
  const Case all =
      finalized({{"OTEL_SERVICE_NAME", "three"}, {"OTEL_RESOURCE_ATTRIBUTES", "service.name=four"}},
                {.service_name = "one", .resource = Resource({{"service.name", "two"}})});
  EXPECT_EQ(all.attribute("service.name"), "one");
  EXPECT_EQ(all.line("service_name"), "service_name = one (code)");
}

TEST(ServiceName, ComesFromTheResourceOfCodeSecond) {
  const Case three =
      finalized({{"OTEL_SERVICE_NAME", "three"}, {"OTEL_RESOURCE_ATTRIBUTES", "service.name=four"}},
                {.resource = Resource({{"service.name", "two"}})});
  EXPECT_EQ(three.attribute("service.name"), "two");
}

TEST(ServiceName, ComesFromItsVariableThird) {
  const Case two = finalized(
      {{"OTEL_SERVICE_NAME", "three"}, {"OTEL_RESOURCE_ATTRIBUTES", "service.name=four"}});
  EXPECT_EQ(two.attribute("service.name"), "three");
  EXPECT_EQ(two.line("service_name"), "service_name = three (environment: OTEL_SERVICE_NAME)");
}

TEST(ServiceName, ComesFromTheResourceVariableFourth) {
  EXPECT_EQ(
      finalized({{"OTEL_RESOURCE_ATTRIBUTES", "service.name=four"}}).attribute("service.name"),
      "four");
}

TEST(ServiceName, IsTheExecutablesLast) {
  EXPECT_EQ(finalized().attribute("service.name"), "unknown_service:test_configuration");
}

TEST(ServiceName, OfMegabytesIsRefused) {
  const Case huge = finalized({}, {.service_name = std::string(10'000'000, 'x')});
  EXPECT_EQ(huge.attribute("service.name"), "unknown_service:test_configuration");
  EXPECT_EQ(huge.error(), "Options::service_name=\"" + std::string(120, 'x') +
                              "… (10000000 bytes)\" is longer than 1024 bytes; the name from "
                              "elsewhere or the default is used");
}

TEST(ConfiguredResource, CodeWinsKeyByKey) {
  const Case both = finalized({{"OTEL_RESOURCE_ATTRIBUTES", "a=environment,b=environment"}},
                              {.resource = Resource({{"a", "code"}, {"host.name", "mine"}})});
  EXPECT_EQ(both.attribute("a"), "code");
  EXPECT_EQ(both.attribute("b"), "environment");
  EXPECT_EQ(both.attribute("host.name"), "mine");
  EXPECT_EQ(both.attribute("telemetry.sdk.name"), "weft");
}

TEST(ConfiguredResource, KeepsTheSchemaOfCode) {
  EXPECT_EQ(finalized({}, {.resource = Resource({{"a", 1}}, "https://example.org/1")})
                .configuration.resource.schema_url(),
            "https://example.org/1");
}

TEST(ConfiguredResource, LeavesOutAValueOfMegabytes) {
  const Case huge =
      finalized({}, {.resource = Resource({{"big", std::string(10'000'000, 'x')}, {"a", "b"}})});
  EXPECT_EQ(huge.attribute("big"), "(absent)");
  EXPECT_EQ(huge.attribute("a"), "b");
  EXPECT_EQ(huge.error(), "Options::resource.big=\"" + std::string(120, 'x') +
                              "… (10000000 bytes)\" is longer than 65536 bytes; it is left out");
}

TEST(ConfiguredResource, LeavesOutAnEmptyServiceNameOfCode) {
  const Case empty =
      finalized({{"OTEL_SERVICE_NAME", "three"}}, {.resource = Resource({{"service.name", ""}})});
  EXPECT_EQ(empty.attribute("service.name"), "three");
}

TEST(ConfiguredResource, IsAnotherInstanceAndProcessInAForkedChild) {
  const Case plain = finalized();
  const Resource child = plain.configuration.resource_after_fork();
  EXPECT_EQ(child.schema_url(), weft::detail::kResourceSchema);
  EXPECT_NE(*child.find("service.instance.id"),
            *plain.configuration.resource.find("service.instance.id"));
  EXPECT_EQ(child.attributes().size(), plain.configuration.resource.attributes().size());
}

TEST(ConfiguredResource, KeepsAnInstanceThatSomebodyNamed) {
  const Case named = finalized({{"OTEL_RESOURCE_ATTRIBUTES", "service.instance.id=seven"}});
  const Resource child = named.configuration.resource_after_fork();
  EXPECT_EQ(*child.find("service.instance.id"), "seven");
}

TEST(ConfiguredDetectors, AreThoseThatTheVariableNames) {
  const Case some = finalized({{"WEFT_RESOURCE_DETECTORS", "Process, os"}});
  EXPECT_EQ(some.attribute("os.type"), "linux");
  EXPECT_EQ(some.attribute("process.executable.name"), "test_configuration");
  EXPECT_EQ(some.attribute("host.name"), "(absent)");
  EXPECT_EQ(some.attribute("service.instance.id"), "(absent)");
}

TEST(ConfiguredDetectors, NoneLeavesTheServiceAndTheSdk) {
  const Case none = finalized({{"WEFT_RESOURCE_DETECTORS", "none"}});
  EXPECT_EQ(none.configuration.resource.attributes().size(), 4U);
  EXPECT_EQ(none.attribute("service.name"), "unknown_service:test_configuration");
}

TEST(ConfiguredDetectors, AnUnknownOneIsLeftOutAndSaid) {
  const Case odd = finalized({{"WEFT_RESOURCE_DETECTORS", "moon,os"}});
  EXPECT_EQ(odd.attribute("os.type"), "linux");
  EXPECT_EQ(odd.error(),
            "WEFT_RESOURCE_DETECTORS=\"moon\" is none of service, process, host, os, container, "
            "k8s, all and none; it is left out");
}

TEST(ConfiguredDetectors, MayBeAUsersOwn) {
  const auto moon = [] { return Resource({{"place", "moon"}, {"os.type", "lunar"}}); };
  const Case own = finalized({}, {.resource_detectors = {{"os"}, {"moon", moon}}});
  EXPECT_EQ(own.attribute("place"), "moon");
  EXPECT_EQ(own.attribute("os.type"), "lunar");  // the later one
  EXPECT_EQ(own.line("resource_detectors"), "resource_detectors = os, moon (code)");
}

TEST(ConfiguredDetectors, OneThatThrowsCostsItselfAlone) {
  const auto moon = []() -> Resource { throw std::runtime_error("dark"); };
  const Case own = finalized({}, {.resource_detectors = {{"moon", moon}, {"os"}}});
  EXPECT_EQ(own.attribute("os.type"), "linux");
  EXPECT_EQ(own.error(), "the resource detector \"moon\" threw (dark); what it finds is left out");
}

TEST(ConfiguredDetectors, OneOfCodeThatIsNobodysNameIsSaid) {
  const Case odd = finalized({}, {.resource_detectors = {{"moon"}}});
  EXPECT_EQ(odd.error(),
            "Options::resource_detectors=\"moon\" has no function and is none of service, process, "
            "host, os, container and k8s; it is left out");
}

TEST(ConfiguredResource, HasTheSchemaOfItsDetectors) {
  EXPECT_EQ(finalized().configuration.resource.schema_url(), weft::detail::kResourceSchema);
}

TEST(ConfiguredResource, HasNoSchemaWhereItsDetectorsDisagree) {
  const auto moon = [] { return Resource({{"place", "moon"}}, "https://example.org/moon"); };
  const Case two = finalized({}, {.resource_detectors = {{"os"}, {"moon", moon}}});
  EXPECT_EQ(two.configuration.resource.schema_url(), "");
  EXPECT_EQ(two.error(),
            "the resource detector \"moon\" follows the schema https://example.org/moon, those "
            "before it https://opentelemetry.io/schemas/1.37.0; the resource has no schema URL");
}

}  // namespace
