// SPDX-License-Identifier: Apache-2.0
#include "tracer/chosen_parts.hpp"

#include <algorithm>
#include <exception>
#include <typeinfo>

#include "platform/error_reporter.hpp"
#include "platform/type_name.hpp"
#include "processor/async_exporter.hpp"
#include "processor/processor_access.hpp"

namespace weft::inline v0::detail {

namespace {

using ExporterPlaces = FileConfiguration::ExporterPlaces;

constexpr const char* kExporterVariable = "OTEL_TRACES_EXPORTER";
constexpr const char* kPropagatorVariable = "OTEL_PROPAGATORS";

// Without nulls and repeats: each is one Error. An exporter that is there twice would be called by
// two threads at once.
template <class Part>
std::vector<std::shared_ptr<Part>> usable(const std::vector<std::shared_ptr<Part>>& parts,
                                          const char* name, const Settings& settings) {
  std::vector<std::shared_ptr<Part>> kept;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::string place = std::string(name) + "[" + std::to_string(i) + "]";
    if (parts[i] == nullptr) {
      settings.refuse_part(place, "is null; it is ignored");
    } else if (std::find(kept.begin(), kept.end(), parts[i]) != kept.end()) {
      settings.refuse_part(place, "is in the list already; it is ignored");
    } else {
      kept.push_back(parts[i]);
    }
  }
  return kept;
}

void append(std::string& list, std::string_view name) {
  if (!list.empty()) list += ", ";
  list += name;
}

template <class Part>
std::string type_names(const std::vector<std::shared_ptr<Part>>& parts) {
  std::string list;
  for (const std::shared_ptr<Part>& part : parts) {
    const Part& object = *part;
    append(list, type_name(typeid(object)));
  }
  return list.empty() ? "none" : list;
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& one) { return lower_case(one) == name; });
}

// The names of a list variable; `none` excludes the others.
std::vector<std::string> listed_names(const char* variable, const Settings& settings) {
  const Environment& environment = settings.environment();
  std::vector<std::string> names = environment.names(variable);
  if (names.size() > 1 && contains(names, "none")) {
    environment.refuse(variable, environment.text(variable).value_or(""),
                       "names others beside none", "none is used");
    names = {"none"};
  }
  return names;
}

void report_exporter(const Error& error) { error_reporter().report(error.code, error.what); }

// Null when it cannot be had; an unknown name is the caller's to report.
ExporterPtr make_exporter(const Components& components, const std::string& name,
                          const Settings& settings) {
  try {
    return components.make_exporter(name, report_exporter);
  } catch (const std::exception& exception) {
    settings.report(ErrorCode::resource_exhausted,
                    "the exporter " + name + " could not be made: " + exception.what());
  }
  return nullptr;
}

// `instead` is what holds when none of the names can be had.
std::vector<ExporterPtr> exporters_by_name(const std::vector<std::string>& names,
                                           const Components& components, const Settings& settings,
                                           const char* instead, std::string& made) {
  std::vector<ExporterPtr> exporters;
  std::vector<std::string> unknown;
  for (const std::string& name : names) {
    ExporterPtr exporter = make_exporter(components, lower_case(name), settings);
    if (exporter == nullptr) {
      unknown.push_back(name);
    } else {
      append(made, lower_case(name));
      exporters.push_back(std::move(exporter));
    }
  }
  for (const std::string& name : unknown) {
    settings.environment().refuse(
        kExporterVariable, name,
        "is no exporter that can be had here, such as otlp, otlp/stdout, zipkin, console or none",
        exporters.empty() ? instead : "it is left out");
  }
  return exporters;
}

// Of an option that the file says its line; an exporter that refused it has the default instead.
void keep_from_file(const Setting& setting, const std::string& name, const ExporterPlaces& places,
                    Settings& settings) {
  const auto said = places.options.find(setting.name);
  const bool is_said = said != places.options.end();
  if (setting.origin == Origin::code) {
    settings.keep_from_file(name, setting.value, is_said ? said->second.place : places.whole);
  } else if (setting.origin == Origin::built_in && is_said && said->second.text == setting.value) {
    settings.keep_from_file(name, setting.value, said->second.place);
  } else {
    settings.keep({name, setting.value, setting.origin, setting.source});
  }
}

// What a user's exporter throws costs its lines. `places` is null unless it is the file's.
void describe(SpanExporter& exporter, const std::string& name, const ExporterPlaces* places,
              Settings& settings) {
  std::vector<Setting> own;
  try {
    if (const auto face = exporter.async_exporter()) own = face->settings();
  } catch (...) {
    settings.refuse_part(name, "threw; it is not described");
  }
  for (const Setting& setting : own) {
    const std::string full = name + "." + setting.name;
    if (places != nullptr) {
      keep_from_file(setting, full, *places, settings);
    } else {
      settings.keep({full, setting.value, setting.origin, setting.source});
    }
  }
}

}  // namespace

