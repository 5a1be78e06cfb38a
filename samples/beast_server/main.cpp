// SPDX-License-Identifier: Apache-2.0
// An HTTP server of Boost.Beast and a client, each request a coroutine. The client injects its span
// into the request's headers; the server's span continues that trace, and stays current over the
// waits of the handler. With OTEL_TRACES_EXPORTER=console it shows the traces.
#include <atomic>
#include <exception>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

// First: Boost 1.74 needs what weft includes before it.
#include <weft/asio.hpp>
#include <weft/weft.hpp>

#include <boost/asio.hpp>
#include <boost/beast.hpp>

#include "../command_line.hpp"

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;

constexpr weft::Tracer kTracer{"sample.beast_server"};

/// Beast's header fields as weft's propagators read them.
auto reader(const http::fields& fields) {
  return [&fields](std::string_view name) -> std::optional<std::string_view> {
    const auto field = fields.find({name.data(), name.size()});
    if (field == fields.end()) return std::nullopt;
    return std::string_view(field->value().data(), field->value().size());
  };
}

asio::awaitable<std::string> look_up(std::string_view target) {
  auto span = kTracer.start("look up", {{"target", target}});
  asio::steady_timer database(co_await asio::this_coro::executor, std::chrono::milliseconds(1));
  co_await database.async_wait(asio::use_awaitable);
  co_return weft::current_span().context().trace_id().to_hex();
}

asio::awaitable<void> serve(boost::beast::tcp_stream stream) {
  boost::beast::flat_buffer buffer;
  http::request<http::string_body> request;
  co_await http::async_read(stream, buffer, request, asio::use_awaitable);
  const weft::Context parent = weft::extract(reader(request.base()));
  const std::string target(request.target());
  auto span = kTracer.start(
      "GET",
      {.kind = weft::SpanKind::server, .parent = parent, .attributes = {{"url.path", target}}});
  http::response<http::string_body> response(http::status::ok, request.version());
  response.body() = co_await look_up(target);
  response.prepare_payload();
  span.set_attribute("http.response.status_code", response.result_int());
  co_await http::async_write(stream, response, asio::use_awaitable);
}

asio::awaitable<void> listen(tcp::acceptor& acceptor, int requests) {
  for (int i = 0; i < requests; ++i) {
    tcp::socket socket = co_await acceptor.async_accept(asio::use_awaitable);
    const auto executor = socket.get_executor();
    weft::asio::co_spawn(executor, serve(boost::beast::tcp_stream(std::move(socket))),
                         asio::detached);
  }
}

/// True where the server answered from within this request's trace.
asio::awaitable<bool> get(tcp::endpoint server, std::string target) {
  auto span = kTracer.start("GET", {.kind = weft::SpanKind::client});
  boost::beast::tcp_stream stream(co_await asio::this_coro::executor);
  co_await stream.async_connect(server, asio::use_awaitable);
  http::request<http::empty_body> request(http::verb::get, target, 11);
  weft::inject([&](std::string_view name, std::string_view value) {
    request.set({name.data(), name.size()}, {value.data(), value.size()});
  });
  co_await http::async_write(stream, request, asio::use_awaitable);
  boost::beast::flat_buffer buffer;
  http::response<http::string_body> response;
  co_await http::async_read(stream, buffer, response, asio::use_awaitable);
  co_return response.body() == span.context().trace_id().to_hex();
}

}  // namespace

int main(int argc, char** argv) {
  CommandLine options("beast_server", "Asks an HTTP server of its own, all requests at once.",
                      {{"--requests", "N", "16", "how many requests there are"},
                       {"--threads", "N", "4", "how many threads run the coroutines"}});
  options.parse(argc, argv);
  const int requests = options.number("--requests", 1, 512);
  auto telemetry = weft::init({.service_name = "beast-server"});

  asio::thread_pool pool(static_cast<std::size_t>(options.number("--threads", 1, 64)));
  tcp::acceptor acceptor(pool, {asio::ip::address_v4::loopback(), 0});
  std::atomic<int> right = 0;
  weft::asio::co_spawn(pool, listen(acceptor, requests), asio::detached);
  for (int i = 0; i < requests; ++i) {
    weft::asio::co_spawn(pool, get(acceptor.local_endpoint(), "/orders/" + std::to_string(i)),
                         [&](std::exception_ptr error, bool is_right) {
                           if (error == nullptr && is_right) ++right;
                         });
  }
  pool.join();
  std::cout << requests << " requests, " << right << " in the caller's trace, "
            << telemetry.stats().misused << " misused\n";
  return right == requests ? 0 : 1;
}
