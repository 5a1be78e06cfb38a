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

unsigned class_of(char c) noexcept { return kClasses[static_cast<unsigned char>(c)]; }

bool is_in(char c, CharacterClass bit) noexcept { return (class_of(c) & bit) != 0; }

[[gnu::always_inline]] inline std::size_t run_length(std::string_view text,
                                                     CharacterClass bit) noexcept {
  std::size_t length = 0;
  // By four, with one branch for them: these runs are most of the work.
  for (; text.size() - length >= 4; length += 4) {
    const char* c = text.data() + length;
    if ((class_of(c[0]) & class_of(c[1]) & class_of(c[2]) & class_of(c[3]) & bit) == 0) break;
  }
  while (length < text.size() && is_in(text[length], bit)) ++length;
  return length;
}

// Of read_key and read_value.
[[gnu::always_inline]] inline std::size_t key_length(std::string_view text) noexcept {
  if (text.empty() || !is_in(text[0], kKeyStart)) return 0;
  const std::size_t length = run_length(text, kKey);
  return length <= kMaxKeySize ? length : 0;
}

[[gnu::always_inline]] inline std::size_t value_length(std::string_view text) noexcept {
  std::size_t length = run_length(text, kValue);
  while (length > 0 && text[length - 1] == ' ') --length;
  return length <= kMaxValueSize ? length : 0;
}

std::string_view without_white_space(std::string_view text) noexcept {
  while (!text.empty() && is_in(text.front(), kWhiteSpace)) text.remove_prefix(1);
  return text;
}

}  // namespace

std::size_t read_key(std::string_view text) noexcept { return key_length(text); }

std::size_t read_value(std::string_view text) noexcept { return value_length(text); }

std::size_t read_white_space(std::string_view text) noexcept {
  return text.size() - without_white_space(text).size();
}

Next read_member(std::string_view& list, Member& member) noexcept {
  std::string_view rest = without_white_space(list);
  while (!rest.empty() && rest.front() == ',') {
    rest.remove_prefix(1);
    rest = without_white_space(rest);
  }
  list = rest;
  if (rest.empty()) return Next::end;
  const std::size_t key = key_length(rest);
  if (key == 0 || key == rest.size() || rest[key] != '=') return Next::malformed;
  const char* const text = rest.data();
  rest.remove_prefix(key + 1);
  const std::size_t value = value_length(rest);
  if (value == 0) return Next::malformed;
  member = {{text, key}, {rest.data(), value}};
  rest.remove_prefix(value);
  rest = without_white_space(rest);
  if (!rest.empty()) {
    if (rest.front() != ',') return Next::malformed;
    rest.remove_prefix(1);
  }
  list = rest;
  return Next::member;
}

bool measure_list(std::string_view list, std::size_t& size) noexcept {
  size = 0;
  if (list.size() > kMaxListSize) return false;
  Member member;
  for (std::size_t members = 1;; ++members) {
    const Next next = read_member(list, member);
    if (next != Next::member) return next == Next::end;
    if (members > kMaxMembers) return false;
    size += member.size() + (members > 1 ? 1 : 0);
  }
}

}  // namespace weft::inline v0::detail::trace_state
