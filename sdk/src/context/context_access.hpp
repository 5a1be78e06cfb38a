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
  /// The context's own node for a span that was not opened in it.
  static detail::SpanNode& inherit(Context& context,
                                   const detail::SpanIdentity& identity) noexcept {
    return context.inherit(identity);
  }
};

}  // namespace weft::inline v0
