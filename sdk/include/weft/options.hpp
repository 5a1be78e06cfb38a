// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <weft/batch_options.hpp>
#include <weft/diagnostics.hpp>
#include <weft/error.hpp>
#include <weft/exporter.hpp>
#include <weft/id_generator.hpp>
#include <weft/processor.hpp>
#include <weft/propagation.hpp>
#include <weft/resource.hpp>
#include <weft/resource_detector.hpp>
#include <weft/sampler.hpp>
#include <weft/span_limits.hpp>
#include <weft/version.hpp>

namespace weft::inline v0 {

namespace detail {
struct FileConfiguration;
}
/// What may be set for the tracers of one scope. OpenTelemetry Tracing SDK, TracerConfig.
struct TracerConfig {
  bool enabled = true;  ///< false: its spans are not there; children go to their parent's parent
};

/// Everything `init` takes, for designated initialisers. What is not set comes from the `OTEL_*`
/// variables, then from the default.
struct Options {
  std::string service_name{};
  Resource resource{};
  SamplerPtr sampler{};
  std::vector<ExporterPtr> exporters{};      ///< empty: OTEL_TRACES_EXPORTER, default OTLP/HTTP
  std::vector<ProcessorPtr> processors{};    ///< run before the exporters' queue, in order
  std::vector<PropagatorPtr> propagators{};  ///< empty: OTEL_PROPAGATORS
  SpanLimits limits{};
  BatchOptions batch{};
  IdGeneratorPtr id_generator{};
  std::filesystem::path spool_dir{};
  std::function<void(const Error&)> on_error{};  ///< default: one line on stderr, rate-limited
  std::chrono::milliseconds shutdown_timeout{5000};
  /// Lets profilers outside the process see which span is current on each thread, and whose the
  /// process is (OTEPs 4947 and 4719, in development).
  bool profiler_view = true;
  /// Which detectors run, in order; empty: WEFT_RESOURCE_DETECTORS, default all that come along. A
  /// later one's value wins; `resource` above wins over all of them.
  std::vector<ResourceDetector> resource_detectors{};
  StatsOptions stats{};
  /// What a configuration file says, made by `weft::config::create`; it takes the place of the
  /// environment. Null: OTEL_CONFIG_FILE.
  std::shared_ptr<const detail::FileConfiguration> file{};
  /// Asked once for each scope and thread, at its first span; empty: all tracers are enabled. What
  /// it throws is counted, and the tracer is enabled. OpenTelemetry Tracing SDK,
  /// TracerConfigurator.
  std::function<TracerConfig(const Scope&)> tracer_configurator{};
};

/// The parts that come from other components and are chosen by name: what `weft/weft.hpp` hands to
/// `init`, so that the SDK alone needs neither exporters nor their libraries.
struct Components {
  /// The exporter that OTEL_TRACES_EXPORTER names; null for an unknown name.
  ExporterPtr (*make_exporter)(std::string_view name,
                               const std::function<void(const Error&)>& on_error) = nullptr;
  /// The propagator that OTEL_PROPAGATORS names; null for an unknown name.
  PropagatorPtr (*make_propagator)(std::string_view name) = nullptr;
  /// The sampler that OTEL_TRACES_SAMPLER names and this library has not built in, made from
  /// OTEL_TRACES_SAMPLER_ARG (may be empty); null for an unknown name.
  SamplerPtr (*make_sampler)(std::string_view name, std::string_view argument) = nullptr;
};

}  // namespace weft::inline v0
