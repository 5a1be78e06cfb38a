// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>
#include <string>

#include <weft/config.hpp>
#include <weft/version.hpp>

#include "report.hpp"
#include "tracer/config_file.hpp"

// The components that the parts of a file describe.

namespace weft::inline v0::config {

using Configured = detail::FileConfiguration;
using ExporterPlaces = Configured::ExporterPlaces;

/// A value of the file that says what a variable says.
void put(Configured& configured, const char* variable, std::string text, int line,
         const Section& section, std::string_view key);
/// The same of a whole number under `key`; nothing when it is absent.
void put_number(Configured& configured, const char* variable, Section& section,
                std::string_view key);

void create_resource(Section& top, Configured& configured);
void create_propagator(Section& top, Configured& configured);
void create_tracer_provider(Section& top, Configured& configured);
/// What stands under `tracer_configurator/development`.
void create_tracer_configurator(Section& provider, Configured& configured);
void create_processor(const Properties& item, const std::string& path, const Report& report,
                      Configured& configured);

/// Null, and told, when it cannot be had.
ExporterPtr create_exporter(const Properties* node, const std::string& path, const Report& report,
                            std::string& name);
/// Where what stands under `exporter` says its options.
ExporterPlaces exporter_places(const Properties& exporter, const std::string& path,
                               const Report& report);
SamplerPtr create_sampler(const Properties& node, const std::string& path, const Report& report);
/// The same of what stands under `composite/development`.
SamplerPtr create_composite(const Properties& node, const std::string& path, const Report& report);
/// `ratio` as a number from 0 to 1; 1 where it is none, which is told, or absent.
double read_ratio(Section& section);

/// Asks a user's provider; what it throws, or null, is told.
template <class Provider>
auto provided(const Provider& provider, const Properties& node, const std::string& path,
              const Report& report) -> decltype(provider(node)) {
  std::string problem = "its provider refused it";
  try {
    if (auto component = provider(node)) return component;
  } catch (const std::exception& exception) {
    problem = std::string("its provider threw (") + exception.what() + ")";
  } catch (...) {
    problem = "its provider threw";
  }
  report.tell(node.line(), path + ": " + problem + "; it is left out");
  return nullptr;
}

}  // namespace weft::inline v0::config
