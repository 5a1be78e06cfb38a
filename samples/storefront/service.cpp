// SPDX-License-Identifier: Apache-2.0
#include "service.hpp"

#include <cerrno>
#include <cstring>
#include <exception>
#include <iostream>
#include <thread>

#include "middleware.hpp"

namespace storefront {
namespace {

TokenKey key_or_exit(const CommandLine& options) {
  try {
    return TokenKey::from_environment();
  } catch (const TokenError& error) {
    options.fail(std::string("the environment variable ") + TokenKey::kVariable +
                 " must hold the key of the bearer tokens: " + error.what());
  }
}

/// SO_REUSEADDR alone: with httplib's own SO_REUSEPORT two programs share a port without a word.
void refuse_shared_port(socket_t sock) {
  const int yes = 1;
  setsockopt(sock, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
}

}  // namespace

Service::Service(std::string name, const CommandLine& options)
    : name_(std::move(name)), options_(options), key_(key_or_exit(options)) {
  Logger::name_service(name_.c_str());
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGTERM);
  sigaddset(&signals_, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);  // every thread inherits it; `run` waits for them
  telemetry_ = weft::init({.service_name = name_});
  server_.set_tcp_nodelay(true);
  server_.set_socket_options(refuse_shared_port);
  install_middleware();
}

Handler Service::around(Handler handler) {
  return recorded(authenticated(key_, std::move(handler)));
}

void Service::get(const std::string& route, Handler handler) {
  server_.Get(route, around(std::move(handler)));
}

void Service::post(const std::string& route, Handler handler) {
  server_.Post(route, around(std::move(handler)));
}

/// What runs around every request, refused ones too. The request's span is current in all of it;
/// the request context is gone when an exception comes to its handler here.
void Service::install_middleware() {
  server_.set_post_routing_handler([](const httplib::Request&, httplib::Response& response) {
    const auto& context = weft::current_span().context();
    response.set_header("x-trace-id", context.trace_id().to_hex());
  });
  server_.set_exception_handler(
      [](const httplib::Request&, httplib::Response& response, std::exception_ptr exception) {
        try {
          std::rethrow_exception(exception);
        } catch (const std::exception& e) {
          log("ERROR", e.what());
        } catch (...) {
          log("ERROR", "an exception of an unknown type");
        }
        answer_error(response, 500, "internal error");
      });
}

int Service::listen() {
  const int port = options_.number("--port", 0, 65535);
  if (port != 0 && server_.bind_to_port("127.0.0.1", port)) return port;
  const int chosen = port == 0 ? server_.bind_to_any_port("127.0.0.1") : -1;
  if (chosen < 0) options_.fail_to_listen(port, std::strerror(errno));
  return chosen;
}

int Service::run() {
  const int port = listen();
  std::cout << name_ << " listens on http://127.0.0.1:" << port << std::endl;
  std::thread listener([this] { server_.listen_after_bind(); });
  int signal = 0;
  sigwait(&signals_, &signal);
  log("INFO", "stopping");
  server_.stop();
  listener.join();  // requests that are being served are finished first
  const auto flushed = telemetry_.shutdown();
  if (!flushed) std::cerr << name_ << ": not every span could be sent\n";
  return 0;
}

CommandLine::Option port_option() {
  return {"--port", "N", "0", "where to listen on 127.0.0.1; 0: a free port, printed"};
}

weft::httplib::Client client_for(const std::string& url) {
  weft::httplib::Client client(url);
  client.set_connection_timeout(std::chrono::seconds(2));
  client.set_read_timeout(std::chrono::seconds(10));
  client.set_tcp_nodelay(true);
  if (weft::RequestContext::is_initialized()) {  // in the name of the user that we serve
    const auto token = weft::RequestContext::get<BearerToken>("bearer_token");
    if (token) client.set_bearer_token_auth(token->text);
  }
  return client;
}

void answer_error(httplib::Response& response, int status, std::string_view why) {
  response.status = status;
  response.set_content("{\"error\":\"" + std::string(why) + "\"}\n", "application/json");
}

void pretend_to_work(std::chrono::milliseconds time) { std::this_thread::sleep_for(time); }

}  // namespace storefront
