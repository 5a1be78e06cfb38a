// SPDX-License-Identifier: Apache-2.0
#include <weft/request_context.hpp>

#include <functional>
#include <unordered_map>

#include <weft/context_var.hpp>

#include "context/context_block.hpp"
#include "context/current_context.hpp"
#include "context/span_node.hpp"

namespace weft::inline v0 {

namespace {

using detail::RequestValue;
using detail::ValueBox;

constexpr std::string_view kTraceId = "trace_id";

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const noexcept {
    return std::hash<std::string_view>()(text);
  }
};

/// The values of one request; shared by the contexts that were copied from one another until one of
/// them sets something, which then takes its own copy.
struct RequestTable {
  std::unordered_map<std::string, RequestValue, TextHash, std::equal_to<>> values;

  void set(std::string_view key, RequestValue value) {
    if (const auto it = values.find(key); it != values.end()) {
      it->second = std::move(value);
    } else {
      values.emplace(key, std::move(value));
    }
  }
  /// For `dump`.
  std::string to_string() const {
    std::string text;
    for (const auto& [key, value] : values) {
      if (!text.empty()) text += ' ';
      text += key + '=' + value.text();
    }
    return text;
  }
};

constinit const ContextVar<RequestTable> request_table{"request_context"};

ValueBox* make_table(std::initializer_list<RequestEntry> first) {
  RequestTable table;
  for (const RequestEntry& entry : first) table.set(entry.key, entry.value);
  return detail::make_box<RequestTable>(request_table, std::move(table));
}

// Takes `box` over, also when it throws.
void put(detail::ContextState& state, ValueBox* box) {
  const std::uint32_t slot = request_table.assigned_slot();
  try {
    detail::writable_block(state, slot);
  } catch (...) {
    detail::release_box(box);
    throw;
  }
  detail::replace_value(state, slot, box);
}

const RequestTable& table() {
  const RequestTable* found = request_table.find();
  if (found == nullptr) throw ContextNotInitialized();
  return *found;
}

// The table, if no other context, token or scope has it.
RequestTable* own_table(const detail::ContextState& state) noexcept {
  const std::uint32_t slot = request_table.slot();
  if (detail::own_block(state, slot) == nullptr) return nullptr;
  ValueBox* box = detail::find_box(state, slot);
  // Acquire: the last other owner's reads are done before we write.
  const bool is_own =
      box != nullptr && detail::owners(box->word.load(std::memory_order_acquire)) == 1;
  return is_own ? static_cast<RequestTable*>(box->payload()) : nullptr;
}

std::string current_trace_id() {
  const detail::SpanNode* span = detail::top_span(detail::current_state_inline());
  return span != nullptr && span->identity.context.is_valid()
             ? span->identity.context.trace_id().to_hex()
             : std::string();
}

}  // namespace

RequestScope::RequestScope(std::initializer_list<RequestEntry> first) {
  detail::set_value(request_table, make_table(first), state_);
}

RequestScope::~RequestScope() { detail::reset_scope(state_); }

void RequestContext::init(std::initializer_list<RequestEntry> first) {
  put(detail::current_state_inline(), make_table(first));
}

void RequestContext::clear() noexcept {
  detail::ContextState& state = detail::current_state_inline();
  detail::replace_value(state, request_table.slot(), nullptr);
}

bool RequestContext::is_initialized() noexcept { return request_table.find() != nullptr; }

void RequestContext::set_value(std::string_view key, RequestValue value) {
  detail::ContextState& state = detail::current_state_inline();
  if (RequestTable* own = own_table(state)) return own->set(key, std::move(value));
  RequestTable copy = table();
  copy.set(key, std::move(value));
  put(state, detail::make_box<RequestTable>(request_table, std::move(copy)));
}

std::optional<RequestValue> RequestContext::find_value(std::string_view key) {
  const auto& values = table().values;
  if (const auto it = values.find(key); it != values.end()) return it->second;
  if (key != kTraceId) return std::nullopt;
  std::string current = current_trace_id();
  return current.empty() ? std::nullopt : std::optional<RequestValue>(std::move(current));
}

std::string RequestContext::known(std::string_view key) {
  const std::optional<RequestValue> found = find_value(key);
  std::string text = found ? found->text() : std::string();
  if (text.empty() || text == "unknown") throw LookupError(key);
  return text;
}

std::map<std::string, std::string> RequestContext::all() {
  std::map<std::string, std::string> all;
  for (const auto& [key, value] : table().values) all.emplace(key, value.text());
  if (std::string current = current_trace_id(); !current.empty()) {
    all.emplace(kTraceId, std::move(current));  // one that was set stays
  }
  return all;
}

}  // namespace weft::inline v0
