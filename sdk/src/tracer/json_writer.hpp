// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <charconv>
#include <string>
#include <string_view>
#include <utility>

#include <weft/version.hpp>

namespace weft::inline v0::detail {

/// Writes one JSON text (RFC 8259) from its beginning to its end; commas come by themselves. Text
/// must be UTF-8. Numbers do not depend on the locale.
class JsonWriter {
 public:
  void begin_object() { open('{'); }
  void end_object() { close('}'); }
  void begin_array() { open('['); }
  void end_array() { close(']'); }
  void key(std::string_view name) {
    quoted(name);
    text_ += ':';
    needs_comma_ = false;
  }
  void text(std::string_view value) { quoted(value); }
  template <class Number>
  void number(Number value) {
    char digits[32];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    raw(std::string_view(digits, static_cast<std::size_t>(end - digits)));
  }
  void boolean(bool value) { raw(value ? "true" : "false"); }
  /// A 64-bit integer, which protobuf's JSON form writes as text.
  template <class Integer>
  void integer_text(Integer value) {
    quoted(std::to_string(value));
  }
  template <class Value>
  void member(std::string_view name, const Value& value) {
    key(name);
    text(value);
  }
  std::string take() && { return std::move(text_); }

 private:
  void separate() {
    if (needs_comma_) text_ += ',';
    needs_comma_ = true;
  }
  void raw(std::string_view value) {
    separate();
    text_ += value;
  }
  void open(char bracket) {
    separate();
    text_ += bracket;
    needs_comma_ = false;
  }
  void close(char bracket) {
    text_ += bracket;
    needs_comma_ = true;
  }
  void quoted(std::string_view value) {
    separate();
    text_ += '"';
    for (const char c : value) escaped(c);
    text_ += '"';
  }
  void escaped(char c) {
    constexpr char kDigits[] = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      text_ += '\\';
      text_ += c;
    } else if (byte < 0x20) {
      text_ += "\\u00";
      text_ += kDigits[byte >> 4U];
      text_ += kDigits[byte & 15U];
    } else {
      text_ += c;
    }
  }

  std::string text_;
  bool needs_comma_ = false;
};

}  // namespace weft::inline v0::detail
