// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "without_iostream.hpp"

#include <httplib.h>

#include <array>
#include <atomic>
#include <chrono>
#include <string>
#include <string_view>

namespace weft::inline v0::httplib::detail {

/// One connection of a server, as the library's own stream; besides, it keeps the bytes of each
/// request's head, and sees the status of each response go by. For one thread; does not own the
/// socket.
class SocketStream final : public ::httplib::Stream {
 public:
  struct Timeouts {
    std::chrono::milliseconds read;
    std::chrono::milliseconds write;
  };
  SocketStream(socket_t sock, Timeouts timeouts) : socket_(sock), timeouts_(timeouts) {}

  /// Waits for the first byte of a request: false when none came in time, or when the server's own
  /// socket was closed meanwhile.
  bool wait_for_request(std::chrono::seconds most, const std::atomic<socket_t>& server_socket);
  /// From here on the head is kept and the status looked for.
  void begin_request();
  /// The bytes since then, if all of them could be kept; nothing more is.
  std::string take_head();
  /// The final status of the response; 0 when none was written.
  int status() const noexcept { return status_; }

  bool is_readable() const override;
  bool is_writable() const override;
  ssize_t read(char* to, std::size_t size) override;
  ssize_t write(const char* from, std::size_t size) override;
  using Stream::write;
  void get_remote_ip_and_port(std::string& ip, int& port) const override;
  void get_local_ip_and_port(std::string& ip, int& port) const override;
  socket_t socket() const override { return socket_; }

 private:
  static constexpr std::size_t kMaxHead = 64U << 10U;

  ssize_t read_buffered(char* to, std::size_t size);
  void keep(std::string_view bytes);
  void observe(std::string_view bytes);

  socket_t socket_;
  Timeouts timeouts_;
  std::array<char, 4096> buffer_;
  std::size_t buffer_from_ = 0;
  std::size_t buffer_to_ = 0;
  std::string head_;
  bool keeping_ = false;
  int status_ = 0;
};

/// The other end of a connected socket, as numbers; false when there is none.
bool peer_of(socket_t sock, std::string& ip, int& port);

}  // namespace weft::inline v0::httplib::detail
