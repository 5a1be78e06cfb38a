// SPDX-License-Identifier: Apache-2.0
#include <weft/propagation.hpp>
#include <weft/propagators/propagators.hpp>

#include "propagator_list.hpp"

namespace weft::inline v0::detail {

void inject_globally(const CarrierWriter& carrier) {
  if (const auto* list = global_propagators()) return propagators::inject_all(*list, carrier);
  propagators::TraceContext().inject_current(carrier);
  propagators::Baggage().inject_current(carrier);
}

void inject_globally(const Context& context, const CarrierWriter& carrier) {
  if (const auto* list = global_propagators()) {
    return propagators::inject_all(*list, context, carrier);
  }
  propagators::TraceContext().inject(context, carrier);
  propagators::Baggage().inject(context, carrier);
}

void extract_globally(const CarrierReader& carrier, Context& context) noexcept {
  if (const auto* list = global_propagators()) {
    return propagators::extract_all(*list, carrier, context);
  }
  propagators::TraceContext().extract(carrier, context);
  propagators::Baggage().extract(carrier, context);
}

}  // namespace weft::inline v0::detail
