// SPDX-License-Identifier: Apache-2.0
#include <weft/propagation.hpp>

#include <atomic>
#include <cstdint>
#include <cstring>
#include <utility>

#include "context/current_context.hpp"
#include "context/span_node.hpp"
#include "platform/user_exception.hpp"

namespace weft::inline v0 {

TextMapPropagator::~TextMapPropagator() = default;

void TextMapPropagator::inject_current(const CarrierWriter& carrier) const {
  inject(copy_context(), carrier);
}

namespace detail {

namespace {

/// One list of propagators that was in force at some time. Readers take no count, so none is ever
/// freed; all of them stay reachable from `all_lists`.
struct PropagatorList {
  std::vector<PropagatorPtr> propagators;
  PropagatorList* older = nullptr;
};

constinit std::atomic<PropagatorList*> all_lists{nullptr};
constinit std::atomic<const std::vector<PropagatorPtr>*> current_list{nullptr};

// Found again when it was in force before, so that setting in turns does not grow.
const std::vector<PropagatorPtr>& keep(std::vector<PropagatorPtr> propagators) {
  for (auto* list = all_lists.load(std::memory_order_acquire); list != nullptr;
       list = list->older) {
    if (list->propagators == propagators) return list->propagators;
  }
  auto* list =
      new PropagatorList{std::move(propagators), all_lists.load(std::memory_order_relaxed)};
  while (!all_lists.compare_exchange_weak(list->older, list, std::memory_order_release,
                                          std::memory_order_relaxed)) {
  }
  return list->propagators;
}

std::uint64_t word_at(const char* text) noexcept {
  std::uint64_t word = 0;
  std::memcpy(&word, text, sizeof word);
  return word;
}

constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

}  // namespace

void set_global_propagators(std::vector<PropagatorPtr> propagators) {
  std::erase(propagators, nullptr);
  current_list.store(&keep(std::move(propagators)), std::memory_order_release);
}

const std::vector<PropagatorPtr>* global_propagators() noexcept {
  return current_list.load(std::memory_order_acquire);
}

const SpanContext* current_span_context() noexcept {
  const SpanNode* node = top_span(std::as_const(current_state_inline()));
  return node != nullptr ? &node->identity.context : nullptr;
}

bool same_letters(const char* a, const char* b, std::size_t size) noexcept {
  // Most names that are as long as ours are ours, spelled as we spell them: two words tell.
  if (size >= 8 && size <= 16 &&
      ((word_at(a) ^ word_at(b)) | (word_at(a + size - 8) ^ word_at(b + size - 8))) == 0) {
    return true;
  }
  for (std::size_t i = 0; i < size; ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

void propagation_threw(const char* what) noexcept { count_user_exception(what); }

}  // namespace detail

void set_global_propagator(PropagatorPtr propagator) {
  if (propagator == nullptr) {
    detail::current_list.store(nullptr, std::memory_order_release);
  } else {
    detail::set_global_propagators({std::move(propagator)});
  }
}

}  // namespace weft::inline v0
