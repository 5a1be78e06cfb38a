// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <charconv>
#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>

#include <weft/version.hpp>

namespace weft::inline v0::codec {

/// Writes one JSON value (RFC 8259) from its beginning to its end behind what a string holds
/// already; commas come by themselves. Everything of ours that is JSON is written by it. Without a
/// tree of values: that takes memory to be taken apart.
class WEFT_API JsonWriter {
 public:
  explicit JsonWriter(std::string& out) noexcept : out_(out) {}

  void begin_object() { open('{'); }
  void end_object() { close('}'); }
  void begin_array() { open('['); }
  void end_array() { close(']'); }
  void key(std::string_view name) {
    text(name);
    out_ += ':';
    needs_comma_ = false;
  }
  /// Whatever bytes are in it: what is no UTF-8 becomes U+FFFD for each bad byte.
  void text(std::string_view value);
  /// Text of which it is known that nothing in it needs an escape.
  void plain_text(std::string_view value);
  /// Bytes as text, two digits each.
  void hex(std::string_view bytes);
  template <std::integral Integer>
  void number(Integer value) {
    raw(Digits(value).view());
  }
  /// The shortest number that reads as the same; where JSON has none, its name as text, which is
  /// protobuf's JSON mapping.
  void number(double value);
  void boolean(bool value) { raw(value ? "true" : "false"); }
  /// An integer of 64 bits, which protobuf's JSON mapping writes as text.
  template <std::integral Integer>
  void integer_text(Integer value) {
    plain_text(Digits(value).view());
  }
  void member(std::string_view name, std::string_view value) {
    key(name);
    text(value);
  }

 private:
  class Digits {
   public:
    template <class Integer>
    explicit Digits(Integer value) noexcept
        : end_(std::to_chars(text_, text_ + sizeof text_, value).ptr) {}
    std::string_view view() const noexcept {
      return {text_, static_cast<std::size_t>(end_ - text_)};
    }

   private:
    char text_[24];
    const char* end_;
  };

  void separate() {
    if (needs_comma_) out_ += ',';
    needs_comma_ = true;
  }
  void raw(std::string_view value) {
    separate();
    out_ += value;
  }
  void open(char bracket) {
    separate();
    out_ += bracket;
    needs_comma_ = false;
  }
  void close(char bracket) {
    out_ += bracket;
    needs_comma_ = true;
  }
  std::size_t special(std::string_view rest);
  void escape(char c);

  std::string& out_;
  bool needs_comma_ = false;
};

/// What a number is called that is none or endless: "NaN", "Infinity", "-Infinity".
WEFT_API std::string_view name_of_no_number(double value) noexcept;

}  // namespace weft::inline v0::codec
