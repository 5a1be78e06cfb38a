// SPDX-License-Identifier: Apache-2.0
#include "socket_stream.hpp"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace weft::inline v0::httplib::detail {
namespace {

using std::chrono::milliseconds;

bool ready(socket_t sock, short events, milliseconds most) {
  const auto deadline = std::chrono::steady_clock::now() + most;
  while (true) {
    const auto left =
        std::chrono::duration_cast<milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd entry{sock, events, 0};
    const int result = ::poll(&entry, 1, static_cast<int>(std::max<std::int64_t>(0, left.count())));
    if (result >= 0 || errno != EINTR) return result > 0;
  }
}

bool is_open(socket_t sock) {
  if (!ready(sock, POLLIN, milliseconds(0))) return true;  // nothing came, not even its end
  char byte = 0;
  return ::recv(sock, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

bool numbers_of(const sockaddr_storage& address, socklen_t size, std::string& ip, int& port) {
  if (address.ss_family != AF_INET && address.ss_family != AF_INET6) return false;
  std::array<char, NI_MAXHOST> host{};
  std::array<char, NI_MAXSERV> service{};
  if (::getnameinfo(reinterpret_cast<const sockaddr*>(&address), size, host.data(), host.size(),
                    service.data(), service.size(), NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
    return false;
  }
  ip = host.data();
  port = std::atoi(service.data());
  return true;
}

}  // namespace

bool peer_of(socket_t sock, std::string& ip, int& port) {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  return ::getpeername(sock, reinterpret_cast<sockaddr*>(&address), &size) == 0 &&
         numbers_of(address, size, ip, port);
}

bool SocketStream::wait_for_request(std::chrono::seconds most,
                                    const std::atomic<socket_t>& server_socket) {
  if (buffer_from_ < buffer_to_) return true;  // it came together with the one before
  constexpr milliseconds kSlice{20};           // how soon an idle connection sees the server stop
  const auto deadline = std::chrono::steady_clock::now() + most;
  do {
    if (server_socket == INVALID_SOCKET) return false;
    if (ready(socket_, POLLIN, kSlice)) return true;
  } while (std::chrono::steady_clock::now() < deadline);
  return false;
}

void SocketStream::begin_request() {
  head_.clear();
  keeping_ = true;
  status_ = 0;
}

std::string SocketStream::take_head() {
  const bool whole = keeping_;
  keeping_ = false;
  return whole ? std::move(head_) : std::string();
}

void SocketStream::keep(std::string_view bytes) {
  if (head_.size() + bytes.size() > kMaxHead) {
    keeping_ = false;
    return;
  }
  head_.append(bytes);
}

bool SocketStream::is_readable() const {
  return buffer_from_ < buffer_to_ || ready(socket_, POLLIN, timeouts_.read);
}

bool SocketStream::is_writable() const {
  return ready(socket_, POLLOUT, timeouts_.write) && is_open(socket_);
}

ssize_t SocketStream::read(char* to, std::size_t size) {
  const ssize_t count = read_buffered(to, size);
  if (keeping_ && count > 0) keep({to, static_cast<std::size_t>(count)});
  return count;
}

ssize_t SocketStream::read_buffered(char* to, std::size_t size) {
  if (buffer_from_ == buffer_to_) {
    if (!is_readable()) return -1;
    const bool direct = size >= buffer_.size();
    char* target = direct ? to : buffer_.data();
    ssize_t count = 0;
    do {
      count = ::recv(socket_, target, direct ? size : buffer_.size(), 0);
    } while (count < 0 && errno == EINTR);
    if (direct || count <= 0) return count;
    buffer_from_ = 0;
    buffer_to_ = static_cast<std::size_t>(count);
  }
  const std::size_t count = std::min(size, buffer_to_ - buffer_from_);
  std::memcpy(to, buffer_.data() + buffer_from_, count);
  buffer_from_ += count;
  return static_cast<ssize_t>(count);
}

ssize_t SocketStream::write(const char* from, std::size_t size) {
  observe({from, size});
  if (!is_writable()) return -1;
  ssize_t count = 0;
  do {
    count = ::send(socket_, from, size, MSG_NOSIGNAL);
  } while (count < 0 && errno == EINTR);
  return count;
}

/// The library writes a response's head in one piece, before everything else.
void SocketStream::observe(std::string_view bytes) {
  constexpr std::string_view kStart = "HTTP/1.1 ";
  if (status_ != 0 || bytes.size() < kStart.size() + 3 || !bytes.starts_with(kStart)) return;
  const int status = std::atoi(std::string(bytes.substr(kStart.size(), 3)).c_str());
  if (status >= 200) status_ = status;  // else an interim one, such as 100
}

void SocketStream::get_remote_ip_and_port(std::string& ip, int& port) const {
  peer_of(socket_, ip, port);
}

void SocketStream::get_local_ip_and_port(std::string& ip, int& port) const {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  if (::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) == 0) {
    numbers_of(address, size, ip, port);
  }
}

}  // namespace weft::inline v0::httplib::detail
