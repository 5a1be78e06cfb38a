// SPDX-License-Identifier: Apache-2.0
#include <weft/propagators/propagators.hpp>

namespace weft::inline v0::propagators {

PropagatorPtr make(std::string_view name) {
  if (name == "tracecontext") return std::make_shared<TraceContext>();
  if (name == "baggage") return std::make_shared<Baggage>();
  if (name == "b3") return std::make_shared<B3Single>();
  if (name == "b3multi") return std::make_shared<B3Multi>();
  if (name == "jaeger") return std::make_shared<Jaeger>();
  if (name == "ottrace") return std::make_shared<OtTrace>();
  if (name == "requestid") return std::make_shared<RequestId>();
  return nullptr;
}

}  // namespace weft::inline v0::propagators
