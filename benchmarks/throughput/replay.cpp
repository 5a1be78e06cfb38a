// SPDX-License-Identifier: Apache-2.0
#include "replay.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace throughput {

namespace {

class Connection {
 public:
  explicit Connection(int port) : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) std::abort();
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() { close(socket_); }

  void send(std::string_view request) const {
    while (!request.empty()) {
      const ssize_t size = ::send(socket_, request.data(), request.size(), MSG_NOSIGNAL);
      if (size <= 0) std::abort();
      request.remove_prefix(static_cast<std::size_t>(size));
    }
  }
  // The sink's reply is short, and comes in one piece.
  void receive() const {
    char reply[512];
    if (recv(socket_, reply, sizeof reply, 0) <= 0) std::abort();
  }

 private:
  const int socket_;
};

}  // namespace

std::uint64_t replay(int port, const Samples& samples, std::chrono::seconds time) {
  const Connection connections[] = {Connection(port), Connection(port)};
  const auto end = std::chrono::steady_clock::now() + time;
  const std::size_t count = samples.count;
  std::uint64_t answered = 0;
  connections[0].send(samples.request(0));
  // One is on its way while the other is written.
  for (std::size_t i = 1; std::chrono::steady_clock::now() < end; ++i) {
    connections[i % 2].send(samples.request(i % count));
    connections[(i - 1) % 2].receive();
    answered += samples.spans[(i - 1) % count];
  }
  return answered;
}

}  // namespace throughput
