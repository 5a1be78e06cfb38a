// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <weft/version.hpp>

#include "codec/json_writer.hpp"

namespace weft::inline v0::zipkin {

/// A span's tags in the order in which they came. Keys outlive it.
class Tags {
 public:
  /// Once more for a key: the value is another one, the place is not.
  void set(std::string_view key, std::string text) {
    const auto found = std::ranges::find(tags_, key, &Tag::first);
    if (found != tags_.end()) {
      found->second = std::move(text);
    } else {
      tags_.emplace_back(key, std::move(text));
    }
  }
  /// Removes a tag that has this value.
  void remove(std::string_view key, std::string_view text) {
    std::erase_if(tags_, [&](const Tag& tag) { return tag.first == key && tag.second == text; });
  }
  bool empty() const noexcept { return tags_.empty(); }
  void write(codec::JsonWriter& json) const {
    json.begin_object();
    for (const auto& [key, text] : tags_) json.member(key, text);
    json.end_object();
  }

 private:
  using Tag = std::pair<std::string_view, std::string>;

  std::vector<Tag> tags_;
};

}  // namespace weft::inline v0::zipkin
