// SPDX-License-Identifier: Apache-2.0
#include <cstring>

#include "baggage_header.hpp"
#include "character_class.hpp"
#include "utf8.hpp"

namespace weft::inline v0::w3c {

namespace {

/// What a value says as it is: baggage-octet without the percent sign.
constexpr CharacterClass kPlainValue{0x21, 0x7E, "\"%,;\\"};
/// What would end the member or the header is encoded; the rest is the writer's own affair.
constexpr CharacterClass kPlainMetadata{0x20, 0x7E, ",", "\t"};

}  // namespace

void BaggageHeader::add(const baggage::Entry& entry) noexcept {
  if (members_ == kMaxBaggageMembers || !is_baggage_key(entry.key)) return;
  const std::size_t before = size_;
  if (append_member(entry)) {
    ++members_;
  } else {
    size_ = before;
  }
}

bool BaggageHeader::append_member(const baggage::Entry& entry) noexcept {
  return (members_ == 0 || append(",")) && append(entry.key) && append("=") &&
         append_value(entry.value) &&
         (entry.metadata.empty() || (append(";") && append_metadata(entry.metadata)));
}

bool BaggageHeader::append_value(std::string_view value) noexcept {
  while (!value.empty()) {
    if (kPlainValue.has(value[0])) {
      if (!append(value.substr(0, 1))) return false;
      value.remove_prefix(1);
      continue;
    }
    const std::size_t size = character_size(value);
    if (!append_encoded(size != 0 ? value.substr(0, size) : kReplacementCharacter)) return false;
    value.remove_prefix(size != 0 ? size : 1);
  }
  return true;
}

bool BaggageHeader::append_metadata(std::string_view metadata) noexcept {
  for (std::size_t i = 0; i < metadata.size(); ++i) {
    const std::string_view one = metadata.substr(i, 1);
    if (!(kPlainMetadata.has(metadata[i]) ? append(one) : append_encoded(one))) return false;
  }
  return true;
}

bool BaggageHeader::append(std::string_view text) noexcept {
  if (text.size() > kMaxBaggageSize - size_) return false;
  std::memcpy(text_ + size_, text.data(), text.size());
  size_ += text.size();
  return true;
}

bool BaggageHeader::append_encoded(std::string_view bytes) noexcept {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  for (const char c : bytes) {
    const unsigned byte = static_cast<unsigned char>(c);
    const char encoded[3] = {'%', kDigits[byte >> 4U], kDigits[byte & 15U]};
    if (!append({encoded, sizeof encoded})) return false;
  }
  return true;
}

}  // namespace weft::inline v0::w3c
