// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <csignal>
#include <string>
#include <string_view>

#include <weft/httplib.hpp>
#include <weft/weft.hpp>

#include "../command_line.hpp"
#include "log.hpp"
#include "middleware.hpp"
#include "token_key.hpp"

namespace storefront {

/// What the three services have in common: telemetry under a name of its own, an HTTP server with a
/// pool of threads, a request context and a user for each request, and a clean stop at SIGTERM that
/// sends every span.
class Service {
 public:
  /// Starts telemetry. One for each process, made before any thread. Ends the program with a
  /// sentence when the environment holds no key for tokens.
  Service(std::string name, const CommandLine& options);

  /// A handler for whom a token lets in; `recorded` and `authenticated` are around it.
  void get(const std::string& route, Handler handler);
  void post(const std::string& route, Handler handler);

  /// Listens and serves until SIGTERM or SIGINT; the program's exit status.
  int run();

 private:
  int listen();
  void install_middleware();
  Handler around(Handler handler);

  std::string name_;
  const CommandLine& options_;
  TokenKey key_;
  sigset_t signals_;
  weft::Telemetry telemetry_;  // ends after the server, and sends what is left then
  weft::httplib::Server server_;
};

/// `--port`, which every service has.
CommandLine::Option port_option();

/// A client for a service at that address, with short timeouts; inside a request it sends the
/// request's bearer token along.
weft::httplib::Client client_for(const std::string& url);

/// `{"error":"…"}`
void answer_error(httplib::Response& response, int status, std::string_view why);

/// Work that takes time elsewhere: a bank, a slow disk.
void pretend_to_work(std::chrono::milliseconds time);

}  // namespace storefront
