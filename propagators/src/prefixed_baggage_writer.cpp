// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>

#include "character_class.hpp"
#include "prefixed_baggage.hpp"
#include "utf8.hpp"

namespace weft::inline v0::propagators {

namespace {

/// `unreserved` of RFC 3986, 2.3, which every decoder leaves as it is.
constexpr w3c::CharacterClass kUnreserved{'a', 'z', "", "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~"};
constexpr w3c::CharacterClass kPrintable{0x20, 0x7E, "", "\t"};

/// One header after another, written in place: a name, then a value.
class HeaderText {
 public:
  explicit HeaderText(std::string_view prefix) noexcept : prefix_size_(prefix.size()) {
    std::memcpy(text_, prefix.data(), prefix.size());
  }

  /// False, and nothing to see, when the entry cannot be sent or does not fit.
  bool write(const baggage::Entry& entry, ValueForm form) noexcept {
    size_ = prefix_size_;
    if (members_ == w3c::kMaxBaggageMembers || !w3c::is_baggage_key(entry.key) ||
        !append(entry.key)) {
      return false;
    }
    name_size_ = size_;
    if (!(form == ValueForm::plain ? append_plain(entry.value) : append_encoded(entry.value))) {
      return false;
    }
    used_ += size_ - prefix_size_;
    ++members_;
    return true;
  }
  std::string_view name() const noexcept { return {text_, name_size_}; }
  std::string_view value() const noexcept { return {text_ + name_size_, size_ - name_size_}; }

 private:
  bool append(std::string_view text) noexcept {
    if (text.size() > w3c::kMaxBaggageSize - used_ - (size_ - prefix_size_)) return false;
    std::memcpy(text_ + size_, text.data(), text.size());
    size_ += text.size();
    return true;
  }
  // What a header cannot say is not sent: nobody could tell it from what it would become.
  bool append_plain(std::string_view value) noexcept {
    std::string_view rest = value;
    while (!rest.empty()) {
      const std::size_t size = w3c::character_size(rest);
      if (size == 0 || (size == 1 && !kPrintable.has(rest[0]))) return false;
      rest.remove_prefix(size);
    }
    return append(value);
  }
  bool append_encoded(std::string_view value) noexcept {
    while (!value.empty()) {
      const std::size_t size = w3c::character_size(value);
      const std::string_view one = size != 0 ? value.substr(0, size) : w3c::kReplacementCharacter;
      if (!(kUnreserved.has(value[0]) ? append(one) : append_octets(one))) return false;
      value.remove_prefix(size != 0 ? size : 1);
    }
    return true;
  }
  bool append_octets(std::string_view bytes) noexcept {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    return std::ranges::all_of(bytes, [&](char c) {
      const unsigned byte = static_cast<unsigned char>(c);
      const char encoded[3] = {'%', kDigits[byte >> 4U], kDigits[byte & 15U]};
      return append({encoded, sizeof encoded});
    });
  }

  static constexpr std::size_t kRoomForPrefix = 16;
  char text_[kRoomForPrefix + w3c::kMaxBaggageSize];
  std::size_t prefix_size_;
  std::size_t name_size_ = 0;
  std::size_t size_ = 0;
  std::size_t used_ = 0;  // by earlier headers
  std::size_t members_ = 0;
};

// Out of line: its 8 KiB of stack are for those who have baggage.
[[gnu::noinline]] void write_entries(const std::vector<baggage::Entry>& entries,
                                     std::string_view prefix, ValueForm form,
                                     const CarrierWriter& carrier) {
  HeaderText header(prefix);
  for (const baggage::Entry& entry : entries) {
    if (header.write(entry, form)) carrier.set(header.name(), header.value());
  }
}

}  // namespace

void write_prefixed_baggage(const baggage::Entries* entries, std::string_view prefix,
                            ValueForm form, const CarrierWriter& carrier) {
  if (entries == nullptr || *entries == nullptr) return;
  const baggage::Entries kept = *entries;  // the carrier's own code may change what is current
  write_entries(*kept, prefix, form, carrier);
}

}  // namespace weft::inline v0::propagators
