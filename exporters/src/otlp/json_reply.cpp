// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "delivery/printable.hpp"
#include "otlp/reply.hpp"

namespace weft::inline v0::otlp {

namespace {

using nlohmann::json;

// Takes out of a reply, whatever a peer has put into it, the texts that mean something here.
// Without a tree of values: that takes memory to be taken apart.
class ReplyReader final : public nlohmann::json_sax<json> {
 public:
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t number) override {
    if (is_at("partialSuccess", "rejectedSpans")) partial.rejected_spans = number;
    return true;
  }
  bool number_float(number_float_t number, const string_t&) override {
    constexpr double kMost = 0x1p63;  // 5.0 is an integer too. ProtoJSON
    if (is_at("partialSuccess", "rejectedSpans") && number > 0) {
      partial.rejected_spans = static_cast<std::uint64_t>(std::min(number, kMost));
    }
    return true;
  }
  bool string(string_t& text) override {
    if (is_at("partialSuccess", "rejectedSpans")) {
      partial.rejected_spans = 0;
      std::from_chars(text.data(), text.data() + text.size(), partial.rejected_spans);
    } else if (is_at("partialSuccess", "errorMessage")) {
      partial.message = delivery::printable(text);
    } else if (depth_ == 1 && keys_[0] == "message") {
      message = delivery::printable(text);
    }
    return true;
  }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return begin(true); }
  bool end_object() override { return end(); }
  bool start_array(std::size_t) override { return begin(false); }
  bool end_array() override { return end(); }
  bool key(string_t& key) override {
    if (depth_ <= keys_.size()) keys_[depth_ - 1] = key;
    forget();
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const json::exception&) override {
    return false;
  }

  PartialSuccess partial{};
  std::string message{};
  bool is_object = false;

 private:
  bool is_at(std::string_view outer, std::string_view inner) const {
    return depth_ == 2 && keys_[0] == outer && keys_[1] == inner;
  }
  // What an earlier key of the same name has said: of several the last counts.
  void forget() {
    if (depth_ == 1 && keys_[0] == "partialSuccess") partial = {};
    if (depth_ == 1 && keys_[0] == "message") message.clear();
    if (is_at("partialSuccess", "rejectedSpans")) partial.rejected_spans = 0;
    if (is_at("partialSuccess", "errorMessage")) partial.message.clear();
  }
  bool begin(bool is_object_here) {
    if (depth_ == 0) is_object = is_object_here;
    if (depth_ < keys_.size()) keys_[depth_].clear();  // in an array they have none
    ++depth_;
    return true;
  }
  bool end() {
    --depth_;
    return true;
  }

  std::size_t depth_ = 0;
  std::array<std::string, 2> keys_;
};

}  // namespace

std::optional<PartialSuccess> read_json_response(std::string_view body) {
  if (body.empty()) return PartialSuccess{};
  ReplyReader reader;
  if (!json::sax_parse(body, &reader) || !reader.is_object) return std::nullopt;
  return std::move(reader.partial);
}

std::string read_json_status_message(std::string_view body) {
  ReplyReader reader;
  const bool is_read = json::sax_parse(body, &reader) && reader.is_object;
  return is_read ? std::move(reader.message) : std::string();
}

}  // namespace weft::inline v0::otlp
