// SPDX-License-Identifier: Apache-2.0
// The record's layout, which docs/record-layout.md draws and other processes read.
#include "span/record.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstring>
#include <type_traits>

#include "support/recording.hpp"

namespace {

using weft::detail::Chunk;
using weft::detail::Record;
using weft::detail::RecordState;

// OTEP 4947: trace id, span id, valid, trace flags, size of the attributes.
static_assert(offsetof(Record, trace_id) == 0 && offsetof(Record, span_id) == 16 &&
              offsetof(Record, valid) == 24 && offsetof(Record, trace_flags) == 25 &&
              offsetof(Record, attributes_size) == 26);

static_assert(offsetof(Record, state) == 28 && offsetof(Record, owner) == 32 &&
              offsetof(Record, foreign) == 36 && offsetof(Record, next) == 40 &&
              offsetof(Record, lock) == 44 && offsetof(Record, body_size) == 48 &&
              offsetof(Record, first_chunk) == 52 && offsetof(Record, last_chunk) == 56 &&
              offsetof(Record, dead_bytes) == 60);
static_assert(offsetof(Record, parent_span_id) == 64 && offsetof(Record, start_time) == 72 &&
              offsetof(Record, scope) == 80 && offsetof(Record, resource) == 82 &&
              offsetof(Record, kind) == 84 && offsetof(Record, status_code) == 85 &&
              offsetof(Record, flags) == 86 && offsetof(Record, end_time) == 88 &&
              offsetof(Record, key_filter) == 120 && offsetof(Record, body) == 160);
static_assert(offsetof(Chunk, payload) == 8);

// It lies in a mapping: no constructor, no destructor, no pointer; atomics without a lock.
static_assert(std::is_trivially_destructible_v<Record> && std::is_standard_layout_v<Record>);
static_assert(std::is_trivially_destructible_v<Chunk> && std::is_standard_layout_v<Chunk>);
static_assert(std::atomic<std::uint32_t>::is_always_lock_free);
static_assert(sizeof(Record) == weft::detail::kRecordSize && weft::detail::kRecordSize % 64 == 0);

static_assert(weft::detail::state_of(weft::detail::state_word(7, RecordState::ended)) ==
              RecordState::ended);
static_assert(weft::detail::generation_of(weft::detail::state_word(7, RecordState::ended)) == 7);

TEST(Record, BeginsWithWhatAProfilerReads) {
  const weft::testing::Recording recording;
  unsigned char head[28];
  std::memcpy(head, &recording.record(), sizeof head);
  unsigned char expected[28];
  std::memset(expected, 1, 24);  // the ids of this recording
  expected[24] = 1;              // valid
  expected[25] = 0;              // trace flags
  expected[26] = expected[27] = 0;
  EXPECT_EQ(std::memcmp(head, expected, sizeof head), 0);
}

TEST(Record, IsOpenOnceStarted) {
  const weft::testing::Recording recording;
  EXPECT_EQ(weft::detail::state_of(recording.record().state.load()), RecordState::open);
}

TEST(Record, StartsWithTheNameAndNothingElse) {
  const weft::testing::Recording recording;
  EXPECT_EQ(std::string_view(recording.record().body, recording.size()), "\x2a\x04name");
}

TEST(Record, ForgetsEverythingOfItsSpanBefore) {
  weft::testing::Recording first;
  first.put("key", std::string(5000, 'x'));
  first.put_event("event");
  first.put_status(weft::StatusCode::error, "old");
  weft::detail::Record* const one[] = {&first.record()};
  first.pool().release(one);

  const auto context = weft::testing::identity_of(2).context;
  weft::detail::start_record(first.pool(), first.record(), *weft::detail::thread_data(),
                             weft::testing::start_of(context), "second");
  const weft::SpanData data = first.data();
  EXPECT_TRUE(data.attributes.empty() && data.events.empty());
  EXPECT_EQ(data.status, weft::Status());
  EXPECT_EQ(data.name, "second");
}

}  // namespace
