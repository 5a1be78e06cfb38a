// SPDX-License-Identifier: Apache-2.0
#include "console/text.hpp"

#include <array>
#include <charconv>
#include <cstdio>
#include <ctime>
#include <variant>

#include "codec/utf8.hpp"

namespace weft::inline v0::console {

namespace {

constexpr std::size_t kLongestText = 200;  // characters
constexpr std::size_t kMostBytes = 32;
constexpr std::size_t kMostValues = 32;
constexpr int kDeepest = 8;
constexpr std::string_view kCut = "…";
constexpr std::string_view kHex = "0123456789abcdef";

void append_escape(std::string& out, unsigned char byte) {
  out += "\\x";
  out += kHex[byte >> 4U];
  out += kHex[byte & 15U];
}

void append_escaped(std::string& out, std::string_view text, bool quoted) {
  const std::string_view kept = codec::first_characters(text, kLongestText);
  for (std::size_t i = 0; i < kept.size(); ++i) {
    const auto byte = static_cast<unsigned char>(kept[i]);
    // C1 controls are two bytes of UTF-8: 0xC2 0x80 to 0xC2 0x9F.
    const bool c1 =
        byte == 0xC2 && i + 1 < kept.size() && static_cast<unsigned char>(kept[i + 1]) < 0xA0;
    if (byte == '\n') {
      out += "\\n";
    } else if (byte == '\t') {
      out += "\\t";
    } else if (byte < 0x20 || byte == 0x7F) {
      append_escape(out, byte);
    } else if (c1) {
      append_escape(out, static_cast<unsigned char>(kept[++i]));
    } else {
      if (quoted && (byte == '"' || byte == '\\')) out += '\\';
      out += kept[i];
    }
  }
  if (kept.size() < text.size()) out += kCut;
}

void append_value(std::string& out, const AttributeValue& value, int depth);

struct ValueWriter {
  std::string& out;
  int depth;

  void operator()(bool value) const { out += value ? "true" : "false"; }
  void operator()(std::int64_t value) const { out += std::to_string(value); }
  void operator()(double value) const {
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    out.append(text.data(), end);
  }
  void operator()(const std::string& value) const {
    out += '"';
    append_escaped(out, value, true);
    out += '"';
  }
  void operator()(const AttributeValue::Bytes& bytes) const {
    out += "0x";
    for (std::size_t i = 0; i < bytes.size() && i < kMostBytes; ++i) {
      const auto byte = std::to_integer<unsigned>(bytes[i]);
      out += kHex[byte >> 4U];
      out += kHex[byte & 15U];
    }
    if (bytes.size() > kMostBytes) out += kCut;
  }
  void operator()(const AttributeValue::Array& values) const {
    list('[', ']', values, [&](const AttributeValue& value) { append_value(out, value, depth); });
  }
  void operator()(const AttributeValue::Map& entries) const {
    list('{', '}', entries, [&](const Attribute& entry) {
      append_escaped(out, entry.key, false);
      out += '=';
      append_value(out, entry.value, depth);
    });
  }

  template <class Values, class Write>
  void list(char open, char close, const Values& values, Write&& write) const {
    out += open;
    for (std::size_t i = 0; i < values.size() && i < kMostValues; ++i) {
      if (i > 0) out += ", ";
      write(values[i]);
    }
    if (values.size() > kMostValues) out += kCut;
    out += close;
  }
};

void append_value(std::string& out, const AttributeValue& value, int depth) {
  if (depth >= kDeepest) {
    out += kCut;
    return;
  }
  std::visit(ValueWriter{out, depth + 1}, value.variant());
}

}  // namespace

std::string shown(std::string_view text) {
  std::string out;
  append_escaped(out, text, false);
  return out;
}

std::string shown_value(const AttributeValue& value) {
  std::string out;
  append_value(out, value, 0);
  return out;
}

std::string shown_attributes(const std::vector<Attribute>& attributes) {
  std::string out;
  for (const Attribute& attribute : attributes) {
    out += ' ';
    append_escaped(out, attribute.key, false);
    out += '=';
    append_value(out, attribute.value, 0);
  }
  return out;
}

std::string shown_duration(std::chrono::nanoseconds time) {
  constexpr std::array<std::string_view, 4> kUnits{" ns", " µs", " ms", " s"};
  auto value = static_cast<double>(time.count());
  std::size_t unit = 0;
  // 999.5 and more would be shown as 1000 of the smaller unit.
  for (; unit + 1 < kUnits.size() && (value >= 999.5 || value <= -999.5); ++unit) value /= 1000;
  const double size = value < 0 ? -value : value;
  const int decimals = unit == 0 || size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
  std::array<char, 48> text{};
  const int length = std::snprintf(text.data(), text.size(), "%.*f", decimals, value);
  return std::string(text.data(), static_cast<std::size_t>(length)) + std::string(kUnits[unit]);
}

std::string shown_time(std::chrono::system_clock::time_point time) {
  using std::chrono::microseconds;
  const auto since = std::chrono::floor<microseconds>(time.time_since_epoch());
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
  const std::time_t whole = seconds.count();
  std::tm parts{};
  gmtime_r(&whole, &parts);
  std::array<char, 32> text{};
  const std::size_t length = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  std::array<char, 16> fraction{};
  std::snprintf(fraction.data(), fraction.size(), ".%06dZ",
                static_cast<int>((since - seconds).count()));
  return std::string(text.data(), length) + fraction.data();
}

}  // namespace weft::inline v0::console
