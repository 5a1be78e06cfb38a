// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <httplib.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <weft/httplib/layout.hpp>
#include <weft/version.hpp>

namespace weft::inline v0::httplib {

namespace detail {
struct ServerSettings;
class SocketStream;
}  // namespace detail

struct ServerOptions {
  /// Headers to record as `http.request.header.<lowercase key>`; none unless listed.
  std::vector<std::string> request_headers{};
  /// … and as `http.response.header.<lowercase key>`, of responses made by a routed handler.
  std::vector<std::string> response_headers{};
};

/// A `::httplib::Server` whose every request runs inside a span of kind `server`, from the end of
/// its headers until the response is written. The span is current in the handlers, in the routing
/// hooks and in the logger; its parent, the baggage and a request id come from the headers. Each
/// request has a Context of its own: variables that it sets are gone with it. What is recorded is
/// OpenTelemetry's HTTP server span.
///
///     weft::httplib::Server server;
///     server.Get("/orders/{id}", [](const httplib::Request& request, httplib::Response& response)
///     {
///       response.set_content(find_order(request.matches[1]), "application/json");
///     });
///     server.listen("127.0.0.1", 8080);
///
/// A pattern is a regular expression, as ever; besides, `{name}` stands for one segment of the
/// path. It becomes `http.route` as it is written. Handlers that are registered through a reference
/// to
/// `::httplib::Server` run inside the span too, but have no route.
///
/// cpp-httplib 0.11 percent-decodes the values of headers, which damages `baggage`; this class
/// reads them from the wire for propagation, and leaves `Request::headers` as the library made
/// them. Requests that the library refuses before it has their headers make no span. Make it before
/// `listen`; the rules about threads are the base's. An exception from a handler is recorded and
/// goes on to the base.
class WEFT_API Server : public ::httplib::Server {
 public:
  explicit Server(const ServerOptions& options = {}) : settings_(make_settings(options)) {
    detail::Layout::check();
  }
  ~Server() override;

  Server& Get(const std::string& pattern, Handler handler);
  Server& Post(const std::string& pattern, Handler handler);
  Server& Post(const std::string& pattern, HandlerWithContentReader handler);
  Server& Put(const std::string& pattern, Handler handler);
  Server& Put(const std::string& pattern, HandlerWithContentReader handler);
  Server& Patch(const std::string& pattern, Handler handler);
  Server& Patch(const std::string& pattern, HandlerWithContentReader handler);
  Server& Delete(const std::string& pattern, Handler handler);
  Server& Delete(const std::string& pattern, HandlerWithContentReader handler);
  Server& Options(const std::string& pattern, Handler handler);

 private:
  using Settings = std::shared_ptr<const detail::ServerSettings>;
  static Settings make_settings(const ServerOptions& options);
  bool process_and_close_socket(socket_t sock) override;
  bool serve_one(detail::SocketStream& stream, bool last, bool& closed);

  Settings settings_;
};

/// One traced handler, for a server whose class one cannot change, such as `::httplib::SSLServer`:
///
///     server.Get(weft::httplib::pattern("/orders/{id}"),
///                weft::httplib::traced("/orders/{id}", handler));
///
/// The span covers the handler alone. What the library's decoding did to `baggage` is undone but
/// for values that hold an encoded comma or semicolon: those are read as separators.
WEFT_API ::httplib::Server::Handler traced(std::string route, ::httplib::Server::Handler handler,
                                           const ServerOptions& options = {});
WEFT_API ::httplib::Server::HandlerWithContentReader traced(
    std::string route, ::httplib::Server::HandlerWithContentReader handler,
    const ServerOptions& options = {});

/// The regular expression for a route: each `{name}` becomes a group that takes one segment.
WEFT_API std::string pattern(std::string_view route);

}  // namespace weft::inline v0::httplib
