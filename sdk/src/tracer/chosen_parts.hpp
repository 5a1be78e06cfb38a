// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include <weft/options.hpp>
#include <weft/version.hpp>

#include "tracer/configuration.hpp"
#include "tracer/setting.hpp"

// The parts of a configuration that are objects. Each function decides one of them, as Settings
// does numbers, and keeps the setting.

namespace weft::inline v0::detail {

/// OTEL_TRACES_SAMPLER, OTEL_TRACES_SAMPLER_ARG.
SamplerPtr choose_sampler(const Options& options, const Components& components, Settings& settings);
/// OTEL_TRACES_EXPORTER.
std::vector<ExporterPtr> choose_exporters(const Options& options, const Components& components,
                                          Settings& settings);
/// Keeps what the options of those in force come to, for people.
void keep_exporters_own(const std::vector<ExporterPtr>& exporters, Settings& settings);
/// The same of those that the processors in force hold.
void keep_processors_exporters(const std::vector<ProcessorPtr>& processors, Settings& settings);
std::vector<ProcessorPtr> choose_processors(const Options& options, Settings& settings);
/// OTEL_PROPAGATORS. None: the default ones.
std::optional<std::vector<PropagatorPtr>> choose_propagators(const Options& options,
                                                             const Components& components,
                                                             Settings& settings);
/// A level by its name; info for anything else.
LogLevel log_level_of(const std::optional<std::string>& text);
/// OTEL_LOG_LEVEL.
LogLevel choose_log_level(Settings& settings);
/// WEFT_STATS_INTERVAL, WEFT_STATS_FILE, WEFT_STATS_LOG.
StatsOptions choose_stats(const StatsOptions& given, Settings& settings);
/// OTEL_RESOURCE_ATTRIBUTES, OTEL_SERVICE_NAME, WEFT_RESOURCE_DETECTORS; sets `resource` and
/// `generates_instance_id`.
void choose_resource(const Options& options, Settings& settings, Configuration& configuration);

}  // namespace weft::inline v0::detail
