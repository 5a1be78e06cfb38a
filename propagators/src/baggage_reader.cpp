// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "baggage_header.hpp"
#include "character_class.hpp"
#include "percent.hpp"
#include "utf8.hpp"
#include "white_space.hpp"

namespace weft::inline v0::w3c {

namespace {

constexpr CharacterClass kToken{0x21, 0x7E, "\"(),/:;<=>?@[\\]{}"};
constexpr CharacterClass kBaggageOctet{0x21, 0x7E, "\",;\\"};
constexpr CharacterClass kMetadata{0x20, 0x7E, ",", "\t"};

}  // namespace

bool is_baggage_key(std::string_view text) noexcept {
  return !text.empty() && kToken.has_all(text);
}

bool is_baggage_value(std::string_view text) noexcept {
  if (!kBaggageOctet.has_all(text)) return false;
  std::size_t percent = text.find('%');
  while (percent != std::string_view::npos) {
    if (!begins_encoded(text.substr(percent))) return false;
    percent = text.find('%', percent + 3);
  }
  return true;
}

bool is_baggage_metadata(std::string_view text) noexcept { return kMetadata.has_all(text); }

std::optional<BaggageMember> read_baggage_member(std::string_view text) noexcept {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  const std::string_view rest = text.substr(equals + 1);
  const std::size_t semicolon = std::min(rest.find(';'), rest.size());
  BaggageMember member{trimmed(text.substr(0, equals)), trimmed(rest.substr(0, semicolon)), {}};
  if (semicolon != rest.size()) member.metadata = trimmed(rest.substr(semicolon + 1));
  if (!is_baggage_key(member.key) || !is_baggage_value(member.value) ||
      !is_baggage_metadata(member.metadata)) {
    return std::nullopt;
  }
  return member;
}

std::string decode_value(std::string_view value) {
  std::string bytes;
  bytes.reserve(value.size());
  while (!value.empty()) {
    if (value[0] == '%') {
      bytes += static_cast<char>(digit_value(value[1]) << 4U | digit_value(value[2]));
      value.remove_prefix(3);
    } else {
      bytes += value[0];
      value.remove_prefix(1);
    }
  }
  return repaired(std::move(bytes));
}

void BaggageCollector::add(std::string_view header) {
  while (!header.empty() && members_ < kMaxBaggageMembers) {
    const std::size_t comma = std::min(header.find(','), header.size());
    const std::string_view text = trimmed(header.substr(0, comma));
    header.remove_prefix(std::min(comma + 1, header.size()));
    const std::size_t size = text.size() + (members_ > 0 ? 1 : 0);
    if (size_ + size > kMaxBaggageSize) continue;
    const auto member = read_baggage_member(text);
    if (!member) continue;
    add_member(*member);
    ++members_;
    size_ += size;
  }
}

void BaggageCollector::add_member(const BaggageMember& member) {
  baggage::Entry entry{std::string(member.key), decode_value(member.value),
                       std::string(member.metadata)};
  const auto old = std::ranges::find(entries_, member.key, &baggage::Entry::key);
  if (old != entries_.end()) {
    *old = std::move(entry);
  } else {
    entries_.push_back(std::move(entry));
  }
}

}  // namespace weft::inline v0::w3c
