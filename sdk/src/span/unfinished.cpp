// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <span>

#include <weft/attribute.hpp>

#include "codec/wire.hpp"
#include "span/body_reader.hpp"
#include "span/body_writer.hpp"
#include "span/record_check.hpp"
#include "span/recorder.hpp"

namespace weft::inline v0::detail {

namespace {

constexpr std::string_view kReason = "the process ended before the span did";

// What the user said about a span that did not fail until then does not hold any more.
void forget_status(RecordPool& pool, Record& record) noexcept {
  std::uint32_t offset = 0;
  std::uint32_t size = 0;
  if (record.status_code != 0 && find_tag(pool, record, codec::span_field::status, offset, size)) {
    *body_address(pool, record, offset) = static_cast<char>(codec::span_field::dead);
    record.dead_bytes += size;
  }
  record.status_code = 0;
}

}  // namespace

void end_unfinished(RecordPool& pool, Record& record, std::uint64_t time,
                    std::uint64_t process_id) noexcept {
  record.end_time = std::max(record.start_time, time);
  put_attribute(pool, record, "weft.unfinished", true);
  const AttributeView details[] = {{"process.pid", static_cast<std::int64_t>(process_id)}};
  put_event(pool, record, "weft.process_ended", record.end_time,
            std::span<const AttributeView>(details));
  if (static_cast<StatusCode>(record.status_code) != StatusCode::error) {
    forget_status(pool, record);
    put_status(pool, record, StatusCode::error, kReason);
  }
  const std::uint32_t word = record.state.load(std::memory_order_relaxed);
  record.state.store(state_word(generation_of(word), RecordState::ended),
                     std::memory_order_relaxed);
}

}  // namespace weft::inline v0::detail
