// SPDX-License-Identifier: Apache-2.0
#include "span/ot_entry.hpp"

#include <algorithm>
#include <string>

#include "span/sampling_threshold.hpp"

namespace weft::inline v0::detail {

namespace {

constexpr std::string_view kKey = "ot";
constexpr std::size_t kLongest = 256;

bool is_lower(char c) noexcept { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

struct Part {
  std::string_view key;
  std::string_view value;
};

// `key = lcalpha *( lcalpha / DIGIT )`
bool is_key(std::string_view text) noexcept {
  return !text.empty() && is_lower(text.front()) &&
         std::ranges::all_of(text, [](char c) { return is_lower(c) || is_digit(c); });
}

// `value = *( ALPHA / DIGIT / "." / "_" / "-" )`
bool is_value(std::string_view text) noexcept {
  return std::ranges::all_of(text, [](char c) {
    return is_lower(c) || is_digit(c) || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' || c == '-';
  });
}

// Takes the next member off the list; false at its end and at what is none.
// `list = member *( ";" member )`, `member = key ":" value`
bool read_part(std::string_view& list, Part& part, bool& is_broken) noexcept {
  if (list.empty()) return false;
  const std::size_t end = std::min(list.find(';'), list.size());
  const std::string_view member = list.substr(0, end);
  const std::size_t colon = std::min(member.find(':'), member.size());
  part = {member.substr(0, colon), colon < member.size() ? member.substr(colon + 1) : member};
  is_broken = colon == member.size() || !is_key(part.key) || !is_value(part.value) ||
              end + 1 == list.size();  // nothing after the last semicolon
  list.remove_prefix(std::min(end + 1, list.size()));
  return !is_broken;
}

// So few members that comparing all with all is the least work.
bool is_repeated(std::string_view list, std::string_view key) noexcept {
  int found = 0;
  Part part;
  for (bool is_broken = false; read_part(list, part, is_broken);) found += part.key == key ? 1 : 0;
  return found > 1;
}

bool is_well_formed(std::string_view text) noexcept {
  if (text.empty() || text.size() > kLongest) return false;
  std::string_view rest = text;
  Part part;
  bool is_broken = false;
  while (read_part(rest, part, is_broken)) {
    if (is_repeated(text, part.key)) return false;
  }
  return !is_broken;
}

}  // namespace

OtEntry read_ot_entry(const TraceState& state) noexcept {
  OtEntry entry;
  const std::string_view text = state.get(kKey).value_or(std::string_view());
  if (!is_well_formed(text)) return entry;
  std::string_view rest = text;
  Part part;
  for (bool is_broken = false; read_part(rest, part, is_broken);) {
    if (part.key == "rv") entry.randomness = read_randomness(part.value);
    if (part.key != "th") continue;
    entry.names_threshold = true;
    entry.threshold = read_threshold(part.value);
  }
  return entry;
}

TraceState with_threshold(const TraceState& state, std::optional<std::uint64_t> threshold) {
  const auto found = state.get(kKey);
  if (!found && !threshold) return state;
  std::string text;
  if (threshold) text = "th:" + threshold_text(*threshold);
  const std::size_t own_size = text.size();
  if (found && is_well_formed(*found)) {
    std::string_view rest = *found;
    Part part;
    for (bool is_broken = false; read_part(rest, part, is_broken);) {
      if (part.key == "th") continue;
      if (!text.empty()) text += ';';
      text.append(part.key).append(":").append(part.value);
    }
  }
  if (text.size() > kLongest) text.erase(0, own_size + 1);
  if (text.empty()) return state.erase(kKey);
  return found == text ? state : state.set(kKey, text);
}

TraceState consistent_trace_state(const TraceState& parent, bool is_sampled,
                                  std::uint64_t randomness_of_id) {
  const OtEntry entry = read_ot_entry(parent);
  if (!entry.names_threshold) return parent;
  const bool is_consistent =
      entry.threshold &&
      is_sampled == (entry.randomness.value_or(randomness_of_id) >= *entry.threshold);
  return is_consistent ? parent : with_threshold(parent, std::nullopt);
}

}  // namespace weft::inline v0::detail
