// SPDX-License-Identifier: Apache-2.0
#include "exporters/records.hpp"

#include <stdexcept>

#include "platform/thread_data.hpp"

namespace weft::testing {

Records::Records(std::size_t capacity, std::size_t bytes)
    : pool_(detail::RecordPool::open({capacity, bytes})) {
  if (pool_ == nullptr) throw std::runtime_error("no pool");
  pool_->add_scope("");  // 0 in both tables
  pool_->add_resource("");
}

detail::Record* Records::make(const RecordSpec& spec) {
  detail::ThreadData& thread = *detail::thread_data();
  detail::Record* record = pool_->acquire(thread);
  if (record == nullptr) throw std::runtime_error("the pool is empty");
  if (++last_id_ == 0) ++last_id_;
  const SpanContext context(trace_id_of(spec.trace), span_id_of(spec.id != 0 ? spec.id : last_id_),
                            TraceFlags(TraceFlags::kSampled));
  const detail::RecordStart start{
      .context = &context,
      .parent_id = spec.parent == 0 ? SpanId() : span_id_of(spec.parent),
      .parent_is_remote = false,
      .kind = spec.kind,
      .start_time = spec.start_time,
      .scope = spec.scope,
      .resource = spec.resource,
      .record_only = false,
  };
  detail::start_record(*pool_, *record, thread, start, spec.name);
  detail::put_encoded_attributes(*pool_, *record, spec.attributes.encoded(), 0);
  record->end_time = spec.end_time;
  const std::uint32_t word = record->state.load();
  record->state.store(detail::state_word(detail::generation_of(word), detail::RecordState::ended));
  return record;
}

detail::SharedBatch Records::batch(std::size_t count, const RecordSpec& spec) {
  std::vector<detail::Record*> records;
  for (std::size_t i = 0; i < count; ++i) records.push_back(make(spec));
  return batch_of(std::move(records));
}

detail::SharedBatch Records::batch_of(std::vector<detail::Record*> records) {
  return detail::SharedBatch(
      std::make_shared<const std::vector<detail::Record*>>(std::move(records)));
}

}  // namespace weft::testing
