// SPDX-License-Identifier: Apache-2.0
#include "zipkin/json_object.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace weft::inline v0::zipkin {

std::string json_string(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void JsonObject::set(std::string_view key, std::string json) {
  const auto found = std::ranges::find(members_, key, &std::pair<std::string, std::string>::first);
  if (found != members_.end()) {
    found->second = std::move(json);
  } else {
    members_.emplace_back(key, std::move(json));
  }
}

void JsonObject::remove(std::string_view key, std::string_view json) {
  std::erase_if(members_, [&](const auto& one) { return one.first == key && one.second == json; });
}

std::string JsonObject::text() const {
  std::string text = "{";
  for (const auto& [key, json] : members_) {
    if (text.size() > 1) text += ',';
    text.append(json_string(key)).append(":").append(json);
  }
  return text += '}';
}

}  // namespace weft::inline v0::zipkin
