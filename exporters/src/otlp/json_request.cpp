// SPDX-License-Identifier: Apache-2.0
#include "otlp/json_request.hpp"

#include <algorithm>
#include <string>

#include "otlp/json_text.hpp"

namespace weft::inline v0::otlp {

delivery::Encoded JsonRequest::write(std::span<detail::Record* const> records, std::size_t limit,
                                     wire::Buffer& body, std::string_view tail) {
  while (true) {
    // JSON is never the shorter form, so what protobuf could not hold need not be tried.
    const std::size_t taken = encoder_.plan(records, limit);
    if (taken == 0) return {1, true};
    encoder_.write(message_.reserve(encoder_.size()));
    message_.set_size(encoder_.size());
    const std::string text = json_text(message_.view());
    message_.clear();
    if (text.size() + tail.size() <= limit) {
      char* end = std::ranges::copy(text, body.reserve(text.size() + tail.size())).out;
      std::ranges::copy(tail, end);
      body.set_size(text.size() + tail.size());
      return {taken, false};
    }
    if (taken == 1) return {1, true};
    records = records.first(taken / 2);
  }
}

}  // namespace weft::inline v0::otlp
