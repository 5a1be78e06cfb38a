// SPDX-License-Identifier: Apache-2.0
#include "server_span.hpp"

#include <cxxabi.h>

#include <cstdlib>

#include <weft/attributes.hpp>
#include <weft/propagation.hpp>
#include <weft/tracer.hpp>

namespace weft::inline v0::httplib::detail {
namespace {

constexpr Tracer kTracer{"weft.httplib", WEFT_VERSION_STRING};

constinit thread_local ServerSpan* current_server_span = nullptr;

/// The request's target in its parts. An absolute one names its own authority.
struct Target {
  std::string_view authority;
  std::string_view path;
  std::string_view query;
};

Target parse_target(std::string_view target) {
  Target parts;
  if (const auto scheme = target.find("://");
      scheme != std::string_view::npos && !target.starts_with('/')) {
    target.remove_prefix(scheme + 3);
    parts.authority = target.substr(0, target.find_first_of("/?"));
    target.remove_prefix(parts.authority.size());
  }
  const auto query = target.find('?');
  parts.path = target.substr(0, query);
  if (query != std::string_view::npos) parts.query = target.substr(query + 1);
  return parts;
}

std::string name_of(const KnownMethods& methods, std::string_view method) {
  return std::string(methods.contains(method) ? method : "HTTP");
}

void set_server(Attributes& out, std::string_view authority, const HeaderList& headers) {
  if (const auto* host = find_header(headers, "host"); authority.empty() && host != nullptr) {
    authority = *host;
  }
  if (const auto server = parse_authority(authority)) {
    out.set("server.address", server->host);
    if (server->port > 0) out.set("server.port", server->port);
  }
}

void set_peer(Attributes& out, const ::httplib::Request& request, const HeaderList& headers) {
  if (request.remote_addr.empty()) return;
  out.set("client.address", client_address(headers, request.remote_addr));
  out.set("network.peer.address", request.remote_addr);
  if (request.remote_port > 0) out.set("network.peer.port", request.remote_port);
}

bool is_tls([[maybe_unused]] const ::httplib::Request& request) {
#ifdef CPPHTTPLIB_OPENSSL_SUPPORT
  return request.ssl != nullptr;
#else
  return false;
#endif
}

void set_listed_headers(Attributes& out, const ServerSettings& settings,
                        const HeaderList& headers) {
  for (const auto& wanted : settings.request_headers) {
    std::vector<std::string_view> values;
    for (const auto& [name, value] : headers) {
      if (lower_case(name) == wanted.name) values.emplace_back(value);
    }
    if (!values.empty()) out.set(wanted.attribute, values);
  }
}

Attributes attributes_of(const ServerSettings& settings, const ::httplib::Request& request,
                         const HeaderList& headers) {
  Attributes out;
  const bool known = settings.methods.contains(request.method);
  out.set("http.request.method", known ? std::string_view(request.method) : "_OTHER");
  if (!known) out.set("http.request.method_original", request.method);
  const Target target = parse_target(request.target);
  out.set("url.path", target.path);
  out.set("url.scheme", is_tls(request) ? "https" : "http");
  if (!target.query.empty()) out.set("url.query", redact_query(target.query));
  set_server(out, target.authority, headers);
  set_peer(out, request, headers);
  if (const auto version = protocol_version(request.version); !version.empty()) {
    out.set("network.protocol.version", version);
  }
  if (const auto* agent = find_header(headers, "user-agent")) {
    out.set("user_agent.original", *agent);
  }
  set_listed_headers(out, settings, headers);
  return out;
}

std::string demangled(const std::type_info& type) {
  int status = 0;
  char* text = abi::__cxa_demangle(type.name(), nullptr, nullptr, &status);
  std::string name = status == 0 && text != nullptr ? text : type.name();
  std::free(text);
  return name;
}

std::vector<ServerSettings::RecordedHeader> recorded(const std::vector<std::string>& names,
                                                     std::string_view prefix) {
  std::vector<ServerSettings::RecordedHeader> out;
  for (const auto& name : names) {
    const std::string key = lower_case(name);
    out.push_back({key, std::string(prefix) + key});
  }
  return out;
}

}  // namespace

ServerSettings::ServerSettings(const ServerOptions& options)
    : request_headers(recorded(options.request_headers, "http.request.header.")),
      response_headers(recorded(options.response_headers, "http.response.header.")) {}

ServerSpan::ServerSpan(const ServerSettings& settings, const ::httplib::Request& request,
                       const HeaderList& headers)
    : settings_(settings),
      method_(name_of(settings.methods, request.method)),
      outer_(std::exchange(current_server_span, this)),
      span_(kTracer.start(method_, {.kind = SpanKind::server,
                                    .parent = extract(headers),
                                    .attributes = attributes_of(settings, request, headers)})) {}

ServerSpan::~ServerSpan() { current_server_span = outer_; }

ServerSpan* ServerSpan::current() noexcept { return current_server_span; }

void ServerSpan::route(std::string_view route) {
  span_.update_name(method_ + " " + std::string(route));
  span_.set_attribute("http.route", route);
}

void ServerSpan::record_current_exception() {
  if (const std::type_info* type = abi::__cxa_current_exception_type()) {
    exception_type_ = demangled(*type);
  }
  try {
    throw;
  } catch (const std::exception& exception) {
    span_.record_exception(exception);
  } catch (...) {
    span_.add_event("exception", {{"exception.type", exception_type_}});
  }
}

void ServerSpan::record(const ::httplib::Response& response) {
  for (const auto& wanted : settings_.response_headers) {
    std::vector<std::string_view> values;
    const auto [first, last] = response.headers.equal_range(wanted.name);
    for (auto it = first; it != last; ++it) values.emplace_back(it->second);
    if (!values.empty()) span_.set_attribute(wanted.attribute, values);
  }
}

void ServerSpan::finish(int status) {
  if (status > 0) span_.set_attribute("http.response.status_code", status);
  const bool unanswered = status == 0 && !exception_type_.empty();
  if (status >= 500 || unanswered) {  // 4xx is the client's fault: no error of the server
    span_.set_attribute("error.type",
                        exception_type_.empty() ? std::to_string(status) : exception_type_);
    span_.set_status(StatusCode::error);
  }
  span_.end();
}

}  // namespace weft::inline v0::httplib::detail
