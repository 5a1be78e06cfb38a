// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <weft/options.hpp>
#include <weft/version.hpp>

#include "platform/error_reporter.hpp"
#include "processor/overflow.hpp"
#include "tracer/environment.hpp"
#include "tracer/setting.hpp"

namespace weft::inline v0::detail {

/// Everything in force, checked: what `Options`, the environment and the defaults come to. Once
/// made it needs no looking at the environment and no check.
struct Configuration {
  bool disabled = false;  ///< OTEL_SDK_DISABLED; no exporters and processors then
  Resource resource{};
  SamplerPtr sampler{};                  ///< never null, unless disabled
  std::vector<ExporterPtr> exporters{};  ///< no null, no exporter twice
  std::vector<ProcessorPtr> processors{};
  /// None: the default ones, W3C trace context and baggage. Also in force when disabled.
  std::optional<std::vector<PropagatorPtr>> propagators{};
  SpanLimits limits{};
  BatchOptions batch{};           ///< a timeout of "for ever" is a year
  IdGeneratorPtr id_generator{};  ///< null: the built-in one
  std::filesystem::path spool_dir{};
  OverflowLimits overflow{};  ///< no option sets it
  std::function<void(const Error&)> on_error{};
  std::chrono::milliseconds shutdown_timeout{5000};
  bool profiler_view = true;
  LogLevel log_level = LogLevel::info;  ///< OTEL_LOG_LEVEL
  StatsOptions stats{};
  std::function<TracerConfig(const Scope&)> tracer_configurator{};
  bool generates_instance_id = false;  ///< nobody named `service.instance.id`
  std::vector<Setting> settings{};
  std::uint64_t user_exceptions = 0;  ///< that left a user's part while this was made

  /// One `name = value (origin)` a line.
  std::string to_string() const;
  /// The resource in a forked child: another process, another instance.
  Resource resource_after_fork() const;
};

/// Decides everything for the process's environment; errors go to the error reporter, whose handler
/// the caller has set. Contains what a user's part throws. Any thread.
Configuration finalize(Options options, const Components& components) noexcept;
/// The same for any environment and any place to tell errors.
Configuration finalize(Options options, const Components& components, Environment::Getter getter,
                       ErrorSink sink) noexcept;

}  // namespace weft::inline v0::detail
