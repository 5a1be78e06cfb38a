// SPDX-License-Identifier: Apache-2.0
#include "span/record_check.hpp"

#include <algorithm>

#include "codec/field_reader.hpp"
#include "codec/message_check.hpp"
#include "codec/utf8.hpp"
#include "codec/wire.hpp"
#include "span/body_reader.hpp"
#include "span/body_writer.hpp"

namespace weft::inline v0::detail {

namespace {

namespace field = codec::span_field;

// Keys of attributes are never empty, so these are nobody's.
constexpr std::string_view kName{"\0name", 5};
constexpr std::string_view kTraceState{"\0state", 6};
constexpr std::string_view kStatus{"\0status", 7};

template <std::size_t Size>
bool is_zero(const std::uint8_t (&bytes)[Size]) noexcept {
  return std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0; });
}

bool is_readable(const codec::Field& found) noexcept {
  switch (found.tag) {
    case field::name:
    case field::trace_state:
      return codec::is_utf8(found.bytes);
    case field::attributes:
      return codec::is_key_value(found.bytes);
    case field::events:
      return codec::is_event(found.bytes);
    case field::links:
      return codec::is_link(found.bytes);
    case field::status:
      return codec::is_status(found.bytes);
    default:
      return false;
  }
}

// By what a later field replaces this one; empty: by nothing.
std::string_view key_of(const codec::Field& found) noexcept {
  switch (found.tag) {
    case field::name:
      return kName;
    case field::trace_state:
      return kTraceState;
    case field::status:
      return kStatus;
    case field::attributes:
      return codec::key_of(found.bytes);
    default:
      return {};
  }
}

std::uint8_t status_code_of(std::string_view status) noexcept {
  std::uint8_t code = 0;
  codec::FieldReader reader(status);
  while (const auto part = reader.next()) {
    if (part->tag == codec::status_field::code) code = static_cast<std::uint8_t>(part->number);
  }
  return code;
}

constexpr std::uint8_t kLargestKind = 5;
constexpr std::uint8_t kLargestStatus = 2;

}  // namespace

RecordCondition RecordCheck::check(Record& record) {
  const RecordState state = state_of(record.state.load(std::memory_order_relaxed));
  if (state == RecordState::free || state == RecordState::exported) return RecordCondition::absent;
  if ((record.flags.load(std::memory_order_relaxed) & kRecordOnly) != 0) {
    return RecordCondition::absent;
  }
  if (!has_plausible_head(record)) return RecordCondition::lost;
  is_repaired_ = false;
  record.lock.store(0, std::memory_order_relaxed);
  record.valid = 0;
  check_tables(record);
  check_chunks(record);
  check_fields(record);
  return is_repaired_ ? RecordCondition::repaired : RecordCondition::whole;
}

bool RecordCheck::has_plausible_head(const Record& record) const noexcept {
  constexpr int kKnownFlags = kRemoteParent | kRecordOnly | kIncomplete | kStatusSet;
  const bool is_ended =
      state_of(record.state.load(std::memory_order_relaxed)) == RecordState::ended;
  return !is_zero(record.trace_id) && !is_zero(record.span_id) && record.start_time != 0 &&
         record.start_time <= INT64_MAX && record.end_time <= INT64_MAX &&
         (!is_ended || record.end_time >= record.start_time) && record.kind <= kLargestKind &&
         record.status_code <= kLargestStatus &&
         (record.flags.load(std::memory_order_relaxed) & ~kKnownFlags) == 0;
}

void RecordCheck::check_tables(Record& record) noexcept {
  if (record.scope >= scopes_) {
    record.scope = 0;
    is_repaired_ = true;
  }
  if (record.resource >= resources_) {
    record.resource = 0;
    is_repaired_ = true;
  }
}

// Leaves the record with exactly the chunks that its bytes need, each its own.
void RecordCheck::check_chunks(Record& record) noexcept {
  const std::uint32_t size = record.body_size.load(std::memory_order_relaxed);
  std::uint32_t* link = &record.first_chunk;
  std::uint32_t reached = static_cast<std::uint32_t>(kInlineBody);
  record.last_chunk = 0;
  while (reached < size && *link != 0 && *link < claimed_.size() && !claimed_[*link]) {
    claimed_[*link] = true;
    record.last_chunk = *link;
    link = &pool_.chunk(*link).next;
    const std::uint32_t left = size - reached;
    reached += std::min(left, static_cast<std::uint32_t>(kChunkPayload));
  }
  *link = 0;  // an abandoned write had taken more
  if (reached < size) {
    record.body_size.store(reached, std::memory_order_relaxed);
    is_repaired_ = true;
  }
}

void RecordCheck::check_fields(Record& record) {
  const BodyText text(pool_, record);
  const std::string_view body = text.view();
  record.dead_bytes = 0;
  record.name_offset = kNoName;
  record.attribute_count = record.event_count = record.link_count = 0;
  record.status_code = 0;
  std::ranges::fill(record.key_filter, ~std::uint64_t{0});  // any key may be there: look
  seen_.clear();
  std::uint32_t end = 0;
  codec::FieldReader reader(body);
  while (const auto found = reader.next()) {
    // Whatever reads bodies takes all fields for length-delimited, with a tag of one byte.
    if ((found->tag & 7U) != codec::kBytes || found->tag > 0x7F) break;
    const auto size = static_cast<std::uint32_t>(found->encoded.size());
    end = found->offset + size;
    if (found->tag == field::dead) {
      record.dead_bytes += size;
      continue;
    }
    if (!is_readable(*found)) {
      mark_dead(record, found->offset, size);
      if (found->tag == field::attributes) ++record.dropped_attributes;
      is_repaired_ = true;
      continue;
    }
    if (found->tag == field::name) record.name_offset = found->offset;
    if (found->tag == field::status) record.status_code = status_code_of(found->bytes);
    if (found->tag == field::events) ++record.event_count;
    if (found->tag == field::links) ++record.link_count;
    if (found->tag == field::attributes) ++record.attribute_count;
    if (const std::string_view key = key_of(*found); !key.empty()) {
      replace(record, key, found->offset, size);
    }
  }
  if (end != body.size()) cut(record, end);
}

// A kill between writing a field and marking the one that it replaces leaves both: the later holds.
void RecordCheck::replace(Record& record, std::string_view key, std::uint32_t offset,
                          std::uint32_t size) {
  const auto before = std::ranges::find(seen_, key, &Seen::key);
  if (before == seen_.end()) {
    seen_.push_back({key, offset, size});
    return;
  }
  mark_dead(record, before->offset, before->size);
  if (key != kName && key != kTraceState && key != kStatus) --record.attribute_count;
  *before = {key, offset, size};
}

void RecordCheck::mark_dead(Record& record, std::uint32_t offset, std::uint32_t size) noexcept {
  *body_address(pool_, record, offset) = static_cast<char>(field::dead);
  record.dead_bytes += size;
}

void RecordCheck::cut(Record& record, std::uint32_t size) noexcept {
  record.body_size.store(size, std::memory_order_relaxed);
  is_repaired_ = true;
  record.last_chunk = 0;
  std::uint32_t* link = &record.first_chunk;
  for (std::uint32_t reached = static_cast<std::uint32_t>(kInlineBody); reached < size;
       reached += static_cast<std::uint32_t>(kChunkPayload)) {
    record.last_chunk = *link;
    link = &pool_.chunk(*link).next;
  }
  *link = 0;
}

}  // namespace weft::inline v0::detail
