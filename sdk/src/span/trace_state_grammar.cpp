// SPDX-License-Identifier: Apache-2.0
#include "span/trace_state_grammar.hpp"

#include <array>

namespace weft::inline v0::detail::trace_state {

namespace {

enum CharacterClass : std::uint8_t { kKeyStart = 1, kKey = 2, kValue = 4, kWhiteSpace = 8 };

constexpr std::array<std::uint8_t, 256> kClasses = [] {
  std::array<std::uint8_t, 256> classes{};
  const auto add = [&classes](char c, unsigned bits) {
    auto& entry = classes[static_cast<unsigned char>(c)];
    entry = static_cast<std::uint8_t>(entry | bits);
  };
  for (char c = 'a'; c <= 'z'; ++c) add(c, kKeyStart | kKey);
  for (char c = '0'; c <= '9'; ++c) add(c, kKeyStart | kKey);
  for (const char c : {'_', '-', '*', '/', '@'}) add(c, kKey);
  for (char c = 0x20; c < 0x7F; ++c) {
    if (c != ',' && c != '=') add(c, kValue);
  }
  for (const char c : {' ', '\t'}) add(c, kWhiteSpace);
  return classes;
}();

bool is_in(char c, unsigned bits) noexcept {
  return (kClasses[static_cast<unsigned char>(c)] & bits) != 0;
}

std::size_t run_length(std::string_view text, unsigned bits) noexcept {
  std::size_t length = 0;
  while (length < text.size() && is_in(text[length], bits)) ++length;
  return length;
}

}  // namespace

std::size_t read_key(std::string_view text) noexcept {
  if (text.empty() || !is_in(text[0], kKeyStart)) return 0;
  const std::size_t length = run_length(text, kKey);
  return length <= kMaxKeySize ? length : 0;
}

std::size_t read_value(std::string_view text) noexcept {
  std::size_t length = run_length(text, kValue);
  while (length > 0 && text[length - 1] == ' ') --length;
  return length <= kMaxValueSize ? length : 0;
}

std::size_t read_white_space(std::string_view text) noexcept {
  return run_length(text, kWhiteSpace);
}

Next read_member(std::string_view& list, Member& member) noexcept {
  for (;;) {
    list.remove_prefix(read_white_space(list));
    if (list.empty()) return Next::end;
    if (list.front() != ',') break;
    list.remove_prefix(1);
  }
  const std::size_t key = read_key(list);
  if (key == 0 || key == list.size() || list[key] != '=') return Next::malformed;
  const std::size_t value = read_value(list.substr(key + 1));
  if (value == 0) return Next::malformed;
  member = {list.substr(0, key), list.substr(key + 1, value)};
  list.remove_prefix(member.size());
  list.remove_prefix(read_white_space(list));
  if (list.empty()) return Next::member;
  if (list.front() != ',') return Next::malformed;
  list.remove_prefix(1);
  return Next::member;
}

std::optional<std::size_t> measure_list(std::string_view list) noexcept {
  std::size_t members = 0;
  std::size_t size = 0;
  Member member;
  for (;;) {
    switch (read_member(list, member)) {
      case Next::malformed:
        return std::nullopt;
      case Next::end:
        return size;
      case Next::member:
        if (++members > kMaxMembers) return std::nullopt;
        size += member.size() + (members > 1 ? 1 : 0);
    }
  }
}

}  // namespace weft::inline v0::detail::trace_state
