// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <weft/exporter.hpp>
#include <weft/options.hpp>
#include <weft/version.hpp>

#include "tracer/environment.hpp"

namespace weft::inline v0::detail {

/// What a configuration file says, in the terms of what it takes the place of: the variables.
struct FileConfiguration {
  struct Value {
    std::string text{};
    std::string place{};  ///< "weft.yaml:12: tracer_provider.limits.event_count_limit"
  };
  /// What one exporter's options are described by.
  struct ExporterPlaces {
    std::string whole{};                                  ///< the exporter's own place
    std::map<std::string, Value, std::less<>> options{};  ///< by their settings' names
  };
  std::string path{};
  std::map<std::string, Value, std::less<>> variables{};
  Resource resource{};
  std::function<bool(std::string_view key)> admits{};  ///< detected attributes; empty: all
  std::vector<ExporterPtr> exporters{};                ///< those of batch processors
  std::vector<ExporterPlaces> exporter_places{};       ///< of the same number
  std::vector<ProcessorPtr> processors{};
  std::vector<ExporterPlaces> processor_places{};  ///< of the same number: their exporters'
  SamplerPtr sampler{};
  std::function<TracerConfig(const Scope&)> tracer_configurator{};  ///< empty: all are enabled
  std::string exporters_text{}, processors_text{}, tracer_configurator_text{};
  std::string resource_place{}, processors_place{}, sampler_place{}, tracer_configurator_place{};
};

/// Reads OTEL_CONFIG_FILE. Null when it cannot be used, which was told then. Defined by
/// weft::config, which a program links to have it; null otherwise.
[[gnu::weak]] WEFT_API std::shared_ptr<const FileConfiguration> read_config_file(
    const std::string& path, const Environment::Getter& variables, const ErrorSink& sink);

}  // namespace weft::inline v0::detail
