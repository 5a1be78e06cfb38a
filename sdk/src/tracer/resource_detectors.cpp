// SPDX-License-Identifier: Apache-2.0
// The detectors by their names, and what several of them come to.
#include <array>
#include <exception>
#include <string_view>
#include <utility>

#include "tracer/resource_detection.hpp"

namespace weft::inline v0::detail {

namespace {

struct Known {
  std::string_view name;
  Resource (*detect)(const Surroundings&);
};

constexpr std::array kKnown = {
    Known{"service", detect_service}, Known{"process", detect_process},
    Known{"host", detect_host},       Known{"container", detect_container},
    Known{"k8s", detect_kubernetes},
};
constexpr Known kOperatingSystem{"os", detect_operating_system};  // within `host`

const Known* find_known(std::string_view name) noexcept {
  for (const Known& known : kKnown) {
    if (known.name == name) return &known;
  }
  return name == kOperatingSystem.name ? &kOperatingSystem : nullptr;
}

void tell(const ErrorSink& sink, const std::string& name, const char* problem) {
  sink(ErrorCode::user_callback,
       "the resource detector \"" + name + "\" threw (" + problem + "); what it finds is left out");
}

Resource run(const ResourceDetector& detector, const Surroundings& surroundings,
             const ErrorSink& sink) {
  const Known* known = find_known(detector.name);
  if (!detector.detect) return known != nullptr ? known->detect(surroundings) : Resource();
  try {
    return detector.detect();
  } catch (const std::exception& exception) {
    tell(sink, detector.name, exception.what());
  } catch (...) {
    tell(sink, detector.name, "no std::exception");
  }
  return {};
}

}  // namespace

bool is_detector(std::string_view name) noexcept { return find_known(name) != nullptr; }

const std::vector<ResourceDetector>& all_detectors() {
  // Leaked: there are no exit-time destructors.
  static const auto* const kAll = [] {
    auto* all = new std::vector<ResourceDetector>;
    for (const Known& known : kKnown) all->push_back({std::string(known.name), nullptr});
    return all;
  }();
  return *kAll;
}

Resource detected_resource(const std::vector<ResourceDetector>& detectors,
                           const Surroundings& surroundings, const ErrorSink& sink) {
  Resource all;
  for (const ResourceDetector& detector : detectors) {
    const Resource found = run(detector, surroundings, sink);
    const bool conflicts = !found.schema_url().empty() && !all.schema_url().empty() &&
                           found.schema_url() != all.schema_url();
    if (conflicts) {
      sink(ErrorCode::invalid_option, "the resource detector \"" + detector.name +
                                          "\" follows the schema " + found.schema_url() +
                                          ", those before it " + all.schema_url() +
                                          "; the resource has no schema URL");
    }
    all = all.merge(found);
  }
  return all;
}

}  // namespace weft::inline v0::detail
