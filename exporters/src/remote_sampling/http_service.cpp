// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "delivery/printable.hpp"
#include "remote_sampling/service.hpp"

namespace weft::inline v0::remote_sampling {

namespace {

std::string percent_encoded(std::string_view text) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
    if (is_plain) {
      encoded += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      encoded.append({'%', kHex[byte >> 4U], kHex[byte & 15U]});
    }
  }
  return encoded;
}

std::optional<std::string> answer_in(const wire::Reply& reply, std::string& why) {
  why = failure_of(reply);
  if (!why.empty()) return std::nullopt;
  if (reply.status == 200) return reply.body;
  why = "it answered " + std::to_string(reply.status) + " \"" + delivery::printable(reply.body) +
        "\"";
  return std::nullopt;
}

}  // namespace

std::string failure_of(const wire::Reply& reply) {
  if (reply.kind == wire::Reply::Kind::too_large) return "its answer is larger than 4 MiB";
  if (reply.kind == wire::Reply::Kind::answered && reply.complete) return {};
  return reply.why.empty() ? "it did not answer" : delivery::printable(reply.why);
}

Service http_service(wire::HttpSettings settings, std::string_view service_name) {
  settings.is_get = true;
  std::string& url = settings.endpoint.url;
  url += (url.find('?') == std::string::npos ? "?service=" : "&service=") +
         percent_encoded(service_name);
  return {.settings = std::move(settings), .answer_in = &answer_in, .read = &read_strategy};
}

}  // namespace weft::inline v0::remote_sampling
