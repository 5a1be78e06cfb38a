// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <weft/version.hpp>

#include "span/record.hpp"
#include "span/record_pool.hpp"

namespace weft::inline v0::detail {

enum class RecordCondition : std::uint8_t {
  absent,    // free, delivered, or never meant for exporters
  whole,     // as it was written
  repaired,  // what could not be read was taken out
  lost,      // nothing of it can be sent
};

/// Looks through records that a process left behind, of which nothing is taken for granted: a kill
/// leaves them between two steps of a write, a power cut leaves anything. What passes can be read
/// by everything that reads records of our own, and its bytes are OTLP. One for each file.
class RecordCheck {
 public:
  /// `chunks`: how many the file holds; `scopes`, `resources`: entries of its tables.
  RecordCheck(RecordPool& pool, std::uint32_t chunks, std::uint32_t scopes, std::uint32_t resources)
      : pool_(pool), scopes_(scopes), resources_(resources), claimed_(chunks + 1, false) {}

  RecordCondition check(Record& record);

 private:
  struct Seen {
    std::string_view key;
    std::uint32_t offset;
    std::uint32_t size;
  };

  bool has_plausible_head(const Record& record) const noexcept;
  void check_tables(Record& record) noexcept;
  void check_chunks(Record& record) noexcept;
  void check_fields(Record& record);
  void cut(Record& record, std::uint32_t size) noexcept;
  void mark_dead(Record& record, std::uint32_t offset, std::uint32_t size) noexcept;
  void replace(Record& record, std::string_view key, std::uint32_t offset, std::uint32_t size);

  RecordPool& pool_;
  const std::uint32_t scopes_;
  const std::uint32_t resources_;
  std::vector<bool> claimed_;  // chunks that a record has, by index + 1
  std::vector<Seen> seen_;     // what a later field of the same key replaces
  bool is_repaired_ = false;
};

/// Ends a span whose process ended before it did: `weft.unfinished`, the event
/// `weft.process_ended`, an Error status, and an end no earlier than its start.
void end_unfinished(RecordPool& pool, Record& record, std::uint64_t time,
                    std::uint64_t process_id) noexcept;

}  // namespace weft::inline v0::detail
