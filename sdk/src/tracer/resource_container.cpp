// SPDX-License-Identifier: Apache-2.0
// In which container and which pod a process runs: by what the kernel shows it of itself.
#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "tracer/resource_detection.hpp"

namespace weft::inline v0::detail {

namespace {

constexpr std::size_t kIdSize = 64;   // of Docker, containerd, CRI-O and Podman
constexpr std::size_t kUidSize = 36;  // a UUID

bool is_hex(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

// Calls `visit` with each part between separators until it returns true.
template <class Visit>
bool any_part(std::string_view text, char separator, Visit visit) {
  while (!text.empty()) {
    const std::size_t end = text.find(separator);
    if (visit(text.substr(0, end))) return true;
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return false;
}

// `<id>`, `docker-<id>.scope`, `cri-containerd:<id>`; empty for anything else.
std::string_view id_in(std::string_view segment) noexcept {
  constexpr std::string_view kScope = ".scope";
  if (segment.ends_with(kScope)) segment.remove_suffix(kScope.size());
  const std::size_t before = segment.find_last_of("-:");
  if (before != std::string_view::npos) segment.remove_prefix(before + 1);
  return segment.size() == kIdSize && is_hex(segment) ? segment : std::string_view();
}

// `pod<uid>`, `kubepods-burstable-pod<uid with underscores>.slice`; empty for anything else.
std::string uid_in(std::string_view segment) {
  const std::size_t begin = segment.rfind("pod");
  if (begin == std::string_view::npos) return {};
  std::string uid(segment.substr(begin + 3, kUidSize));
  std::replace(uid.begin(), uid.end(), '_', '-');
  std::string digits = uid;
  std::erase(digits, '-');
  return uid.size() == kUidSize && digits.size() == 32 && is_hex(digits) ? uid : std::string();
}

}  // namespace

// A line is `hierarchy:controllers:path`; the innermost group that has an id is ours.
std::string container_of_cgroup(std::string_view text) {
  std::string id;
  any_part(text, '\n', [&](std::string_view line) {
    const std::size_t path = line.find('/');
    if (path == std::string_view::npos) return false;
    any_part(line.substr(path), '/', [&](std::string_view segment) {
      if (const auto found = id_in(segment); !found.empty()) id = found;
      return false;
    });
    return !id.empty();
  });
  return id;
}

// The runtime mounts files of the container's own folder, such as …/containers/<id>/hostname. A
// pod's sandbox has an id too, in a folder `sandboxes`: that is not the container's.
std::string container_of_mounts(std::string_view text) {
  std::string id;
  any_part(text, '\n', [&](std::string_view line) {
    std::string_view before;
    return any_part(line, '/', [&](std::string_view segment) {
      const std::string_view folder = std::exchange(before, segment);
      const bool is_own = folder == "containers" || folder == "overlay-containers";
      if (!is_own || segment.size() != kIdSize || !is_hex(segment)) return false;
      id = segment;
      return true;
    });
  });
  return id;
}

std::string pod_of_cgroup(std::string_view text) {
  std::string uid;
  any_part(text, '\n', [&](std::string_view line) {
    return any_part(line, '/', [&](std::string_view segment) {
      uid = uid_in(segment);
      return !uid.empty();
    });
  });
  return uid;
}

Resource detect_container(const Surroundings& surroundings) {
  std::string id = container_of_cgroup(surroundings.file("/proc/self/cgroup"));
  if (id.empty()) id = container_of_mounts(surroundings.file("/proc/self/mountinfo"));
  if (id.empty()) return {};
  return Resource({{"container.id", id}}, std::string(kResourceSchema));
}

Resource detect_kubernetes(const Surroundings& surroundings) {
  const Environment& environment = surroundings.environment;
  if (!environment.text("KUBERNETES_SERVICE_HOST")) return {};
  std::vector<Attribute> attributes;
  const auto add = [&](const char* key, const char* variable, const char* other_variable,
                       std::string otherwise) {
    auto value = environment.text(variable);
    if (!value) value = environment.text(other_variable);
    if (!value) value = std::move(otherwise);
    if (!value->empty()) attributes.push_back({key, AttributeValue(std::move(*value))});
  };
  constexpr const char* kNamespaceFile = "/var/run/secrets/kubernetes.io/serviceaccount/namespace";
  add("k8s.namespace.name", "K8S_NAMESPACE_NAME", "POD_NAMESPACE",
      std::string(trimmed(surroundings.file(kNamespaceFile))));
  add("k8s.pod.name", "K8S_POD_NAME", "POD_NAME", "");
  add("k8s.pod.uid", "K8S_POD_UID", "POD_UID",
      pod_of_cgroup(surroundings.file("/proc/self/cgroup")));
  add("k8s.container.name", "K8S_CONTAINER_NAME", "CONTAINER_NAME", "");
  add("k8s.node.name", "K8S_NODE_NAME", "NODE_NAME", "");
  if (attributes.empty()) return {};
  return Resource(attributes, std::string(kResourceSchema));
}

}  // namespace weft::inline v0::detail
