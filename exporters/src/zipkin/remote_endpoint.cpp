// SPDX-License-Identifier: Apache-2.0
#include "zipkin/remote_endpoint.hpp"

#include <arpa/inet.h>

#include <array>
#include <string>

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

JsonObject address_endpoint(const SpanData& span, const std::string& address, const char* port) {
  JsonObject endpoint;
  std::array<unsigned char, sizeof(in6_addr)> binary{};
  if (::inet_pton(AF_INET, address.c_str(), binary.data()) == 1) {
    endpoint.set_string("ipv4", address);
  } else if (::inet_pton(AF_INET6, address.c_str(), binary.data()) == 1) {
    endpoint.set_string("ipv6", address);
  } else {
    endpoint.set_string("serviceName", address);
  }
  const AttributeValue* number = span.find(port);
  if (number == nullptr) return endpoint;
  const auto* value = std::get_if<std::int64_t>(&number->variant());
  if (value != nullptr && *value > 0 && *value < 65536)
    endpoint.set("port", std::to_string(*value));
  return endpoint;
}

}  // namespace

JsonObject remote_endpoint(const SpanData& span) {
  JsonObject endpoint;
  if (span.kind != SpanKind::client && span.kind != SpanKind::producer) return endpoint;
  for (const Rank& rank : kRanks) {
    const AttributeValue* found = span.find(rank.key);
    const std::string text = found == nullptr ? "" : attribute_text(*found);
    if (text.empty()) continue;
    if (rank.port != nullptr) return address_endpoint(span, text, rank.port);
    endpoint.set_string("serviceName", text);
    break;
  }
  return endpoint;
}

}  // namespace weft::inline v0::zipkin
