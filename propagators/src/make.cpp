// SPDX-License-Identifier: Apache-2.0
#include <weft/propagators/propagators.hpp>

namespace weft::inline v0::propagators {

PropagatorPtr make(std::string_view name) {
  if (name == "tracecontext") return std::make_shared<TraceContext>();
  if (name == "baggage") return std::make_shared<Baggage>();
  return nullptr;
}

}  // namespace weft::inline v0::propagators
