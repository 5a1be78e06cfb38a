// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <weft/context.hpp>
#include <weft/propagation.hpp>

// A user's own propagator that throws costs itself alone: the others still have their say.

namespace weft::inline v0::propagators {

inline void inject_all(const std::vector<PropagatorPtr>& list, const CarrierWriter& carrier) {
  for (const PropagatorPtr& propagator : list) {
    try {
      propagator->inject_current(carrier);
    } catch (...) {
      detail::propagation_threw("a propagator, or its carrier, threw in inject");
    }
  }
}

inline void inject_all(const std::vector<PropagatorPtr>& list, const Context& context,
                       const CarrierWriter& carrier) {
  for (const PropagatorPtr& propagator : list) {
    try {
      propagator->inject(context, carrier);
    } catch (...) {
      detail::propagation_threw("a propagator, or its carrier, threw in inject");
    }
  }
}

inline void extract_all(const std::vector<PropagatorPtr>& list, const CarrierReader& carrier,
                        Context& context) noexcept {
  for (const PropagatorPtr& propagator : list) {
    try {
      propagator->extract(carrier, context);
    } catch (...) {
      detail::propagation_threw("a propagator, or its carrier, threw in extract");
    }
  }
}

/// Those of all of them, in order; nothing of one that throws.
inline std::vector<std::string> all_fields(const std::vector<PropagatorPtr>& list) {
  std::vector<std::string> all;
  for (const PropagatorPtr& propagator : list) {
    try {
      for (std::string& field : propagator->fields()) all.push_back(std::move(field));
    } catch (...) {
      detail::propagation_threw("a propagator threw in fields");
    }
  }
  return all;
}

}  // namespace weft::inline v0::propagators
