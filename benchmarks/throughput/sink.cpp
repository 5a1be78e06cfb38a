// SPDX-License-Identifier: Apache-2.0
#include "sink.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <mutex>
#include <string_view>
#include <thread>
#include <vector>

namespace throughput {

namespace {

constexpr std::uint64_t kFirstSample = 20;  // batches are full by then
constexpr std::string_view kReply =
    "HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\n\r\n";

std::uint64_t read_varint(const char*& at, const char* end) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; at != end && shift < 64; shift += 7) {
    const auto byte = static_cast<unsigned char>(*at++);
    value |= std::uint64_t{byte & 0x7fU} << shift;
    if (byte < 0x80) break;
  }
  return value;
}

// ResourceSpans, ScopeSpans and Span are the fields 1, 2 and 2 of what they are in. Other fields of
// these messages have a length too.
std::uint64_t count_spans(std::string_view message, int depth) {
  const std::uint64_t wanted = depth == 0 ? 0x0a : 0x12;
  const char* at = message.data();
  const char* const end = at + message.size();
  std::uint64_t spans = 0;
  while (at != end) {
    const std::uint64_t tag = read_varint(at, end);
    const std::uint64_t size = read_varint(at, end);
    if ((tag & 7U) != 2 || size > static_cast<std::uint64_t>(end - at)) return spans;
    if (tag == wanted) spans += depth == 2 ? 1 : count_spans({at, size}, depth + 1);
    at += size;
  }
  return spans;
}

// While there is room. Connections have a thread each.
void keep(Samples& samples, std::string_view request, std::uint64_t spans) {
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  const std::size_t count = samples.count;
  const std::size_t begin = count == 0 ? 0 : samples.ends[count - 1];
  if (count == Samples::kMost || request.size() > Samples::kCapacity - begin) return;
  std::memcpy(samples.bytes + begin, request.data(), request.size());
  samples.ends[count] = begin + request.size();
  samples.spans[count] = spans;
  samples.count = count + 1;
}

/// One connection of a client.
class Connection {
 public:
  Connection(int socket, SinkCounts& counts) : socket_(socket), counts_(counts) {
    buffer_.resize(std::size_t{1} << 20U);
  }

  void serve() {
    while (const std::size_t size = receive_request()) {
      take(size);
      if (send(socket_, kReply.data(), kReply.size(), MSG_NOSIGNAL) < 0) break;
      std::memmove(buffer_.data(), buffer_.data() + size, filled_ - size);
      filled_ -= size;
    }
    close(socket_);
  }

 private:
  // The size of a whole request at the buffer's begin; 0 when the peer has gone.
  std::size_t receive_request() {
    for (;;) {
      const std::string_view text(buffer_.data(), filled_);
      const std::size_t end = text.find("\r\n\r\n");
      if (end != std::string_view::npos) {
        head_ = end + 4;
        const std::size_t size = head_ + content_length(text.substr(0, end));
        if (size > buffer_.size()) buffer_.resize(2 * size);
        while (filled_ < size) {
          if (!receive()) return 0;
        }
        return size;
      }
      if (!receive()) return 0;
    }
  }

  static std::size_t content_length(std::string_view head) {
    constexpr std::string_view kName = "Content-Length: ";
    const std::size_t at = head.find(kName);
    if (at == std::string_view::npos) return 0;
    return std::strtoul(head.data() + at + kName.size(), nullptr, 10);
  }

  bool receive() {
    const ssize_t size = recv(socket_, buffer_.data() + filled_, buffer_.size() - filled_, 0);
    if (size <= 0) return false;
    filled_ += static_cast<std::size_t>(size);
    return true;
  }

  void take(std::size_t size) {
    const std::string_view request(buffer_.data(), size);
    const std::uint64_t spans = count_spans(request.substr(head_), 0);
    counts_.spans += spans;
    counts_.bytes += size - head_;
    if (++counts_.requests >= kFirstSample) keep(counts_.samples, request, spans);
  }

  const int socket_;
  SinkCounts& counts_;
  std::vector<char> buffer_;
  std::size_t filled_ = 0;
  std::size_t head_ = 0;
};

[[noreturn]] void serve_all(int listener, SinkCounts& counts) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (;;) {
    const int socket = accept(listener, nullptr, nullptr);
    if (socket < 0) continue;
    const int on = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    std::thread([socket, &counts] { Connection(socket, counts).serve(); }).detach();
  }
}

void* shared_memory(std::size_t size) {
  void* memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) std::abort();
  return memory;
}

}  // namespace

Sink::Sink()
    : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)),
      counts_(static_cast<SinkCounts*>(shared_memory(sizeof(SinkCounts)))) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      listen(listener_, 16) != 0 ||
      getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    std::abort();
  }
  port_ = ntohs(address.sin_port);
  process_ = fork();
  if (process_ == 0) serve_all(listener_, *counts_);
}

Sink::~Sink() {
  kill(process_, SIGKILL);
  waitpid(process_, nullptr, 0);
  close(listener_);
  munmap(counts_, sizeof(SinkCounts));
}

double Sink::cpu_seconds() const {
  clockid_t clock{};
  timespec time{};
  if (clock_getcpuclockid(process_, &clock) != 0) return 0;
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

}  // namespace throughput
