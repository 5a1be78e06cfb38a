// SPDX-License-Identifier: Apache-2.0
#include <charconv>
#include <nlohmann/json.hpp>

#include "delivery/printable.hpp"
#include "otlp/reply.hpp"

namespace weft::inline v0::otlp {

namespace {

using nlohmann::json;

// A reply is a peer's: nothing of it throws, and what is deeper than any answer is no answer.
json parse(std::string_view body) {
  constexpr int kDeepest = 32;
  const auto not_too_deep = [](int depth, json::parse_event_t, json&) { return depth <= kDeepest; };
  return json::parse(body, not_too_deep, false);
}

std::string text_of(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string()) return {};
  return delivery::printable(found->get_ref<const std::string&>());
}

std::uint64_t count_of(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end()) return 0;
  if (found->is_number_unsigned()) return found->get<std::uint64_t>();
  if (!found->is_string()) return 0;
  const std::string& digits = found->get_ref<const std::string&>();
  std::uint64_t count = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), count);
  return count;
}

}  // namespace

std::optional<PartialSuccess> read_json_response(std::string_view body) {
  if (body.empty()) return PartialSuccess{};
  const json reply = parse(body);
  if (!reply.is_object()) return std::nullopt;
  const auto partial = reply.find("partialSuccess");
  if (partial == reply.end() || !partial->is_object()) return PartialSuccess{};
  return PartialSuccess{count_of(*partial, "rejectedSpans"), text_of(*partial, "errorMessage")};
}

std::string read_json_status_message(std::string_view body) {
  const json reply = parse(body);
  return reply.is_object() ? text_of(reply, "message") : std::string();
}

}  // namespace weft::inline v0::otlp
