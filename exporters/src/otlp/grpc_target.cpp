// SPDX-License-Identifier: Apache-2.0
#include "otlp/grpc_target.hpp"

namespace weft::inline v0::otlp {

namespace {

constexpr const char* kExport = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

// `dns:host:port`, `dns:///host:port`, `dns://resolver/host:port`: the resolver is the system's.
std::string_view without_dns(std::string_view text) noexcept {
  if (!text.starts_with("dns:")) return text;
  text.remove_prefix(4);
  if (!text.starts_with("//")) return text;
  const std::size_t slash = text.find('/', 2);
  return slash == text.npos ? std::string_view() : text.substr(slash + 1);
}

}  // namespace

std::optional<wire::Endpoint> parse_grpc_target(std::string_view text, bool insecure,
                                                std::string& why) {
  std::string url(without_dns(text));
  const bool has_scheme = url.find("://") != url.npos || wire::is_unix_endpoint(url);
  if (!has_scheme) url.insert(0, insecure ? "http://" : "https://");
  auto endpoint = wire::parse_endpoint(url, why);
  if (endpoint) wire::set_path(*endpoint, kExport);
  return endpoint;
}

}  // namespace weft::inline v0::otlp
