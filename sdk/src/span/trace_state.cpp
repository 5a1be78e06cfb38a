// SPDX-License-Identifier: Apache-2.0
#include <weft/trace_state.hpp>

#include <atomic>
#include <cstring>
#include <new>

#include "span/trace_state_grammar.hpp"

namespace weft::inline v0 {

namespace detail {

/// The shared text: this, then `size` characters. Always a list that the grammar accepts, without
/// white space and empty members, never empty.
struct TraceStateText {
  std::atomic<std::uint32_t> references{1};
  std::uint32_t size = 0;

  char* characters() noexcept { return reinterpret_cast<char*>(this + 1); }
  std::string_view view() const noexcept { return {reinterpret_cast<const char*>(this + 1), size}; }
};

}  // namespace detail

namespace {

using detail::TraceStateText;
using detail::trace_state::Member;
using detail::trace_state::Next;
using detail::trace_state::read_member;

/// Memory for a text of up to `capacity` characters, and what fills it.
class TextWriter {
 public:
  explicit TextWriter(std::size_t capacity)
      : text_(::new(::operator new(sizeof(TraceStateText) + capacity)) TraceStateText) {}

  void append(std::string_view text) noexcept {
    std::memcpy(text_->characters() + text_->size, text.data(), text.size());
    text_->size += static_cast<std::uint32_t>(text.size());
  }
  void append(const Member& member) noexcept {
    if (text_->size != 0) append(",");
    append(member.key);
    append("=");
    append(member.value);
    ++members_;
  }
  /// Every member of `list` but those called `key`, as far as there is room for members.
  void append_others(std::string_view list, std::string_view key) noexcept {
    Member member;
    while (members_ < detail::trace_state::kMaxMembers &&
           read_member(list, member) == Next::member) {
      if (member.key != key) append(member);
    }
  }
  /// The text, or null when nothing was written.
  TraceStateText* finish() noexcept {
    if (text_->size != 0) return text_;
    ::operator delete(text_);
    return nullptr;
  }

 private:
  TraceStateText* text_;
  std::size_t members_ = 0;
};

bool is_key(std::string_view text) noexcept {
  return !text.empty() && detail::trace_state::read_key(text) == text.size();
}

bool is_value(std::string_view text) noexcept {
  return !text.empty() && detail::trace_state::read_value(text) == text.size();
}

}  // namespace

void TraceState::acquire() const noexcept {
  // Relaxed: whoever copies already holds a reference.
  text_->references.fetch_add(1, std::memory_order_relaxed);
}

void TraceState::release() noexcept {
  // One owner left and it is us: no other thread can take a reference meanwhile. Acquire: the
  // others have read for the last time before we free.
  if (text_->references.load(std::memory_order_acquire) == 1 ||
      text_->references.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    ::operator delete(text_);
  }
}

std::string_view TraceState::view() const noexcept {
  return text_ != nullptr ? text_->view() : std::string_view();
}

std::optional<TraceState> TraceState::from_header(std::string_view header) {
  std::size_t size = 0;
  if (!detail::trace_state::measure_list(header, size)) return std::nullopt;
  if (size == 0) return TraceState();
  TextWriter writer(size);
  if (size == header.size()) {  // no white space, no empty member: as it is
    writer.append(header);
  } else {
    writer.append_others(header, {});
  }
  return TraceState(writer.finish());
}

std::optional<std::string_view> TraceState::get(std::string_view key) const noexcept {
  std::string_view rest = view();
  Member member;
  while (read_member(rest, member) == Next::member) {
    if (member.key == key) return member.value;
  }
  return std::nullopt;
}

TraceState TraceState::set(std::string_view key, std::string_view value) const {
  if (!is_key(key) || !is_value(value)) return *this;
  const Member first{key, value};
  TextWriter writer(first.size() + 1 + view().size());
  writer.append(first);
  writer.append_others(view(), key);
  return TraceState(writer.finish());
}

TraceState TraceState::erase(std::string_view key) const {
  if (!get(key)) return *this;
  TextWriter writer(view().size());
  writer.append_others(view(), key);
  return TraceState(writer.finish());
}

}  // namespace weft::inline v0
