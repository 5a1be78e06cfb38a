// SPDX-License-Identifier: Apache-2.0
#include "zipkin/remote_endpoint.hpp"

#include <arpa/inet.h>

#include <array>
#include <cstdint>
#include <string>
#include <variant>

#include "zipkin/attribute_text.hpp"

namespace weft::inline v0::zipkin {

namespace {

struct Rank {
  const char* key;
  const char* port;  // null: `key` is a name, else an address
};

constexpr std::array<Rank, 11> kRanks{{{"peer.service", nullptr},
                                       {"server.address", nullptr},
                                       {"net.peer.name", nullptr},
                                       {"network.peer.address", "network.peer.port"},
                                       {"server.socket.domain", nullptr},
                                       {"server.socket.address", "server.socket.port"},
                                       {"net.sock.peer.name", nullptr},
                                       {"net.sock.peer.addr", "net.sock.peer.port"},
                                       {"peer.hostname", nullptr},
                                       {"peer.address", nullptr},
                                       {"db.name", nullptr}}};

void write_address(codec::JsonWriter& json, const SpanData& span, const std::string& address,
                   const char* port) {
  std::array<unsigned char, sizeof(in6_addr)> binary{};
  const char* kind = "serviceName";
  if (::inet_pton(AF_INET, address.c_str(), binary.data()) == 1) kind = "ipv4";
  if (::inet_pton(AF_INET6, address.c_str(), binary.data()) == 1) kind = "ipv6";
  json.member(kind, address);
  const AttributeValue* number = span.find(port);
  if (number == nullptr) return;
  const auto* value = std::get_if<std::int64_t>(&number->variant());
  if (value == nullptr || *value <= 0 || *value >= 65536) return;
  json.key("port");
  json.number(*value);
}

}  // namespace

void write_remote_endpoint(codec::JsonWriter& json, const SpanData& span) {
  if (span.kind != SpanKind::client && span.kind != SpanKind::producer) return;
  for (const Rank& rank : kRanks) {
    const AttributeValue* found = span.find(rank.key);
    const std::string text = found == nullptr ? "" : attribute_text(*found);
    if (text.empty()) continue;
    json.key("remoteEndpoint");
    json.begin_object();
    if (rank.port != nullptr) {
      write_address(json, span, text, rank.port);
    } else {
      json.member("serviceName", text);
    }
    return json.end_object();
  }
}

}  // namespace weft::inline v0::zipkin
