// SPDX-License-Identifier: Apache-2.0
#include <optional>

#include <weft/span.hpp>
#include <weft/span_view.hpp>

#include "span/record_pool.hpp"
#include "span/span_access.hpp"
#include "span/touch.hpp"

namespace weft::inline v0 {

bool BasicSpan::is_recording() const noexcept {
  const detail::RecordRef& ref = identity_.record;
  return ref.record != nullptr && ref.epoch == detail::RecordPool::epoch() &&
         ref.record->state.load(std::memory_order_relaxed) ==
             detail::state_word(ref.generation, detail::RecordState::open);
}

std::optional<SpanData> BasicSpan::data() const {
  detail::ThreadData* thread = has_record() ? detail::thread_data() : nullptr;
  if (thread == nullptr) return std::nullopt;
  const detail::Touch guard(identity_.record, *thread);
  if (!guard) return std::nullopt;
  return detail::SpanAccess::view(guard.record()).data();
}

}  // namespace weft::inline v0
