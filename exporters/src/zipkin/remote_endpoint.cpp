// SPDX-License-Identifier: Apache-2.0
#include "zipkin/remote_endpoint.hpp"

#include <arpa/inet.h>

#include <array>
#include <string>

#include "zipkin/attribute_text.hpp"

namespace weft::inline v0::zipkin {

namespace {

using nlohmann::ordered_json;

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

ordered_json address_endpoint(const SpanData& span, const std::string& address, const char* port) {
  ordered_json endpoint = ordered_json::object();
  std::array<unsigned char, sizeof(in6_addr)> binary{};
  if (::inet_pton(AF_INET, address.c_str(), binary.data()) == 1) {
    endpoint["ipv4"] = address;
  } else if (::inet_pton(AF_INET6, address.c_str(), binary.data()) == 1) {
    endpoint["ipv6"] = address;
  } else {
    endpoint["serviceName"] = address;
  }
  const AttributeValue* number = span.find(port);
  if (number == nullptr) return endpoint;
  const auto* value = std::get_if<std::int64_t>(&number->variant());
  if (value != nullptr && *value > 0 && *value < 65536) endpoint["port"] = *value;
  return endpoint;
}

}  // namespace

ordered_json remote_endpoint(const SpanData& span) {
  ordered_json none = ordered_json::object();
  if (span.kind != SpanKind::client && span.kind != SpanKind::producer) return none;
  for (const Rank& rank : kRanks) {
    const AttributeValue* found = span.find(rank.key);
    const std::string text = found == nullptr ? "" : attribute_text(*found);
    if (text.empty()) continue;
    if (rank.port != nullptr) return address_endpoint(span, text, rank.port);
    return {{"serviceName", text}};
  }
  return none;
}

}  // namespace weft::inline v0::zipkin
