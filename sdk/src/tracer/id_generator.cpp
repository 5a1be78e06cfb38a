// SPDX-License-Identifier: Apache-2.0
#include <weft/id_generator.hpp>

#include "platform/thread_data.hpp"
#include "tracer/new_ids.hpp"

namespace weft::inline v0 {

IdGenerator::~IdGenerator() = default;

bool IdGenerator::random() const { return false; }

SpanId IdGenerator::span_id() {
  detail::ThreadData* thread = detail::thread_data();
  if (thread == nullptr) return {};
  detail::NewIds ids;
  ids.make_span(thread->random);
  return ids.span_id();
}

}  // namespace weft::inline v0
