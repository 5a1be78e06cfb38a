// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <weft/attributes.hpp>
#include <weft/exporter.hpp>

#include "processor/async_exporter.hpp"
#include "span/record_pool.hpp"
#include "span/recorder.hpp"

namespace weft::testing {

/// What a record is filled with.
struct RecordSpec {
  std::string_view name = "span";
  Attributes attributes{};
  std::uint8_t trace = 1;   // every byte of the trace id
  std::uint8_t id = 0;      // every byte of the span id; 0: the next
  std::uint8_t parent = 0;  // every byte of the parent's id; 0: a root
  std::uint16_t scope = 0;
  std::uint16_t resource = 0;
  SpanKind kind = SpanKind::internal;
  std::uint64_t start_time = 1'000'000'000;  // Unix nanoseconds
  std::uint64_t end_time = 1'001'500'000;
};

/// A pool of its own, and ended records in it, made without a telemetry.
class Records {
 public:
  explicit Records(std::size_t capacity = 4096, std::size_t bytes = std::size_t{64} << 20U);

  detail::RecordPool& pool() const { return *pool_; }
  detail::Record* make(const RecordSpec& spec = {});
  /// Many of the same.
  detail::SharedBatch batch(std::size_t count, const RecordSpec& spec = {});
  static detail::SharedBatch batch_of(std::vector<detail::Record*> records);

 private:
  detail::RecordPool* pool_;
  std::uint8_t last_id_ = 0;
};

inline TraceId trace_id_of(std::uint8_t byte) {
  TraceId::Bytes bytes;
  bytes.fill(byte);
  return TraceId(bytes);
}
inline SpanId span_id_of(std::uint8_t byte) {
  SpanId::Bytes bytes;
  bytes.fill(byte);
  return SpanId(bytes);
}

}  // namespace weft::testing
