// SPDX-License-Identifier: Apache-2.0
// A server with a coroutine for each connection, on a pool of threads, and clients that ask it at
// the same time. Each connection names its user once; after every wait, on whichever thread, its
// handler finds that user and its own span. With OTEL_TRACES_EXPORTER=console it shows the spans.
#include <atomic>
#include <iostream>
#include <string>
#include <utility>

#include <asio.hpp>
#include <weft/asio.hpp>
#include <weft/weft.hpp>

#include "../command_line.hpp"

namespace {

using asio::ip::tcp;

constexpr weft::Tracer kTracer{"sample.asio_server"};
const weft::ContextVar<std::string> user{"user", "nobody"};

asio::awaitable<std::string> read_line(tcp::socket& socket, std::string& buffer) {
  const std::size_t size = co_await asio::async_read_until(socket, asio::dynamic_buffer(buffer),
                                                           '\n', asio::use_awaitable);
  std::string line = buffer.substr(0, size - 1);
  buffer.erase(0, size);
  co_return line;
}

/// Somewhere deep in the service, where nobody passes the user along.
asio::awaitable<std::string> answer(std::string question) {
  auto span = kTracer.start("answer", {{"user", user.get()}});
  asio::steady_timer database(co_await asio::this_coro::executor, std::chrono::milliseconds(1));
  co_await database.async_wait(asio::use_awaitable);
  co_return question + " for " + user.get() + "\n";
}

asio::awaitable<void> serve(tcp::socket socket) {
  auto span = kTracer.start("connection", {.kind = weft::SpanKind::server});
  std::string buffer;
  user.set(co_await read_line(socket, buffer));
  std::string question = co_await read_line(socket, buffer);
  const std::string text = co_await answer(std::move(question));
  co_await asio::async_write(socket, asio::buffer(text), asio::use_awaitable);
}

asio::awaitable<void> listen(tcp::acceptor& acceptor, int connections) {
  for (int i = 0; i < connections; ++i) {
    tcp::socket socket = co_await acceptor.async_accept(asio::use_awaitable);
    const auto executor = socket.get_executor();
    weft::asio::co_spawn(executor, serve(std::move(socket)), asio::detached);
  }
}

/// True where the answer is this client's own.
asio::awaitable<bool> ask(tcp::endpoint server, int number) {
  tcp::socket socket(co_await asio::this_coro::executor);
  co_await socket.async_connect(server, asio::use_awaitable);
  const std::string name = "user " + std::to_string(number);
  const std::string text = name + "\nprice\n";
  co_await asio::async_write(socket, asio::buffer(text), asio::use_awaitable);
  std::string buffer;
  const std::string reply = co_await read_line(socket, buffer);
  co_return reply == "price for " + name;
}

}  // namespace

int main(int argc, char** argv) {
  CommandLine options("asio_server", "Serves clients at the same time, a coroutine for each.",
                      {{"--clients", "N", "32", "how many clients ask"},
                       {"--threads", "N", "4", "how many threads run the coroutines"}});
  options.parse(argc, argv);
  const int clients = options.number("--clients", 1, 512);
  auto telemetry = weft::init({.service_name = "asio-server"});

  asio::thread_pool pool(static_cast<std::size_t>(options.number("--threads", 1, 64)));
  tcp::acceptor acceptor(pool, {asio::ip::address_v4::loopback(), 0});
  std::atomic<int> right = 0;
  weft::asio::co_spawn(pool, listen(acceptor, clients), asio::detached);
  for (int i = 0; i < clients; ++i) {
    weft::asio::co_spawn(pool, ask(acceptor.local_endpoint(), i),
                         [&](std::exception_ptr error, bool is_right) {
                           if (error == nullptr && is_right) ++right;
                         });
  }
  pool.join();
  std::cout << clients << " answers, " << right << " right, " << telemetry.stats().misused
            << " misused\n";
  return right == clients ? 0 : 1;
}
