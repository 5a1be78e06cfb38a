// SPDX-License-Identifier: Apache-2.0
#include "otlp/http_protocol.hpp"

#include <optional>
#include <string>
#include <string_view>

#include "delivery/http_verdict.hpp"
#include "delivery/printable.hpp"
#include "delivery/variables.hpp"
#include "otlp/delivered.hpp"
#include "otlp/reply.hpp"

namespace weft::inline v0::otlp {

namespace {

using delivery::Verdict;
using wire::Reply;

bool is_of_type(const Reply& reply, std::string_view type) noexcept {
  const std::string_view said = reply.content_type;
  return delivery::equals_ignoring_case(said.substr(0, type.size()), type);
}
bool is_protobuf(const Reply& reply) noexcept {
  return is_of_type(reply, "application/x-protobuf");
}
bool is_json(const Reply& reply) noexcept { return is_of_type(reply, "application/json"); }

// What a receiver says why; some answer in another form than they were asked in.
std::string detail_of(const Reply& reply) {
  if (is_protobuf(reply)) return read_status_message(reply.body);
  std::string message = is_json(reply) ? read_json_status_message(reply.body) : std::string();
  return message.empty() ? delivery::printable(reply.body) : message;
}

// Some receivers answer "ok", whatever they were asked: they took the spans all the same.
Verdict judge_success(const Reply& reply) {
  if (is_protobuf(reply)) return delivered(read_response(reply.body));
  if (is_json(reply)) return delivered(read_json_response(reply.body));
  return {.kind = Verdict::Kind::delivered};
}

}  // namespace

delivery::Encoded HttpProtocol::encode(std::span<detail::Record* const> records, std::size_t limit,
                                       wire::Buffer& body) {
  if (encoding_ == exporters::Encoding::json) return json_.write(records, limit, body);
  const std::size_t taken = encoder_.plan(records, limit);
  if (taken == 0) return {1, true};
  encoder_.write(body.reserve(encoder_.size()));
  body.set_size(encoder_.size());
  return {taken, false};
}

Verdict HttpProtocol::judge(const Reply& reply, std::chrono::system_clock::time_point now) const {
  if (delivery::is_success(reply)) return judge_success(reply);
  return delivery::judge_failure(reply, detail_of(reply), now);
}

}  // namespace weft::inline v0::otlp
