// SPDX-License-Identifier: Apache-2.0
#include "context/context_access.hpp"

#include <weft/detail/context_access.hpp>

namespace weft::inline v0::detail {

void set_remote_span(Context& context, const SpanContext& remote) noexcept {
  ContextState& state = ContextAccess::state(context);
  SpanNode& inherited = ContextAccess::inherit(context, SpanIdentity{remote, {}, 0});
  SpanNode** bottom = &state.span;
  while (*bottom != nullptr && *bottom != &inherited) bottom = &(*bottom)->below;
  *bottom = &inherited;
}

}  // namespace weft::inline v0::detail