std::vector<ExporterPtr> choose_exporters(const Options& options, const Components& components,
                                          Settings& settings) {
  std::vector<ExporterPtr> exporters = usable(options.exporters, "exporters", settings);
  if (!exporters.empty()) {
    settings.keep("exporters", type_names(exporters), Origin::code);
    return exporters;
  }
  if (const FileConfiguration* file = settings.file()) {
    const std::string text = file->exporters_text.empty() ? "none" : file->exporters_text;
    settings.keep_from_file("exporters", text, file->processors_place);
    return file->exporters;
  }
  const std::vector<std::string> names = listed_names(kExporterVariable, settings);
  if (contains(names, "none")) {
    settings.keep_from(kExporterVariable, "exporters", "none");
    return exporters;
  }
  if (components.make_exporter == nullptr) {
    if (!names.empty()) {
      settings.environment().refuse(kExporterVariable, names.front(),
                                    "needs weft::exporters, which is not linked",
                                    "nothing is exported");
    }
    settings.keep("exporters", "none", Origin::built_in);
    return exporters;
  }
  std::string made;
  exporters = exporters_by_name(names, components, settings, "otlp is used", made);
  if (!exporters.empty()) {
    settings.keep_from(kExporterVariable, "exporters", made);
    return exporters;
  }
  exporters = exporters_by_name({"otlp"}, components, settings, "nothing is exported", made);
  settings.keep("exporters", made.empty() ? "none" : made, Origin::built_in);
  return exporters;
}

void keep_exporters_own(const std::vector<ExporterPtr>& exporters, Settings& settings) {
  const FileConfiguration* file = settings.file();
  const bool is_of_file = file != nullptr && exporters == file->exporters;
  for (std::size_t i = 0; i < exporters.size(); ++i) {
    describe(*exporters[i], "exporters[" + std::to_string(i) + "]",
             is_of_file ? &file->exporter_places[i] : nullptr, settings);
  }
}

void keep_processors_exporters(const std::vector<ProcessorPtr>& processors, Settings& settings) {
  const FileConfiguration* file = settings.file();
  const bool is_of_file = file != nullptr && processors == file->processors;
  for (std::size_t i = 0; i < processors.size(); ++i) {
    ExporterPtr exporter = exporter_of(*processors[i]);
    if (exporter == nullptr) exporter = simple_exporter_of(*processors[i]);
    if (exporter == nullptr) continue;
    describe(*exporter, "processors[" + std::to_string(i) + "].exporter",
             is_of_file ? &file->processor_places[i] : nullptr, settings);
  }
}

std::vector<ProcessorPtr> choose_processors(const Options& options, Settings& settings) {
  std::vector<ProcessorPtr> processors = usable(options.processors, "processors", settings);
  const FileConfiguration* file = settings.file();
  if (processors.empty() && options.exporters.empty() && file != nullptr) {
    const std::string text = file->processors_text.empty() ? "none" : file->processors_text;
    settings.keep_from_file("processors", text, file->processors_place);
    return file->processors;
  }
  settings.keep("processors", type_names(processors),
                processors.empty() ? Origin::built_in : Origin::code);
  return processors;
}

std::optional<std::vector<PropagatorPtr>> choose_propagators(const Options& options,
                                                             const Components& components,
                                                             Settings& settings) {
  std::vector<PropagatorPtr> propagators = usable(options.propagators, "propagators", settings);
  if (!propagators.empty()) {
    settings.keep("propagators", type_names(propagators), Origin::code);
    return propagators;
  }
  const std::vector<std::string> names = listed_names(kPropagatorVariable, settings);
  if (contains(names, "none")) {
    settings.keep_from(kPropagatorVariable, "propagators", "none");
    return propagators;
  }
  std::string made;
  for (const std::string& name : names) {
    PropagatorPtr propagator = components.make_propagator != nullptr
                                   ? components.make_propagator(lower_case(name))
                                   : nullptr;
    if (propagator == nullptr) {
      settings.environment().refuse(
          kPropagatorVariable, name,
          "is no propagator that can be had here, such as tracecontext, baggage, b3, b3multi, "
          "jaeger, ottrace, requestid or none",
          "it is ignored");
    } else {
      append(made, lower_case(name));
      propagators.push_back(std::move(propagator));
    }
  }
  // The default ones need no object, and are the fastest.
  const bool is_default = made.empty() || made == "tracecontext, baggage";
  if (made.empty()) {
    settings.keep("propagators", "tracecontext, baggage", Origin::built_in);
  } else {
    settings.keep_from(kPropagatorVariable, "propagators", made);
  }
  if (is_default) return std::nullopt;
  return propagators;
}

}  // namespace weft::inline v0::detail
