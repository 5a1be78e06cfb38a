// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <map>
#include <string>
#include <thread>
#include <vector>

#include <weft/httplib.hpp>
#include <weft/weft.hpp>

namespace recorded {

using Texts = std::map<std::string, std::string>;

inline std::string to_text(const weft::AttributeValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return std::to_string(*integer);
  if (const auto* boolean = std::get_if<bool>(&value)) return *boolean ? "true" : "false";
  if (const auto* array = std::get_if<weft::AttributeValue::Array>(&value)) {
    std::string out = "[";
    for (const auto& element : *array) out += (out.size() > 1 ? "," : "") + to_text(element);
    return out + "]";
  }
  return "?";
}

/// The attributes as text: what is compared with the conventions' table, key by key.
inline Texts attributes(const std::vector<weft::Attribute>& attributes) {
  Texts texts;
  for (const auto& attribute : attributes) {
    EXPECT_TRUE(texts.emplace(attribute.key, to_text(attribute.value)).second) << attribute.key;
  }
  return texts;
}

/// Records into memory, and runs a server on a free loopback port for as long as it lives.
template <class Server>
class HttpTest : public testing::Test {
 protected:
  ~HttpTest() override { stop(); }

  void serve() {
    server_.set_socket_options([](int) {});
    port_ = server_.bind_to_any_port("127.0.0.1");
    ASSERT_GT(port_, 0);
    thread_ = std::thread([this] { server_.listen_after_bind(); });
  }
  void stop() {
    if (!thread_.joinable()) return;
    while (!server_.is_running()) std::this_thread::yield();
    server_.stop();
    thread_.join();
  }
  /// Every span so far, once the server is at rest.
  std::vector<weft::SpanData> spans() {
    stop();
    EXPECT_TRUE(telemetry_.force_flush(std::chrono::seconds(10)));
    return memory_->spans();
  }
  /// The only span.
  weft::SpanData span() {
    auto all = spans();
    EXPECT_EQ(all.size(), 1U);
    return all.empty() ? weft::SpanData() : all.front();
  }
  std::string host() const { return "127.0.0.1:" + std::to_string(port_); }

  /// Sends the bytes as they are over a connection of its own; all that came back until it closed.
  std::string exchange(const std::string& request) const {
    const int sock = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port_));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(sock, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    EXPECT_EQ(::send(sock, request.data(), request.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(request.size()));
    std::string reply;
    char buffer[4096];
    ssize_t count = 0;
    while ((count = ::recv(sock, buffer, sizeof(buffer), 0)) > 0) {
      reply.append(buffer, static_cast<std::size_t>(count));
    }
    ::close(sock);
    return reply;
  }

  std::shared_ptr<weft::exporters::InMemoryExporter> memory_ = weft::exporters::in_memory();
  weft::Telemetry telemetry_ = weft::init({.service_name = "test", .exporters = {memory_}});
  Server server_;
  int port_ = 0;

 private:
  std::thread thread_;
};

}  // namespace recorded
