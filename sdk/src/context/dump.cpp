// SPDX-License-Identifier: Apache-2.0
#include <weft/context.hpp>

#include "context/context_access.hpp"
#include "context/span_node.hpp"
#include "platform/visible_text.hpp"

namespace weft::inline v0 {

std::string dump(const Context& context) {
  std::string out;
  const detail::SpanNode* span = detail::top_span(ContextAccess::state(context));
  if (span != nullptr && span->identity.context.is_valid()) {
    out += "span=" + span->identity.context.trace_id().to_hex() + '/' +
           span->identity.context.span_id().to_hex();
  }
  for (const ContextItem item : context) {
    if (!out.empty()) out += ' ';
    out += detail::visible_text(item.name(), 64);
    out += '=';
    item.append_value(out);
  }
  return out.empty() ? "(nothing is set)" : out;
}

}  // namespace weft::inline v0
