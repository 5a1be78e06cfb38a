// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <utility>

#include <weft/detail/context_access.hpp>

#include "trace_context.hpp"

namespace weft::inline v0::w3c {

/// Joins a further tracestate header (RFC 9110, 5.3). One bad header, or more than 32 members in
/// all of them, costs them all.
void TraceContextReader::add_state(std::string_view header) {
  if (is_state_bad_) return;
  std::optional<TraceState> more = TraceState::from_header(header);
  if (more && more->empty()) return;
  if (more && !state_.empty()) {
    more = TraceState::from_header(state_.to_string().append(",").append(more->view()));
  }
  is_state_bad_ = !more;
  state_ = more ? std::move(*more) : TraceState();
}

void TraceContextReader::see_tracestate(std::string_view value) {
  if (is_good_ && !has_unread_state_) {
    add_state(value);
  } else {
    has_unread_state_ = true;
  }
}

void TraceContextReader::finish(const CarrierReader& carrier, Context& context) {
  if (!is_good_) return;
  if (has_unread_state_) [[unlikely]] {
    carrier.for_each(kTracestate,
                     [this](std::string_view, std::string_view value) { add_state(value); });
  }
  detail::set_remote_span(context, parent_.trace_id, parent_.parent_id, parent_.flags,
                          std::move(state_));
}

}  // namespace weft::inline v0::w3c
