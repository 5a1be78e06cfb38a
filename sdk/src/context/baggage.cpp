// SPDX-License-Identifier: Apache-2.0
#include <weft/baggage.hpp>

#include <algorithm>
#include <utility>

namespace weft::inline v0::baggage {

constinit const ContextVar<Entries> entries{"baggage"};

namespace {

using List = std::vector<Entry>;

List list_of(const Entries* found) {
  return found != nullptr && *found != nullptr ? **found : List();
}

const Entry* find_entry(std::string_view key) noexcept {
  const Entries* found = entries.find();
  if (found == nullptr || *found == nullptr) return nullptr;
  const auto entry = std::ranges::find(**found, key, &Entry::key);
  return entry != (*found)->end() ? &*entry : nullptr;
}

// A replaced entry keeps its place.
Entries with(std::string_view key, std::string_view value, std::string_view metadata) {
  List list = list_of(entries.find());
  if (!key.empty()) {
    Entry fresh{std::string(key), std::string(value), std::string(metadata)};
    const auto old = std::ranges::find(list, key, &Entry::key);
    if (old != list.end()) {
      *old = std::move(fresh);
    } else {
      list.push_back(std::move(fresh));
    }
  }
  return std::make_shared<const List>(std::move(list));
}

}  // namespace

void set(std::string_view key, std::string_view value, std::string_view metadata) {
  if (!key.empty()) entries.set(with(key, value, metadata));
}

void remove(std::string_view key) {
  if (find_entry(key) == nullptr) return;
  List list = list_of(entries.find());
  std::erase_if(list, [key](const Entry& entry) { return entry.key == key; });
  entries.set(std::make_shared<const List>(std::move(list)));
}

void clear() {
  const Entries* found = entries.find();
  if (found != nullptr && *found != nullptr) entries.set(nullptr);
}

std::optional<std::string> get(std::string_view key) {
  const Entry* entry = find_entry(key);
  return entry != nullptr ? std::optional<std::string>(entry->value) : std::nullopt;
}

std::vector<Entry> all() { return list_of(entries.find()); }

std::vector<Entry> all(const Context& context) { return list_of(context.find(entries)); }

weft::Scoped<Entries> scoped(std::string_view key, std::string_view value,
                             std::string_view metadata) {
  return entries.scoped(with(key, value, metadata));
}

}  // namespace weft::inline v0::baggage
