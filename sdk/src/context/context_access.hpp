// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <weft/context.hpp>

#include "context/span_node.hpp"

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
  /// The same, holding nothing.
  static detail::SpanNode& inherit_nothing(Context& context) noexcept {
    if (context.has_inherited_) std::destroy_at(&context.inherited().identity);
    context.has_inherited_ = true;
    return detail::make_empty_node(context.inherited_);
  }
};

}  // namespace weft::inline v0
