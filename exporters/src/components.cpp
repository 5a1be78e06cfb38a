// SPDX-License-Identifier: Apache-2.0
#include <string_view>

#include <weft/exporters/exporters.hpp>
#include <weft/propagators/propagators.hpp>

#include "otlp/environment.hpp"
#include "processor/async_exporter.hpp"
#include "remote_sampling/argument.hpp"

namespace weft::inline v0::exporters {

namespace {

ExporterPtr make_by_name(std::string_view name) {
  if (name == "otlp") return otlp::environment_asks_for_grpc() ? otlp_grpc() : otlp_http();
  if (name == "otlp/stdout") return otlp_file();
  if (name == "zipkin") return zipkin();
  return nullptr;
}

ExporterPtr make_exporter(std::string_view name,
                          const std::function<void(const Error&)>& on_error) {
  if (name == "console") return console();
  ExporterPtr exporter = make_by_name(name);
  // What was wrong with the environment.
  if (exporter != nullptr) exporter->async_exporter()->set_error_sink(on_error);
  return exporter;
}

PropagatorPtr make_propagator(std::string_view name) { return propagators::make(name); }

SamplerPtr make_sampler(std::string_view name, std::string_view argument) {
  if (name != "jaeger_remote") return nullptr;
  return samplers::jaeger_remote(remote_sampling::read_argument(argument));
}

}  // namespace

Components components() noexcept { return {&make_exporter, &make_propagator, &make_sampler}; }

}  // namespace weft::inline v0::exporters
