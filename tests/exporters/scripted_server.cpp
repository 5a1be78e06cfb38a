// SPDX-License-Identifier: Apache-2.0
#include "exporters/scripted_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <stdexcept>

namespace weft::testing {

namespace {

int listen_at(const sockaddr* address, socklen_t size) {
  const int socket = ::socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int yes = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (::bind(socket, address, size) != 0 || ::listen(socket, 16) != 0) {
    throw std::runtime_error("cannot listen");
  }
  return socket;
}

int port_of(int socket) {
  sockaddr_in6 address{};  // its port lies where that of sockaddr_in does
  socklen_t size = sizeof address;
  ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin6_port);
}

bool send_all(int socket, std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = ::send(socket, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool receive_more(int socket, std::string& text) {
  char bytes[65536];
  const ssize_t size = ::recv(socket, bytes, sizeof bytes, 0);
  if (size <= 0) return false;
  text.append(bytes, static_cast<std::size_t>(size));
  return true;
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

void read_head(std::string_view head, Received& request) {
  const std::size_t space = head.find(' ');
  request.method = head.substr(0, space);
  request.target = head.substr(space + 1, head.find(' ', space + 1) - space - 1);
  for (std::size_t at = head.find("\r\n"); at != head.npos; at = head.find("\r\n", at + 2)) {
    const std::string_view line = head.substr(at + 2, head.find("\r\n", at + 2) - at - 2);
    const std::size_t colon = line.find(':');
    if (colon == line.npos) continue;
    std::string_view value = line.substr(colon + 1);
    while (value.starts_with(' ')) value.remove_prefix(1);
    request.headers[lower(std::string(line.substr(0, colon)))] = value;
  }
}

// The next request; `rest` keeps what came behind it.
std::optional<Received> read_request(int socket, std::string& rest) {
  std::size_t end = rest.npos;
  while ((end = rest.find("\r\n\r\n")) == rest.npos) {
    if (!receive_more(socket, rest)) return std::nullopt;
  }
  Received request;
  read_head(std::string_view(rest).substr(0, end), request);
  const auto length = request.headers.find("content-length");  // a GET has none
  const std::size_t size = length != request.headers.end() ? std::stoul(length->second) : 0;
  while (rest.size() < end + 4 + size) {
    if (!receive_more(socket, rest)) return std::nullopt;
  }
  request.body = rest.substr(end + 4, size);
  rest.erase(0, end + 4 + size);
  return request;
}

std::string head_of(const Answer& answer) {
  std::string head = "HTTP/1.1 " + std::to_string(answer.status) + " X\r\n";
  for (const auto& [name, value] : answer.headers) {
    head.append(name).append(": ").append(value).append("\r\n");
  }
  return head + "Content-Length: " + std::to_string(answer.body.size()) + "\r\n\r\n";
}

}  // namespace

Listener Listener::loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  const int socket = listen_at(reinterpret_cast<sockaddr*>(&address), sizeof address);
  return {socket, port_of(socket)};
}

Listener Listener::loopback6() {
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_addr = in6addr_loopback;
  const int socket = listen_at(reinterpret_cast<sockaddr*>(&address), sizeof address);
  return {socket, port_of(socket)};
}

Listener Listener::unix_socket(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  return {listen_at(reinterpret_cast<sockaddr*>(&address), sizeof address), 0};
}

ScriptedServer::ScriptedServer(Listener listener)
    : listener_(listener.socket), port_(listener.port) {
  acceptor_ = std::thread([this] { accept_all(); });
}

ScriptedServer::~ScriptedServer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
  }
  acceptor_.join();
  for (std::thread& thread : threads_) thread.join();
  for (const int socket : sockets_) ::close(socket);
  ::close(listener_);
}

int ScriptedServer::free_port() {
  const Listener listener = Listener::loopback();
  ::close(listener.socket);
  return listener.port;
}

