// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <weft/context.hpp>
#include <weft/propagation.hpp>

namespace weft::inline v0::propagators {

inline void inject_all(const std::vector<PropagatorPtr>& list, const CarrierWriter& carrier) {
  for (const PropagatorPtr& propagator : list) propagator->inject_current(carrier);
}

inline void inject_all(const std::vector<PropagatorPtr>& list, const Context& context,
                       const CarrierWriter& carrier) {
  for (const PropagatorPtr& propagator : list) propagator->inject(context, carrier);
}

inline void extract_all(const std::vector<PropagatorPtr>& list, const CarrierReader& carrier,
                        Context& context) noexcept {
  for (const PropagatorPtr& propagator : list) {
    try {
      propagator->extract(carrier, context);
    } catch (...) {
      // A user's own propagator: the others still have their say.
    }
  }
}

}  // namespace weft::inline v0::propagators
