// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <weft/resource.hpp>
#include <weft/resource_detector.hpp>
#include <weft/version.hpp>

#include "tracer/environment.hpp"

// What a resource says of itself when nobody says it: the names of OpenTelemetry's semantic
// conventions, "Resource". What cannot be found out is left out. Linux alone.

namespace weft::inline v0::detail {

/// The version of the conventions that the detectors' attributes follow.
inline constexpr std::string_view kResourceSchema = "https://opentelemetry.io/schemas/1.37.0";

/// Where detectors look.
struct Surroundings {
  const Environment& environment;
  std::string root{};  ///< before every path: a test's own files

  /// The text of a file, of 16 KiB at most; empty when it cannot be read.
  std::string file(const std::string& path) const;
};

/// `telemetry.sdk.*` and a `service.name`, which no resource is without.
Resource sdk_resource(const Surroundings& surroundings);
/// The detectors of those names (OpenTelemetry Resource SDK, "Resource detector name") and the
/// user's own, in their order, merged; what is wrong with one is told and costs that one alone.
Resource detected_resource(const std::vector<ResourceDetector>& detectors,
                           const Surroundings& surroundings, const ErrorSink& sink);
/// Every detector of ours.
const std::vector<ResourceDetector>& all_detectors();
/// The name of a detector of ours.
bool is_detector(std::string_view name) noexcept;

/// What differs between a process and its forked child: `service.instance.id`, `process.pid`.
Resource process_identity();
/// OTEL_RESOURCE_ATTRIBUTES (all of it or, when any part cannot be decoded, nothing) and over it
/// OTEL_SERVICE_NAME.
Resource environment_resource(const Environment& environment);

// The detectors, each for itself. Their schema is kResourceSchema; nothing found: empty, and none.
Resource detect_service(const Surroundings& surroundings);
Resource detect_process(const Surroundings& surroundings);
Resource detect_host(const Surroundings& surroundings);
Resource detect_operating_system(const Surroundings& surroundings);
/// `container.id`, from the control group (version 1, or 2 without a namespace of its own), else
/// from what is mounted.
Resource detect_container(const Surroundings& surroundings);
/// `k8s.*` from downward variables (K8S_POD_NAME, or POD_NAME and the like), the service account's
/// namespace file and the control group; nothing where KUBERNETES_SERVICE_HOST is not set.
Resource detect_kubernetes(const Surroundings& surroundings);

/// A random UUID, version 4 (RFC 9562, 5.4).
std::string random_uuid();
/// `host.arch` for what uname calls the machine.
std::string_view host_arch(std::string_view machine) noexcept;
/// The value of a `NAME=value` line, unquoted, in a file like os-release; empty when absent.
std::string os_release_value(std::string_view text, std::string_view name);
/// The id in the text of a machine-id file; empty when that is not 32 hex digits.
std::string machine_id(std::string_view text);
/// The container in the text of /proc/self/cgroup; empty when there is none.
std::string container_of_cgroup(std::string_view text);
/// The container in the text of /proc/self/mountinfo; empty when there is none.
std::string container_of_mounts(std::string_view text);
/// The uid of the pod in the text of /proc/self/cgroup; empty when there is none.
std::string pod_of_cgroup(std::string_view text);

}  // namespace weft::inline v0::detail