void ScriptedServer::accept_all() {
  while (true) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    const std::lock_guard lock(mutex_);
    if (stopping_ || socket < 0) return;
    sockets_.push_back(socket);
    threads_.emplace_back([this, socket, number = sockets_.size()] { serve(socket, number); });
  }
}

void ScriptedServer::serve(int socket, std::size_t connection) {
  std::string rest;
  while (auto request = read_request(socket, rest)) {
    request->connection = connection;
    if (!answer(socket, *std::move(request))) break;
  }
  ::shutdown(socket, SHUT_RDWR);
}

Answer ScriptedServer::next_answer(Received request) {
  const std::lock_guard lock(mutex_);
  received_.push_back(std::move(request));
  arrived_.notify_all();
  if (answers_.empty()) return {};
  Answer answer = std::move(answers_.front());
  answers_.pop_front();
  return answer;
}

bool ScriptedServer::answer(int socket, Received request) {
  const Answer answer = next_answer(std::move(request));
  switch (answer.then) {
    case Answer::Then::reply:
      std::this_thread::sleep_for(answer.delay);
      return send_all(socket, head_of(answer) + answer.body);
    case Answer::Then::raw:
      send_all(socket, answer.body);
      return false;
    case Answer::Then::hang: {
      std::string ignored;
      while (receive_more(socket, ignored)) {
      }
      return false;
    }
    case Answer::Then::drip:
      drip(socket, answer.body);
      return false;
    case Answer::Then::reset: {
      // Disconnected rather than closed: the descriptor stays the destructor's to close.
      const linger at_once{1, 0};
      ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
      sockaddr nowhere{};
      nowhere.sa_family = AF_UNSPEC;
      ::connect(socket, &nowhere, sizeof nowhere);
      return false;
    }
    case Answer::Then::close:
      break;
  }
  return false;
}

void ScriptedServer::drip(int socket, std::string_view body) {
  std::string_view next = body.empty() ? "HTTP/1.1 200 OK\r\nx-drip: " : body;
  while (send_all(socket, next.substr(0, 1))) {
    if (next.size() > 1) next.remove_prefix(1);
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
  }
}

void ScriptedServer::then(Answer answer) {
  const std::lock_guard lock(mutex_);
  answers_.push_back(std::move(answer));
}

std::vector<Received> ScriptedServer::received() const {
  const std::lock_guard lock(mutex_);
  return received_;
}

std::size_t ScriptedServer::count() const {
  const std::lock_guard lock(mutex_);
  return received_.size();
}

std::size_t ScriptedServer::connections() const {
  const std::lock_guard lock(mutex_);
  return sockets_.size();
}

bool ScriptedServer::wait_for(std::size_t requests, std::chrono::milliseconds timeout) const {
  std::unique_lock lock(mutex_);
  return arrived_.wait_for(lock, timeout, [&] { return received_.size() >= requests; });
}

std::string unzipped(std::string_view packed) {
  z_stream z{};
  inflateInit2(&z, 15 + 16);
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  z.avail_in = static_cast<uInt>(packed.size());
  std::string text;
  int result = Z_OK;
  while (result == Z_OK) {
    char piece[4096];
    z.next_out = reinterpret_cast<Bytef*>(piece);
    z.avail_out = sizeof piece;
    result = inflate(&z, Z_NO_FLUSH);
    text.append(piece, sizeof piece - z.avail_out);
  }
  inflateEnd(&z);
  if (result != Z_STREAM_END) throw std::runtime_error("not gzip");
  return text;
}

std::string zipped(std::string_view text) {
  z_stream z{};
  deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&z, static_cast<uLong>(text.size())), '\0');
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  z.avail_in = static_cast<uInt>(text.size());
  z.next_out = reinterpret_cast<Bytef*>(packed.data());
  z.avail_out = static_cast<uInt>(packed.size());
  deflate(&z, Z_FINISH);
  packed.resize(z.total_out);
  deflateEnd(&z);
  return packed;
}

}  // namespace weft::testing
