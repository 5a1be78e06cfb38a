// SPDX-License-Identifier: Apache-2.0
#include "tracer/resource_detection.hpp"

#include <gtest/gtest.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tracer/fake_environment.hpp"

namespace {

using weft::AttributeValue;
using weft::Resource;
using weft::detail::container_of_cgroup;
using weft::detail::container_of_mounts;
using weft::detail::detect_container;
using weft::detail::detect_host;
using weft::detail::detect_kubernetes;
using weft::detail::detect_operating_system;
using weft::detail::detect_process;
using weft::detail::detected_resource;
using weft::detail::environment_resource;
using weft::detail::host_arch;
using weft::detail::machine_id;
using weft::detail::os_release_value;
using weft::detail::pod_of_cgroup;
using weft::detail::process_identity;
using weft::detail::random_uuid;
using weft::detail::sdk_resource;
using weft::detail::Surroundings;
using weft::testing::FakeEnvironment;

std::string text_of(const Resource& resource, std::string_view key) {
  const AttributeValue* value = resource.find(key);
  return value != nullptr ? std::get<std::string>(*value) : "(absent)";
}

constexpr char kContainer[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
constexpr char kUid[] = "6d2f5d1c-0a1b-4c2d-8e3f-1234567890ab";

/// A root folder of this test's own, and an environment.
class Detection : public testing::Test {
 protected:
  Detection()
      : root_(std::filesystem::temp_directory_path() / ("weft-root-" + std::to_string(getpid()))) {}
  ~Detection() override { std::filesystem::remove_all(root_); }
  void put(const std::string& path, const std::string& text) {
    const std::filesystem::path file = root_.string() + path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }
  Surroundings surroundings() {
    environment_.emplace(fake_.environment());
    return {.environment = *environment_, .root = root_.string()};
  }
  /// The machine as it is.
  Surroundings reality() {
    environment_.emplace(fake_.environment());
    return {.environment = *environment_};
  }
  FakeEnvironment fake_;

 private:
  std::filesystem::path root_;
  std::optional<weft::detail::Environment> environment_;
};

using DetectedResource = Detection;

TEST_F(DetectedResource, NamesTheSdk) {
  const Resource resource = sdk_resource(reality());
  EXPECT_EQ(text_of(resource, "telemetry.sdk.name"), "weft");
  EXPECT_EQ(text_of(resource, "telemetry.sdk.language"), "cpp");
  EXPECT_EQ(text_of(resource, "telemetry.sdk.version"), weft::version());
}

TEST_F(DetectedResource, NamesTheServiceAfterTheExecutable) {
  EXPECT_EQ(text_of(sdk_resource(reality()), "service.name"), "unknown_service:test_configuration");
}

TEST_F(DetectedResource, NamesTheProcess) {
  const Resource resource = detect_process(reality());
  EXPECT_EQ(*resource.find("process.pid"), getpid());
  EXPECT_EQ(text_of(resource, "process.executable.name"), "test_configuration");
  EXPECT_TRUE(text_of(resource, "process.executable.path").ends_with("/test_configuration"));
}

TEST_F(DetectedResource, NamesTheHostAsTheSystemDoes) {
  utsname system{};
  ASSERT_EQ(uname(&system), 0);
  const Resource resource = detect_host(reality());
  EXPECT_EQ(text_of(resource, "host.name"), system.nodename);
  EXPECT_EQ(text_of(resource, "host.arch"), host_arch(system.machine));
  EXPECT_EQ(text_of(resource, "os.type"), "linux");
}

TEST_F(DetectedResource, EachOfOursNamesItsSchema) {
  put("/proc/self/cgroup", std::string("0::/docker/") + kContainer + "\n");
  fake_.variables = {{"KUBERNETES_SERVICE_HOST", "10.0.0.1"}, {"POD_NAME", "shop-1"}};
  for (const weft::ResourceDetector& detector : weft::detail::all_detectors()) {
    const Resource found = detected_resource({detector}, surroundings(), fake_.sink());
    EXPECT_EQ(found.schema_url(), weft::detail::kResourceSchema) << detector.name;
  }
}

TEST_F(DetectedResource, FollowsTheOrderOfTheDetectors) {
  put("/etc/os-release", "PRETTY_NAME=\"Fake 1\"\n");
  const weft::ResourceDetector own{"own", [] { return Resource({{"os.description", "mine"}}); }};
  EXPECT_EQ(
      text_of(detected_resource({{"os"}, own}, surroundings(), fake_.sink()), "os.description"),
      "mine");
  EXPECT_EQ(
      text_of(detected_resource({own, {"os"}}, surroundings(), fake_.sink()), "os.description"),
      "Fake 1");
}

TEST_F(DetectedResource, ReadsTheFilesOfTheOperatingSystem) {
  put("/etc/os-release", "PRETTY_NAME=\"Fake Linux 1\"\nNAME=Fake\nVERSION_ID=1\n");
  const Resource resource = detect_operating_system(surroundings());
  EXPECT_EQ(text_of(resource, "os.description"), "Fake Linux 1");
  EXPECT_EQ(text_of(resource, "os.name"), "Fake");
  EXPECT_EQ(text_of(resource, "os.version"), "1");
}

TEST_F(DetectedResource, ReadsTheMachinesId) {
  put("/var/lib/dbus/machine-id", "0123456789abcdef0123456789abcdef\n");
  EXPECT_EQ(text_of(detect_host(surroundings()), "host.id"), "0123456789abcdef0123456789abcdef");
}

TEST_F(DetectedResource, LeavesOutWhatNoFileSays) {
  const Resource resource = detect_host(surroundings());
  EXPECT_EQ(resource.find("host.id"), nullptr);
  EXPECT_EQ(resource.find("os.version"), nullptr);
}

TEST_F(DetectedResource, FindsTheContainerInTheControlGroupOfVersionOne) {
  put("/proc/self/cgroup", std::string("12:memory:/docker/") + kContainer +
                               "\n1:name=systemd:/docker/" + kContainer + "\n");
  EXPECT_EQ(text_of(detect_container(surroundings()), "container.id"), kContainer);
}

TEST_F(DetectedResource, FindsTheContainerInTheMountsOfVersionTwo) {
  put("/proc/self/cgroup", "0::/\n");
  put("/proc/self/mountinfo", std::string("711 690 8:1 /var/lib/docker/containers/") + kContainer +
                                  "/hostname /etc/hostname rw,relatime - ext4 /dev/sda1 rw\n");
  EXPECT_EQ(text_of(detect_container(surroundings()), "container.id"), kContainer);
}

TEST_F(DetectedResource, IsInNoContainerOnAnOrdinaryMachine) {
  put("/proc/self/cgroup", "0::/user.slice/user-1000.slice/session-2.scope\n");
  put("/proc/self/mountinfo", "25 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n");
  const Resource resource = detect_container(surroundings());
  EXPECT_TRUE(resource.empty());
  EXPECT_EQ(resource.schema_url(), "");
}

TEST_F(DetectedResource, ReadsKubernetesDownwardVariables) {
  fake_.variables = {{"KUBERNETES_SERVICE_HOST", "10.0.0.1"},
                     {"K8S_POD_NAME", "shop-1"},
                     {"POD_NAME", "not this"},
                     {"K8S_POD_UID", kUid},
                     {"POD_NAMESPACE", "shops"},
                     {"NODE_NAME", "node-3"},
                     {"K8S_CONTAINER_NAME", "main"}};
  const Resource resource = detect_kubernetes(surroundings());
  EXPECT_EQ(text_of(resource, "k8s.pod.name"), "shop-1");
  EXPECT_EQ(text_of(resource, "k8s.pod.uid"), kUid);
  EXPECT_EQ(text_of(resource, "k8s.namespace.name"), "shops");
  EXPECT_EQ(text_of(resource, "k8s.node.name"), "node-3");
  EXPECT_EQ(text_of(resource, "k8s.container.name"), "main");
}

TEST_F(DetectedResource, ReadsTheNamespaceOfTheServiceAccount) {
  fake_.variables = {{"KUBERNETES_SERVICE_HOST", "10.0.0.1"}};
  put("/var/run/secrets/kubernetes.io/serviceaccount/namespace", "shops\n");
  put("/proc/self/cgroup", std::string("1:cpu:/kubepods/burstable/pod") + kUid + "/" + kContainer);
  const Resource resource = detect_kubernetes(surroundings());
  EXPECT_EQ(text_of(resource, "k8s.namespace.name"), "shops");
  EXPECT_EQ(text_of(resource, "k8s.pod.uid"), kUid);
}

TEST_F(DetectedResource, TakesNoVariableForKubernetesOutsideIt) {
  fake_.variables = {{"POD_NAME", "shop-1"}};
  EXPECT_TRUE(detect_kubernetes(surroundings()).empty());
}

TEST(ContainerOfCgroup, KnowsTheRuntimesForms) {
  const std::string id = kContainer;
  for (const std::string& path :
       {"/docker/" + id, "/kubepods/burstable/pod" + std::string(kUid) + "/" + id,
        "/kubepods.slice/kubepods-pod1.slice/cri-containerd-" + id + ".scope",
        "/system.slice/docker-" + id + ".scope", "/machine.slice/libpod-" + id + ".scope/container",
        "/system.slice/containerd.service/kubepods-pod1.slice:cri-containerd:" + id}) {
    EXPECT_EQ(container_of_cgroup("3:cpu:" + path + "\n"), id) << path;
  }
}

TEST(ContainerOfCgroup, IsNoneForAnythingElse) {
  const std::string id = kContainer;
  for (const std::string& text : std::vector<std::string>{
           "", "\n", "0::/", "0::/docker/" + id.substr(1), "0::/docker/" + id + "0",
           "0::/docker/" + std::string(64, 'g'), "no colon", id}) {
    EXPECT_EQ(container_of_cgroup(text), "") << text;
  }
}

TEST(ContainerOfMounts, TakesPodmansFolder) {
  EXPECT_EQ(container_of_mounts(std::string("9 8 0:1 /containers/storage/overlay-containers/") +
                                kContainer + "/userdata/hostname /etc/hostname rw - tmpfs t rw\n"),
            kContainer);
}

TEST(ContainerOfMounts, DoesNotTakeThePodsSandbox) {
  EXPECT_EQ(container_of_mounts(
                std::string("9 8 8:1 /var/lib/containerd/io.containerd.grpc.v1.cri/sandboxes/") +
                kContainer + "/hostname /etc/hostname rw - ext4 /dev/sda1 rw\n"),
            "");
}

TEST(PodOfCgroup, KnowsBothDriversForms) {
  std::string underscored = kUid;
  std::replace(underscored.begin(), underscored.end(), '-', '_');
  EXPECT_EQ(pod_of_cgroup(std::string("1:cpu:/kubepods/pod") + kUid + "/" + kContainer), kUid);
  EXPECT_EQ(pod_of_cgroup("0::/kubepods.slice/kubepods-burstable-pod" + underscored + ".slice/x"),
            kUid);
  EXPECT_EQ(pod_of_cgroup("0::/podcast/pod1"), "");
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

TEST(EnvironmentResource, DropsTheWholeVariableWhenAPartIsNoUtf8) {
  for (const char* text : {"a=%FF%FE,c=d", "%C3=x,c=d", "a=\xff,c=d"}) {
    FakeEnvironment fake{{{"OTEL_RESOURCE_ATTRIBUTES", text}}, {}};
    EXPECT_TRUE(environment_resource(fake.environment()).empty()) << text;
    EXPECT_NE(fake.only_error().find("is not UTF-8 once it is decoded; none of its attributes"),
              std::string::npos)
        << fake.only_error();
  }
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
