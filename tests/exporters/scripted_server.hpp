// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace weft::testing {

/// What the server does with one request.
struct Answer {
  enum class Then {
    reply,  // the status, the headers and the body
    close,  // closes without a word
    reset,  // the connection is gone at once, with an RST
    hang,   // never answers
    raw,    // sends `body` as it is, then closes
    drip    // a byte of a reply that never ends, every few milliseconds: `body`, its last byte for
            // ever
  };
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string body{};
  Then then = Then::reply;
  std::chrono::milliseconds delay{0};  // before a reply
};

/// A request as it arrived; header names in lower case.
struct Received {
  std::string method;
  std::string target;
  std::map<std::string, std::string> headers;
  std::string body;
  std::size_t connection = 0;  // the n-th that was accepted
};

/// A socket that listens: where a server is to be found.
struct Listener {
  int socket = -1;
  int port = 0;

  static Listener loopback(int port = 0);
  static Listener loopback6();
  static Listener unix_socket(const std::string& path);
};

/// An HTTP server on a free port of the loopback that does what a test tells it: answers are taken
/// in order, then every request is answered with 200. One thread a connection.
class ScriptedServer {
 public:
  ScriptedServer() : ScriptedServer(Listener::loopback()) {}
  explicit ScriptedServer(Listener listener);
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  int port() const { return port_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/v1/traces"; }
  void then(Answer answer);
  std::vector<Received> received() const;
  std::size_t count() const;
  std::size_t connections() const;
  bool wait_for(std::size_t requests, std::chrono::milliseconds timeout) const;
  /// A port on which nobody listens.
  static int free_port();
  /// Listens on this very port, which must be free.
  explicit ScriptedServer(int port) : ScriptedServer(Listener::loopback(port)) {}

 private:
  void accept_all();
  void serve(int socket, std::size_t connection);
  bool answer(int socket, Received request);
  Answer next_answer(Received request);
  void drip(int socket, std::string_view body);

  int listener_;
  int port_ = 0;
  mutable std::mutex mutex_;
  mutable std::condition_variable arrived_;
  std::deque<Answer> answers_;
  std::vector<Received> received_;
  std::vector<int> sockets_;
  std::vector<std::thread> threads_;
  bool stopping_ = false;
  std::thread acceptor_;
};

/// What gzip packed; throws when it is not gzip.
std::string unzipped(std::string_view packed);
std::string zipped(std::string_view text);

}  // namespace weft::testing
