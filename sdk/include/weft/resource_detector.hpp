// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include <weft/resource.hpp>
#include <weft/version.hpp>

namespace weft::inline v0 {

/// Finds out, at `init`, where the program runs: `Options::resource_detectors`. The names of those
/// that come along are `service`, `process`, `host` (`host.*` and `os.*`), `os`, `container` and
/// `k8s`; one of them needs no function. What a user's own throws costs it alone, and is told.
/// OpenTelemetry Resource SDK, "Detecting resource information from the environment".
struct ResourceDetector {
  std::string name{};
  std::function<Resource()> detect{};
};

}  // namespace weft::inline v0
