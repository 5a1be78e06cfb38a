// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <csignal>
#include <string>
#include <string_view>

#include <weft/httplib.hpp>
#include <weft/weft.hpp>

#include "../command_line.hpp"

namespace storefront {

/// What the three services have in common: telemetry under a name of its own, an HTTP server with a
/// pool of threads, and a clean stop at SIGTERM that sends every span.
class Service {
 public:
  /// Starts telemetry. One for each process, made before any thread.
  Service(std::string name, const CommandLine& options);

  weft::httplib::Server& routes() { return server_; }

  /// Listens and serves until SIGTERM or SIGINT; the program's exit status.
  int run();

 private:
  int listen();
  void install_middleware();

  std::string name_;
  const CommandLine& options_;
  sigset_t signals_;
  weft::Telemetry telemetry_;  // ends after the server, and sends what is left then
  weft::httplib::Server server_;
};

/// `--port`, which every service has.
CommandLine::Option port_option();

/// One line on stderr, with the ids that lead from it to its trace.
void log(std::string_view level, std::string_view text);

/// A client for a service at that address, with short timeouts.
weft::httplib::Client client_for(const std::string& url);

/// `{"error":"…"}`
void answer_error(httplib::Response& response, int status, std::string_view why);

/// Work that takes time elsewhere: a bank, a slow disk.
void pretend_to_work(std::chrono::milliseconds time);

}  // namespace storefront
