// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>
#include <utility>

#include "character_class.hpp"
#include "percent.hpp"
#include "prefixed_baggage.hpp"
#include "utf8.hpp"
#include "white_space.hpp"

namespace weft::inline v0::propagators {

namespace {

constexpr w3c::CharacterClass kPrintable{0x20, 0x7E, "", "\t"};

constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_value_octet(char c) noexcept {
  return kPrintable.has(c) || static_cast<unsigned char>(c) >= 0x80;
}

void set_entry(std::vector<baggage::Entry>& entries, baggage::Entry entry) {
  const auto old = std::ranges::find(entries, entry.key, &baggage::Entry::key);
  if (old != entries.end()) {
    *old = std::move(entry);
  } else {
    entries.push_back(std::move(entry));
  }
}

/// Collects entries within the limits.
class Collector {
 public:
  Collector(std::string_view prefix, ValueForm form) noexcept : prefix_(prefix), form_(form) {}

  void see(std::string_view name, std::string_view text) {
    // Before anything is copied: a carrier full of huge headers costs a walk.
    if (name.size() <= prefix_.size() || members_ == w3c::kMaxBaggageMembers ||
        name.size() - prefix_.size() + text.size() > w3c::kMaxBaggageSize - size_) {
      return;
    }
    auto key = read_prefixed_key(name, prefix_);
    // Of a repeated header the first counts.
    if (!key || std::ranges::find(entries_, *key, &baggage::Entry::key) != entries_.end()) return;
    auto value = form_ == ValueForm::plain ? read_plain_value(text) : read_url_encoded_value(text);
    if (!value) return;
    ++members_;
    size_ += key->size() + text.size();
    entries_.push_back({std::move(*key), std::move(*value), {}});
  }
  std::vector<baggage::Entry> take() noexcept { return std::move(entries_); }

 private:
  std::string_view prefix_;
  ValueForm form_;
  std::vector<baggage::Entry> entries_;
  std::size_t members_ = 0;
  std::size_t size_ = 0;
};

}  // namespace

std::optional<std::string> read_prefixed_key(std::string_view name, std::string_view prefix) {
  if (name.size() <= prefix.size() || !detail::same_header(name.substr(0, prefix.size()), prefix)) {
    return std::nullopt;
  }
  std::string key(name.substr(prefix.size()));
  if (!w3c::is_baggage_key(key)) return std::nullopt;
  std::ranges::transform(key, key.begin(), lower);
  return key;
}

std::optional<std::string> read_plain_value(std::string_view text) {
  text = w3c::trimmed(text);
  if (!std::ranges::all_of(text, is_value_octet)) return std::nullopt;
  return w3c::repaired(std::string(text));
}

std::optional<std::string> read_url_encoded_value(std::string_view text) {
  text = w3c::trimmed(text);
  std::string bytes;
  while (!text.empty()) {
    if (!is_value_octet(text[0]) || (text[0] == '%' && !w3c::begins_encoded(text))) {
      return std::nullopt;
    }
    const bool is_encoded = text[0] == '%';
    if (is_encoded) {
      bytes += static_cast<char>(w3c::digit_value(text[1]) << 4U | w3c::digit_value(text[2]));
    } else {
      bytes += text[0] == '+' ? ' ' : text[0];
    }
    text.remove_prefix(is_encoded ? 3 : 1);
  }
  return w3c::repaired(std::move(bytes));
}

void read_prefixed_baggage(const CarrierReader& carrier, std::string_view prefix, ValueForm form,
                           Context& context) {
  Collector collector(prefix, form);
  carrier.for_each("", [&collector](std::string_view name, std::string_view value) {
    collector.see(name, value);
  });
  std::vector<baggage::Entry> fresh = collector.take();
  if (fresh.empty()) return;
  std::vector<baggage::Entry> entries = baggage::all(context);
  for (baggage::Entry& entry : fresh) set_entry(entries, std::move(entry));
  auto shared = std::make_shared<const std::vector<baggage::Entry>>(std::move(entries));
  context.run([&shared] { baggage::entries.set(std::move(shared)); });
}

}  // namespace weft::inline v0::propagators
