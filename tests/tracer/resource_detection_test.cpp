// SPDX-License-Identifier: Apache-2.0
#include "tracer/resource_detection.hpp"

#include <gtest/gtest.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "tracer/fake_environment.hpp"

namespace {

using weft::AttributeValue;
using weft::Resource;
using weft::detail::detected_resource;
using weft::detail::environment_resource;
using weft::detail::host_arch;
using weft::detail::machine_id;
using weft::detail::os_release_value;
using weft::detail::process_identity;
using weft::detail::random_uuid;
using weft::testing::FakeEnvironment;

std::string text_of(const Resource& resource, std::string_view key) {
  const AttributeValue* value = resource.find(key);
  return value != nullptr ? std::get<std::string>(*value) : "(absent)";
}

TEST(DetectedResource, NamesTheSdk) {
  const Resource resource = detected_resource();
  EXPECT_EQ(text_of(resource, "telemetry.sdk.name"), "weft");
  EXPECT_EQ(text_of(resource, "telemetry.sdk.language"), "cpp");
  EXPECT_EQ(text_of(resource, "telemetry.sdk.version"), weft::version());
}

TEST(DetectedResource, NamesTheServiceAfterTheExecutable) {
  EXPECT_EQ(text_of(detected_resource(), "service.name"), "unknown_service:test_configuration");
}

TEST(DetectedResource, NamesTheProcess) {
  const Resource resource = detected_resource();
  EXPECT_EQ(*resource.find("process.pid"), getpid());
  EXPECT_EQ(text_of(resource, "process.executable.name"), "test_configuration");
  EXPECT_TRUE(text_of(resource, "process.executable.path").ends_with("/test_configuration"));
}

TEST(DetectedResource, NamesTheHostAsTheSystemDoes) {
  utsname system{};
  ASSERT_EQ(uname(&system), 0);
  const Resource resource = detected_resource();
  EXPECT_EQ(text_of(resource, "host.name"), system.nodename);
  EXPECT_EQ(text_of(resource, "host.arch"), host_arch(system.machine));
  EXPECT_EQ(text_of(resource, "os.type"), "linux");
}

TEST(ProcessIdentity, IsAnotherInstanceEachTime) {
  EXPECT_NE(text_of(process_identity(), "service.instance.id"),
            text_of(process_identity(), "service.instance.id"));
}

TEST(RandomUuid, IsOfVersionFour) {
  const auto is_version_four = [](const std::string& uuid) {
    constexpr std::string_view kForm = "xxxxxxxx-xxxx-4xxx-vxxx-xxxxxxxxxxxx";
    return std::ranges::equal(uuid, kForm, [](char c, char form) {
      if (form == 'v') return std::string_view("89ab").find(c) != std::string_view::npos;
      return form == 'x' ? std::string_view("0123456789abcdef").find(c) != std::string_view::npos
                         : c == form;
    });
  };
  for (int i = 0; i < 100; ++i) {
    const std::string uuid = random_uuid();
    EXPECT_TRUE(is_version_four(uuid)) << uuid;
  }
}

TEST(HostArch, IsSpelledAsTheConventionsDo) {
  EXPECT_EQ(host_arch("x86_64"), "amd64");
  EXPECT_EQ(host_arch("aarch64"), "arm64");
  EXPECT_EQ(host_arch("armv7l"), "arm32");
  EXPECT_EQ(host_arch("i686"), "x86");
  EXPECT_EQ(host_arch("s390x"), "s390x");
  EXPECT_EQ(host_arch("riscv64"), "riscv64");
}

TEST(OsRelease, GivesValuesUnquoted) {
  const std::string text =
      "NAME=\"Debian GNU/Linux\"\nVERSION_ID='12'\nID=debian\nQUOTED=\"a \\\"b\\\" \\$c\"\n";
  EXPECT_EQ(os_release_value(text, "NAME"), "Debian GNU/Linux");
  EXPECT_EQ(os_release_value(text, "VERSION_ID"), "12");
  EXPECT_EQ(os_release_value(text, "ID"), "debian");
  EXPECT_EQ(os_release_value(text, "QUOTED"), "a \"b\" $c");
}

TEST(OsRelease, GivesNothingForAnAbsentName) {
  EXPECT_EQ(os_release_value("PRETTY_NAME=x\n", "NAME"), "");
  EXPECT_EQ(os_release_value("NAME", "NAME"), "");
  EXPECT_EQ(os_release_value("", "NAME"), "");
}

TEST(MachineId, IsThirtyTwoDigits) {
  EXPECT_EQ(machine_id("0123456789abcdef0123456789abcdef\n"), "0123456789abcdef0123456789abcdef");
  EXPECT_EQ(machine_id("uninitialized\n"), "");
  EXPECT_EQ(machine_id("0123456789ABCDEF0123456789ABCDEF"), "");
  EXPECT_EQ(machine_id(""), "");
}

TEST(EnvironmentResource, TakesAttributesAsText) {
  FakeEnvironment fake{{{"OTEL_RESOURCE_ATTRIBUTES", "a=1,deployment.environment.name=pr%20od"}},
                       {}};
  const Resource resource = environment_resource(fake.environment());
  EXPECT_EQ(text_of(resource, "a"), "1");
  EXPECT_EQ(text_of(resource, "deployment.environment.name"), "pr od");
}

TEST(EnvironmentResource, DropsTheWholeVariableWhenAPartCannotBeDecoded) {
  FakeEnvironment fake{{{"OTEL_RESOURCE_ATTRIBUTES", "a=1,b=%zz"}}, {}};
  EXPECT_TRUE(environment_resource(fake.environment()).empty());
  EXPECT_EQ(fake.errors.size(), 1U);
}

TEST(EnvironmentResource, TheServiceNamesOwnVariableWins) {
  FakeEnvironment fake{
      {{"OTEL_RESOURCE_ATTRIBUTES", "service.name=one"}, {"OTEL_SERVICE_NAME", "two"}}, {}};
  EXPECT_EQ(text_of(environment_resource(fake.environment()), "service.name"), "two");
}

TEST(EnvironmentResource, TakesAnEmptyServiceNameAsUnset) {
  FakeEnvironment fake{{{"OTEL_RESOURCE_ATTRIBUTES", "service.name=,a=1"}}, {}};
  EXPECT_EQ(environment_resource(fake.environment()).find("service.name"), nullptr);
}

}  // namespace
