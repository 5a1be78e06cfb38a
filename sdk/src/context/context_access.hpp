// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <weft/context.hpp>

namespace weft::inline v0 {

/// What the later stages may see of a Context.
struct ContextAccess {
  static detail::ContextState& state(Context& context) noexcept { return context.state_; }
  static const detail::ContextState& state(const Context& context) noexcept {
    return context.state_;
  }
  static detail::SpanNode& inherited(Context& context) noexcept { return context.inherited_; }
};

}  // namespace weft::inline v0
