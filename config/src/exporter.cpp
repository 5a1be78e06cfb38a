// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <string_view>
#include <utility>

#include <weft/exporters/exporters.hpp>

#include "components.hpp"
#include "plugins.hpp"
#include "transport.hpp"

namespace weft::inline v0::config {

namespace {

ExporterPtr otlp_http(Section& section) {
  exporters::OtlpHttpOptions options;
  read_transport(section, options);
  Section tls = section.section("tls");
  read_tls_files(tls, options.tls);
  tls.finish();
  const std::string* encoding = section.text("encoding");
  if (encoding != nullptr && *encoding == "json") {
    options.encoding = exporters::Encoding::json;
  } else if (encoding != nullptr && *encoding != "protobuf") {
    section.report().refuse(*section.any("encoding"), section.path("encoding"),
                            "is neither protobuf nor json", "protobuf is used");
  }
  return exporters::otlp_http(std::move(options));
}

ExporterPtr otlp_grpc(Section& section) {
  exporters::OtlpGrpcOptions options;
  read_transport(section, options);
  Section tls = section.section("tls");
  read_tls_files(tls, options.tls);
  if (const Properties* insecure = tls.get("insecure")) {
    if (insecure->boolean() == nullptr) {
      section.report().refuse(*insecure, tls.path("insecure"), "is neither true nor false",
                              "false is used");
    }
    options.insecure = insecure->boolean() != nullptr && *insecure->boolean();
  }
  tls.finish();
  return exporters::otlp_grpc(std::move(options));
}

ExporterPtr otlp_file(Section& section) {
  exporters::OtlpFileOptions options;
  constexpr std::string_view kScheme = "file://";
  if (const std::string* stream = section.text("output_stream"); stream && *stream != "stdout") {
    if (stream->starts_with(kScheme)) {
      options.path = stream->substr(kScheme.size());
    } else {
      section.report().refuse(*section.any("output_stream"), section.path("output_stream"),
                              "is neither stdout nor a file:// URL", "stdout is used");
    }
  }
  return exporters::otlp_file(std::move(options));
}

ExporterPtr zipkin(Section& section) {
  exporters::ZipkinOptions options{.use_environment = false};
  if (const std::string* endpoint = section.text("endpoint")) options.endpoint = *endpoint;
  if (const auto* timeout = section.integer("timeout", "10000 ms is used")) {
    options.timeout = std::chrono::milliseconds(*timeout);
  }
  return exporters::zipkin(std::move(options));
}

ExporterPtr built_in(const std::string& name, Section& section) {
  if (name == "otlp_http") return otlp_http(section);
  if (name == "otlp_grpc") return otlp_grpc(section);
  if (name == "otlp_file/development") return otlp_file(section);
  if (name == "zipkin") return zipkin(section);
  return name == "console" ? exporters::console() : nullptr;
}

}  // namespace

ExporterPtr create_exporter(const Properties* node, const std::string& path, const Report& report,
                            std::string& name) {
  if (node == nullptr) return nullptr;
  Section section(node, path, report);
  name = section.only_key();
  if (name.empty()) return nullptr;
  const Properties& inner = *section.any(name);
  const std::string inner_path = path + "." + name;
  if (const auto provider = exporter_provider(name)) {
    return provided(provider, inner, inner_path, report);
  }
  Section parameters(&inner, inner_path, report);
  ExporterPtr exporter = built_in(name, parameters);
  if (exporter != nullptr) {
    parameters.finish();
    return exporter;
  }
  report.tell(inner.line(),
              inner_path + " is no exporter, and nobody registered it; it is left out");
  return nullptr;
}

}  // namespace weft::inline v0::config
