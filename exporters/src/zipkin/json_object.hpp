// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <weft/version.hpp>

namespace weft::inline v0::zipkin {

/// A string of JSON, whatever bytes are in it.
std::string json_string(std::string_view text);

/// An object of JSON in the order in which its members came. Their values are texts already: a tree
/// of JSON values takes memory to be taken apart.
class JsonObject {
 public:
  /// Once more for a name: the value is another one, the place is not.
  void set(std::string_view key, std::string json);
  void set_string(std::string_view key, std::string_view text) { set(key, json_string(text)); }
  /// Removes a member that has this value.
  void remove(std::string_view key, std::string_view json);
  bool empty() const noexcept { return members_.empty(); }
  std::string text() const;

 private:
  std::vector<std::pair<std::string, std::string>> members_;
};

}  // namespace weft::inline v0::zipkin
