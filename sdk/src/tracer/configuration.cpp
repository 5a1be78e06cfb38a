// SPDX-License-Identifier: Apache-2.0
#include "tracer/configuration.hpp"

#include <algorithm>
#include <exception>
#include <memory>
#include <string_view>

#include "platform/error_reporter.hpp"
#include "platform/user_exception.hpp"
#include "processor/processor_access.hpp"
#include "tracer/chosen_parts.hpp"

namespace weft::inline v0::detail {

namespace {

using std::chrono::milliseconds;

constexpr std::uint64_t kYear = 365ULL * 24 * 3600 * 1000;  // ms; more is a mistake
constexpr std::uint64_t kMostSpans = 1U << 24U;             // records have 32-bit numbers
constexpr std::uint64_t kLeastBytes = 1U << 16U;
constexpr std::uint64_t kMostBytes = 1ULL << 40U;
constexpr std::uint64_t kUnlimited = NumberOption::kUnlimited;

milliseconds duration(Settings& settings, const NumberOption& option, milliseconds given,
                      milliseconds zero) {
  std::optional<std::uint64_t> number;
  if (given.count() >= 0) number = static_cast<std::uint64_t>(given.count());
  const DecidedNumber decided =
      settings.number(option, number, std::to_string(given.count()) + option.unit);
  settings.keep(option, decided);
  return decided.value == 0 ? zero : milliseconds(static_cast<std::int64_t>(decided.value));
}

// A batch is never larger than the queue. Only who asked for that is told.
void decide_batch_size(const BatchOptions& given, Settings& settings, BatchOptions& batch) {
  const NumberOption option{.name = "batch.max_export_batch_size",
                            .built_in = BatchOptions().max_export_batch_size,
                            .least = 1,
                            .most = kMostSpans,
                            .unit = "",
                            .variable = "OTEL_BSP_MAX_EXPORT_BATCH_SIZE"};
  DecidedNumber decided = settings.number(option, given.max_export_batch_size);
  if (decided.value > batch.max_queue_size) {
    const std::string value = number_text(decided.value, option);
    const std::string instead = std::to_string(batch.max_queue_size) + " is used";
    constexpr const char* kReason = "is larger than the queue (max_queue_size)";
    if (decided.origin == Origin::code) {
      settings.refuse_option(option.name, value, kReason, instead);
    } else if (decided.variable != nullptr) {
      settings.environment().refuse(option.variable, value, kReason, instead);
    }
    decided.value = batch.max_queue_size;
  }
  settings.keep(option, decided);
  batch.max_export_batch_size = decided.value;
}

BatchOptions choose_batch(const BatchOptions& given, Settings& settings) {
  const BatchOptions built_in;
  BatchOptions batch = built_in;
  batch.worker = given.worker;
  if (batch.worker.name.empty()) batch.worker.name = built_in.worker.name;
  const NumberOption queue{.name = "batch.max_queue_size",
                           .built_in = built_in.max_queue_size,
                           .least = 1,
                           .most = kMostSpans,
                           .unit = "",
                           .variable = "OTEL_BSP_MAX_QUEUE_SIZE"};
  const DecidedNumber size = settings.number(queue, given.max_queue_size);
  settings.keep(queue, size);
  batch.max_queue_size = size.value;
  decide_batch_size(given, settings, batch);
  const NumberOption bytes{.name = "batch.max_queue_bytes",
                           .built_in = built_in.max_queue_bytes,
                           .least = kLeastBytes,
                           .most = kMostBytes,
                           .unit = " bytes"};
  const DecidedNumber room = settings.number(bytes, given.max_queue_bytes);
  settings.keep(bytes, room);
  batch.max_queue_bytes = room.value;
  // A delay of nothing is the shortest one; a timeout of nothing is none (OpenTelemetry's rule).
  batch.schedule_delay =
      duration(settings, {"batch.schedule_delay", 5000, 0, kYear, " ms", "OTEL_BSP_SCHEDULE_DELAY"},
               given.schedule_delay, milliseconds(1));
  batch.export_timeout = duration(
      settings, {"batch.export_timeout", 30000, 0, kYear, " ms", "OTEL_BSP_EXPORT_TIMEOUT"},
      given.export_timeout, milliseconds(kYear));
  settings.keep("batch.worker", batch.worker.none ? "none" : batch.worker.name,
                batch.worker.none || batch.worker.name != built_in.worker.name ? Origin::code
                                                                               : Origin::built_in);
  return batch;
}

SpanLimits choose_limits(const SpanLimits& given, Settings& settings) {
  const SpanLimits built_in;
  SpanLimits limits;
  const auto choose = [&](const char* name, std::size_t SpanLimits::* member,
                          const char* variable = nullptr, const char* general = nullptr) {
    const NumberOption option{.name = name,
                              .built_in = built_in.*member,
                              .least = 0,
                              .most = kUnlimited,
                              .unit = "",
                              .variable = variable,
                              .other_variable = general};
    const DecidedNumber decided = settings.number(option, given.*member);
    settings.keep(option, decided);
    limits.*member = decided.value;
  };
  choose("limits.attribute_count", &SpanLimits::attribute_count, "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT",
         "OTEL_ATTRIBUTE_COUNT_LIMIT");
  choose("limits.event_count", &SpanLimits::event_count, "OTEL_SPAN_EVENT_COUNT_LIMIT");
  choose("limits.link_count", &SpanLimits::link_count, "OTEL_SPAN_LINK_COUNT_LIMIT");
  choose("limits.event_attribute_count", &SpanLimits::event_attribute_count,
         "OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT");
  choose("limits.link_attribute_count", &SpanLimits::link_attribute_count,
         "OTEL_LINK_ATTRIBUTE_COUNT_LIMIT");
  choose("limits.attribute_value_length", &SpanLimits::attribute_value_length,
         "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT");
  choose("limits.attribute_depth", &SpanLimits::attribute_depth);
  return limits;
}

// A spool keeps what waits in the queue, which what simple processors export never enters.
bool has_simple_processors_alone(const Configuration& configuration) noexcept {
  const auto& processors = configuration.processors;
  const auto has = [&processors](ExporterPtr (*find)(const SpanProcessor&) noexcept) {
    return std::ranges::any_of(processors, [=](const auto& one) { return find(*one) != nullptr; });
  };
  return configuration.exporters.empty() && has(simple_exporter_of) && !has(exporter_of);
}

void choose_spool(const Options& options, Settings& settings, Configuration& configuration) {
  constexpr const char* kVariable = "WEFT_SPOOL_DIR";
  constexpr const char* kReason = "needs an exporter with a queue, and processors::simple has none";
  constexpr const char* kInstead =
      "it is not used, and what earlier processes left there is not sent. Fix: processors::batch "
      "instead of processors::simple";
  const bool is_useless = has_simple_processors_alone(configuration);
  const std::string of_code = options.spool_dir.string();
  const auto of_variable = settings.environment().text(kVariable);
  if (!of_code.empty() && is_useless) {
    settings.refuse_option("spool_dir", of_code, kReason, kInstead);
  } else if (!of_code.empty()) {
    configuration.spool_dir = options.spool_dir;
    return settings.keep("spool_dir", of_code, Origin::code);
  } else if (of_variable && is_useless) {
    settings.environment().refuse(kVariable, *of_variable, kReason, kInstead);
  } else if (of_variable) {
    configuration.spool_dir = *of_variable;
    return settings.keep_from(kVariable, "spool_dir", *of_variable);
  }
  settings.keep("spool_dir", "none", Origin::built_in);
}

void choose_tracer_configurator(const Options& options, Settings& settings,
                                Configuration& configuration) {
  constexpr const char* kName = "tracer_configurator";
  const FileConfiguration* file = settings.file();
  configuration.tracer_configurator = options.tracer_configurator;
  if (options.tracer_configurator) {
    settings.keep(kName, "user-written", Origin::code);
  } else if (file != nullptr && file->tracer_configurator) {
    configuration.tracer_configurator = file->tracer_configurator;
    settings.keep_from_file(kName, file->tracer_configurator_text, file->tracer_configurator_place);
  } else {
    settings.keep(kName, "none", Origin::built_in);
  }
}

void choose_the_rest(const Options& options, Settings& settings, Configuration& configuration) {
  configuration.id_generator = options.id_generator;
  settings.keep("id_generator", options.id_generator != nullptr ? "user-written" : "random",
                options.id_generator != nullptr ? Origin::code : Origin::built_in);
  choose_spool(options, settings, configuration);
  configuration.shutdown_timeout = duration(settings, {"shutdown_timeout", 5000, 0, kYear, " ms"},
                                            options.shutdown_timeout, milliseconds(0));
  configuration.on_error = options.on_error;
  settings.keep("on_error", options.on_error ? "user-written" : "one line on stderr",
                options.on_error ? Origin::code : Origin::built_in);
  configuration.profiler_view = options.profiler_view;
  settings.keep("profiler_view", options.profiler_view ? "true" : "false",
                options.profiler_view ? Origin::built_in : Origin::code);
  choose_tracer_configurator(options, settings, configuration);
}

// Null: code says one, or there is no file that does; the variables are silent where there is one.
SamplerPtr choose_sampler_of_file(const Options& options, Settings& settings) {
  const FileConfiguration* file = settings.file();
  if (options.sampler != nullptr || file == nullptr || file->sampler == nullptr) return nullptr;
  settings.keep_from_file("sampler", file->sampler->description(), file->sampler_place);
  return file->sampler;
}

// A part that cannot be decided, for memory or for what a user's object throws, costs that part.
template <class Decide>
void contained(const Settings& settings, const char* part, Decide decide) {
  try {
    decide();
  } catch (const std::exception& exception) {
    settings.report(ErrorCode::resource_exhausted, std::string("Options::") + part +
                                                       " could not be taken (" + exception.what() +
                                                       "); the default is used");
  } catch (...) {
    settings.report(ErrorCode::resource_exhausted,
                    std::string("Options::") + part + " could not be taken; the default is used");
  }
}

// Nothing in a disabled SDK.
void choose_what_takes_spans(const Options& options, const Components& components,
                             Settings& settings, Configuration& configuration) {
  if (configuration.disabled) {
    settings.keep_from("OTEL_SDK_DISABLED", "exporters", "none");
    settings.keep_from("OTEL_SDK_DISABLED", "processors", "none");
    return;
  }
  contained(settings, "exporters", [&] {
    configuration.exporters = choose_exporters(options, components, settings);
    keep_exporters_own(configuration.exporters, settings);
  });
  contained(settings, "processors", [&] {
    configuration.processors = choose_processors(options, settings);
    keep_processors_exporters(configuration.processors, settings);
  });
}

void compose(const Options& options, const Components& components, Settings& settings,
             Configuration& configuration) {
  configuration.disabled = settings.environment().flag("OTEL_SDK_DISABLED");
  const auto said = settings.environment().text("OTEL_SDK_DISABLED");
  if (configuration.disabled || (said && lower_case(*said) == "false")) {
    settings.keep_from("OTEL_SDK_DISABLED", "disabled", configuration.disabled ? "true" : "false");
  } else {
    settings.keep("disabled", "false", Origin::built_in);
  }
  configuration.log_level = choose_log_level(settings);
  configuration.sampler = samplers::parent_based(samplers::always_on());
  contained(settings, "resource", [&] { choose_resource(options, settings, configuration); });
  contained(settings, "sampler", [&] {
    configuration.sampler = choose_sampler_of_file(options, settings);
    if (configuration.sampler == nullptr) {
      configuration.sampler = choose_sampler(options, components, settings);
    }
  });
  contained(settings, "propagators",
            [&] { configuration.propagators = choose_propagators(options, components, settings); });
  choose_what_takes_spans(options, components, settings, configuration);
  contained(settings, "limits",
            [&] { configuration.limits = choose_limits(options.limits, settings); });
  contained(settings, "batch",
            [&] { configuration.batch = choose_batch(options.batch, settings); });
  contained(settings, "stats",
            [&] { configuration.stats = choose_stats(options.stats, settings); });
  contained(settings, "on_error", [&] { choose_the_rest(options, settings, configuration); });
}

constexpr const char* kFileVariable = "OTEL_CONFIG_FILE";

// Null: there is none, or it cannot be used; then the variables hold.
std::shared_ptr<const FileConfiguration> read_file(const Environment& variables,
                                                   const Environment::Getter& getter,
                                                   const ErrorSink& sink) {
  const auto path = variables.text(kFileVariable);
  if (!path) return nullptr;
  if (read_config_file != nullptr) return read_config_file(*path, getter, sink);
  variables.refuse(kFileVariable, *path,
                   "needs weft::config, which is not linked (CMake: target_link_libraries(app "
                   "PRIVATE weft::config))",
                   "the other variables are used");
  return nullptr;
}

void keep_file(const FileConfiguration& file, bool is_of_code, Settings& settings) {
  if (is_of_code) return settings.keep("config_file", file.path, Origin::code);
  settings.keep_from(kFileVariable, "config_file", file.path);
}

// The file takes the place of every variable of the specification's ("Declarative configuration").
Environment in_place_of_variables(const FileConfiguration& file, Environment::Getter getter,
                                  const ErrorSink& sink) {
  const auto find = [&file](const char* name) {
    const auto found = file.variables.find(std::string_view(name));
    return found != file.variables.end() ? &found->second : nullptr;
  };
  const auto text = [find,
                     getter = std::move(getter)](const char* name) -> std::optional<std::string> {
    if (const auto* value = find(name)) return value->text;
    if (std::string_view(name).starts_with("OTEL_")) return std::nullopt;
    return getter(name);
  };
  return {text, sink, [find](const char* name) {
            const auto* value = find(name);
            return value != nullptr ? value->place : std::string();
          }};
}

}  // namespace

std::string Configuration::to_string() const {
  std::string text;
  for (const Setting& setting : settings) text += detail::to_string(setting) + "\n";
  return text;
}

Configuration finalize(Options options, const Components& components, Environment::Getter getter,
                       ErrorSink sink) noexcept {
  Configuration configuration;
  const std::uint64_t thrown_before = user_exceptions_here();
  try {
    const Environment variables(getter, sink);
    const auto file = options.file != nullptr ? options.file : read_file(variables, getter, sink);
    const Environment environment =
        file != nullptr ? in_place_of_variables(*file, std::move(getter), sink) : variables;
    Settings settings(environment, std::move(sink), file.get());
    if (file != nullptr) keep_file(*file, options.file != nullptr, settings);
    compose(options, components, settings, configuration);
    configuration.settings = std::move(settings).take();
    configuration.user_exceptions = user_exceptions_here() - thrown_before;
  } catch (...) {
    // There is not even memory to say so: no telemetry, and the program goes on.
    configuration.disabled = true;
  }
  return configuration;
}

Configuration finalize(Options options, const Components& components) noexcept {
  try {
    return finalize(
        std::move(options), components, process_variable,
        [](ErrorCode code, std::string what) { error_reporter().report(code, std::move(what)); });
  } catch (...) {
    Configuration configuration;
    configuration.disabled = true;
    return configuration;
  }
}

}  // namespace weft::inline v0::detail
