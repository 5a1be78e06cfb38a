// SPDX-License-Identifier: Apache-2.0
#include "without_iostream.hpp"

#include <weft/httplib/server.hpp>

#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <optional>

#include <weft/context.hpp>

#include "request_head.hpp"
#include "server_span.hpp"
#include "socket_stream.hpp"

namespace weft::inline v0::httplib {

namespace detail {

template <std::size_t RequestSize, std::size_t ClientSize>
void CompileWithPkgConfigFlagsOfCppHttplib<RequestSize, ClientSize>::check() noexcept {}
template struct CompileWithPkgConfigFlagsOfCppHttplib<sizeof(::httplib::Request),
                                                      sizeof(::httplib::Client)>;

namespace {

/// Headers as the library decoded them, with `baggage` made readable again.
HeaderList repaired(const ::httplib::Headers& headers) {
  HeaderList out;
  for (const auto& [name, value] : headers) {
    out.emplace_back(name, lower_case(name) == "baggage" ? encode_baggage_again(value) : value);
  }
  return out;
}

/// Calls the handler and says what became of it, to the span of the request.
template <class Call>
void call_routed(ServerSpan& span, const std::string& route, const ::httplib::Response& response,
                 Call&& call) {
  span.route(route);
  try {
    call();
  } catch (...) {
    span.record_current_exception();
    throw;
  }
  span.record(response);
}

/// The status that the library will give a response whose handler set none.
int status_after(const ::httplib::Request& request, const ::httplib::Response& response) {
  if (response.status != -1) return response.status;
  return request.ranges.empty() ? 200 : 206;
}

/// Inside the span of a traced server it adds the route; anywhere else it makes the span.
template <class Call>
void trace_handler(const ServerSettings& settings, const std::string& route,
                   const ::httplib::Request& request, const ::httplib::Response& response,
                   Call&& call) {
  if (ServerSpan* span = ServerSpan::current()) return call_routed(*span, route, response, call);
  Context context = copy_context();  // what the handler sets ends with the request
  context.run([&] {
    ServerSpan span(settings, request, repaired(request.headers));
    try {
      call_routed(span, route, response, call);
    } catch (...) {
      span.finish(0);  // what the library answers now is not known here
      throw;
    }
    span.finish(status_after(request, response));
  });
}

using SettingsPtr = std::shared_ptr<const ServerSettings>;

::httplib::Server::Handler with_span(SettingsPtr settings, std::string route,
                                     ::httplib::Server::Handler handler) {
  return [settings = std::move(settings), route = std::move(route), handler = std::move(handler)](
             const ::httplib::Request& request, ::httplib::Response& response) {
    trace_handler(*settings, route, request, response, [&] { handler(request, response); });
  };
}

::httplib::Server::HandlerWithContentReader with_span(
    SettingsPtr settings, std::string route, ::httplib::Server::HandlerWithContentReader handler) {
  return [settings = std::move(settings), route = std::move(route), handler = std::move(handler)](
             const ::httplib::Request& request, ::httplib::Response& response,
             const ::httplib::ContentReader& read) {
    trace_handler(*settings, route, request, response, [&] { handler(request, response, read); });
  };
}

bool is_name(std::string_view text) {
  if (text.empty() || (text.front() >= '0' && text.front() <= '9')) return false;
  return text.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") ==
         std::string_view::npos;
}

}  // namespace
}  // namespace detail

std::string pattern(std::string_view route) {
  std::string out;
  while (!route.empty()) {
    const auto open = std::min(route.find('{'), route.size());
    out += route.substr(0, open);
    route.remove_prefix(open);
    const auto close = route.find('}');
    if (close != std::string_view::npos && detail::is_name(route.substr(1, close - 1))) {
      out += "([^/]+)";
      route.remove_prefix(close + 1);
    } else if (!route.empty()) {  // a repetition, such as {2}
      out += '{';
      route.remove_prefix(1);
    }
  }
  return out;
}

::httplib::Server::Handler traced(std::string route, ::httplib::Server::Handler handler,
                                  const ServerOptions& options) {
  return detail::with_span(std::make_shared<detail::ServerSettings>(options), std::move(route),
                           std::move(handler));
}

::httplib::Server::HandlerWithContentReader traced(
    std::string route, ::httplib::Server::HandlerWithContentReader handler,
    const ServerOptions& options) {
  return detail::with_span(std::make_shared<detail::ServerSettings>(options), std::move(route),
                           std::move(handler));
}

Server::~Server() = default;

Server::Settings Server::make_settings(const ServerOptions& options) {
  return std::make_shared<detail::ServerSettings>(options);
}

Server& Server::Get(const std::string& route, Handler handler) {
  ::httplib::Server::Get(httplib::pattern(route),
                         detail::with_span(settings_, route, std::move(handler)));
  return *this;
}
Server& Server::Post(const std::string& route, Handler handler) {
  ::httplib::Server::Post(httplib::pattern(route),
                          detail::with_span(settings_, route, std::move(handler)));
  return *this;
}
Server& Server::Post(const std::string& route, HandlerWithContentReader handler) {
  ::httplib::Server::Post(httplib::pattern(route),
                          detail::with_span(settings_, route, std::move(handler)));
  return *this;
}
Server& Server::Put(const std::string& route, Handler handler) {
  ::httplib::Server::Put(httplib::pattern(route),
                         detail::with_span(settings_, route, std::move(handler)));
  return *this;
}
Server& Server::Put(const std::string& route, HandlerWithContentReader handler) {
  ::httplib::Server::Put(httplib::pattern(route),
                         detail::with_span(settings_, route, std::move(handler)));
  return *this;
}
Server& Server::Patch(const std::string& route, Handler handler) {
  ::httplib::Server::Patch(httplib::pattern(route),
                           detail::with_span(settings_, route, std::move(handler)));
  return *this;
}
Server& Server::Patch(const std::string& route, HandlerWithContentReader handler) {
  ::httplib::Server::Patch(httplib::pattern(route),
                           detail::with_span(settings_, route, std::move(handler)));
  return *this;
}
Server& Server::Delete(const std::string& route, Handler handler) {
  ::httplib::Server::Delete(httplib::pattern(route),
                            detail::with_span(settings_, route, std::move(handler)));
  return *this;
}
Server& Server::Delete(const std::string& route, HandlerWithContentReader handler) {
  ::httplib::Server::Delete(httplib::pattern(route),
                            detail::with_span(settings_, route, std::move(handler)));
  return *this;
}
Server& Server::Options(const std::string& route, Handler handler) {
  ::httplib::Server::Options(httplib::pattern(route),
                             detail::with_span(settings_, route, std::move(handler)));
  return *this;
}

/// The base's loop over the requests of one connection, with a stream of ours.
bool Server::process_and_close_socket(socket_t sock) {
  using std::chrono::microseconds;
  using std::chrono::milliseconds;
  using std::chrono::seconds;
  const auto whole = [](time_t sec, time_t usec) {
    return std::chrono::ceil<milliseconds>(seconds(sec) + microseconds(usec));
  };
  detail::SocketStream stream(sock, {whole(read_timeout_sec_, read_timeout_usec_),
                                     whole(write_timeout_sec_, write_timeout_usec_)});
  bool answered = false;
  for (auto left = keep_alive_max_count_; left > 0; --left) {
    if (!stream.wait_for_request(seconds(keep_alive_timeout_sec_), svr_sock_)) break;
    bool closed = false;
    answered = serve_one(stream, left == 1, closed);
    if (!answered || closed) break;
  }
  ::shutdown(sock, SHUT_RDWR);
  ::close(sock);
  return answered;
}

/// Each request has a context of its own, so what it sets ends with it.
bool Server::serve_one(detail::SocketStream& stream, bool last, bool& closed) {
  Context context = copy_context();
  return context.run([&] {
    std::optional<detail::ServerSpan> span;
    stream.begin_request();
    const bool answered = process_request(stream, last, closed, [&](::httplib::Request& request) {
      const std::string head = stream.take_head();
      span.emplace(*settings_, request,
                   head.empty() ? detail::repaired(request.headers) : detail::parse_head(head));
    });
    if (span) span->finish(stream.status());
    return answered;
  });
}

}  // namespace weft::inline v0::httplib
