// SPDX-License-Identifier: Apache-2.0
#include "without_iostream.hpp"

#include <weft/httplib/client.hpp>

#include <arpa/inet.h>

#include <weft/attributes.hpp>
#include <weft/propagation.hpp>
#include <weft/tracer.hpp>

#include "http_conventions.hpp"
#include "socket_stream.hpp"

namespace weft::inline v0::httplib {

namespace detail {

struct ClientSettings {
  std::string scheme;
  Authority server;
  KnownMethods methods;
};

namespace {

constexpr Tracer kTracer{"weft.httplib", WEFT_VERSION_STRING};

ClientSettings settings_for(std::string_view scheme_host_port) {
  ClientSettings settings;
  settings.scheme = "http";
  if (const auto end = scheme_host_port.find("://"); end != std::string_view::npos) {
    settings.scheme = scheme_host_port.substr(0, end);
    scheme_host_port.remove_prefix(end + 3);
  }
  if (auto server = parse_authority(scheme_host_port)) settings.server = std::move(*server);
  if (settings.server.port < 0) settings.server.port = settings.scheme == "https" ? 443 : 80;
  return settings;
}

std::string url_of(const ClientSettings& settings, std::string_view path) {
  if (path.find("://") != std::string_view::npos && !path.starts_with('/')) {
    return redact_url(path);  // an absolute target, for a proxy
  }
  const bool is_v6 = settings.server.host.find(':') != std::string::npos;
  std::string url = settings.scheme + "://";
  url += is_v6 ? "[" + settings.server.host + "]" : settings.server.host;
  const int usual = settings.scheme == "https" ? 443 : 80;
  if (settings.server.port != usual) url += ":" + std::to_string(settings.server.port);
  return redact_url(url.append(path));
}

Attributes attributes_of(const ClientSettings& settings, std::string_view method,
                         std::string_view path) {
  Attributes out;
  const bool known = settings.methods.contains(method);
  out.set("http.request.method", known ? method : "_OTHER");
  if (!known) out.set("http.request.method_original", method);
  out.set("server.address", settings.server.host);
  out.set("server.port", settings.server.port);
  out.set("url.full", url_of(settings, path));
  return out;
}

/// Small fixed identifiers; empty: no error. Giving up on purpose is none.
std::string_view error_type(::httplib::Error error) noexcept {
  switch (error) {
    case ::httplib::Error::Success:
    case ::httplib::Error::Canceled:
      return {};
    case ::httplib::Error::Connection:
    case ::httplib::Error::BindIPAddress:
      return "connection_failed";
    case ::httplib::Error::ConnectionTimeout:
      return "timeout";
    case ::httplib::Error::Read:
      return "read_failed";
    case ::httplib::Error::Write:
      return "write_failed";
    case ::httplib::Error::ExceedRedirectCount:
      return "too_many_redirects";
    case ::httplib::Error::SSLConnection:
      return "tls_handshake_failed";
    case ::httplib::Error::SSLLoadingCerts:
    case ::httplib::Error::SSLServerVerification:
      return "tls_certificate_refused";
    default:
      return "_OTHER";
  }
}

void set_peer(Span& span, const Authority& server, int sock) {
  std::string ip;
  int port = 0;
  if (sock >= 0 && peer_of(sock, ip, port)) {
    span.set_attributes({{"network.peer.address", ip}, {"network.peer.port", port}});
    return;
  }
  in6_addr address{};  // the connection is closed; an address that was given as a number is known
  if (::inet_pton(AF_INET, server.host.c_str(), &address) == 1 ||
      ::inet_pton(AF_INET6, server.host.c_str(), &address) == 1) {
    span.set_attributes(
        {{"network.peer.address", server.host}, {"network.peer.port", server.port}});
  }
}

}  // namespace

ClientSpan::ClientSpan(const ClientSettings& settings, std::string_view method,
                       const std::string& path)
    : settings_(settings),
      span_(kTracer.start(
          settings.methods.contains(method) ? method : "HTTP",
          {.kind = SpanKind::client, .attributes = attributes_of(settings, method, path)})) {}

void ClientSpan::inject(::httplib::Headers& headers) const { weft::inject(headers); }

void ClientSpan::finish(const ::httplib::Response* response, ::httplib::Error error, int sock) {
  if (response != nullptr) {
    span_.set_attribute("http.response.status_code", response->status);
    if (const auto version = protocol_version(response->version); !version.empty()) {
      span_.set_attribute("network.protocol.version", version);
    }
    set_peer(span_, settings_.server, sock);
    if (response->status >= 400) {
      span_.set_attribute("error.type", std::to_string(response->status));
      span_.set_status(StatusCode::error);
    }
  } else if (const auto type = error_type(error); !type.empty()) {
    span_.set_attribute("error.type", type);
    span_.set_status(StatusCode::error, ::httplib::to_string(error));
  }
  span_.end();
}

}  // namespace detail

Client::Client(const std::string& scheme_host_port)
    : ::httplib::Client(scheme_host_port),
      settings_(std::make_unique<detail::ClientSettings>(detail::settings_for(scheme_host_port))) {}

Client::Client(const std::string& scheme_host_port, const std::string& certificate_path,
               const std::string& key_path)
    : ::httplib::Client(scheme_host_port, certificate_path, key_path),
      settings_(std::make_unique<detail::ClientSettings>(detail::settings_for(scheme_host_port))) {}

Client::Client(const std::string& host, int port)
    : ::httplib::Client(host, port),
      settings_(std::make_unique<detail::ClientSettings>(
          detail::ClientSettings{"http", {host, port}, {}})) {}

Client::Client(const std::string& host, int port, const std::string& certificate_path,
               const std::string& key_path)
    : ::httplib::Client(host, port, certificate_path, key_path),
      settings_(std::make_unique<detail::ClientSettings>(
          detail::ClientSettings{"http", {host, port}, {}})) {}

Client::Client(Client&&) noexcept = default;
Client::~Client() = default;

int Client::socket_or_none() const { return is_socket_open() != 0 ? socket() : -1; }

bool Client::send(Request& request, Response& response, ::httplib::Error& error) {
  detail::Layout::check();
  detail::ClientSpan span(*settings_, request.method, request.path);
  span.inject(request.headers);
  const bool sent = base().send(request, response, error);
  span.finish(sent ? &response : nullptr, error, socket_or_none());
  return sent;
}

Client::Result Client::send(const Request& request) {
  Request copy = request;
  detail::ClientSpan span(*settings_, copy.method, copy.path);
  span.inject(copy.headers);
  Result result = base().send(copy);
  span.finish(result ? &*result : nullptr, result.error(), socket_or_none());
  return result;
}

}  // namespace weft::inline v0::httplib
