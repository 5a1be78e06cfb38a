// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include <weft/context.hpp>
#include <weft/propagation.hpp>

#include "platform/user_exception.hpp"

namespace weft::inline v0::propagators {

/// A carrier that remembers whether what is thrown comes from it: that is the caller's to see.
struct WatchedCarrier {
  const CarrierWriter& carrier;
  bool threw = false;

  static void write(void* erased, std::string_view name, std::string_view value) {
    auto& self = *static_cast<WatchedCarrier*>(erased);
    try {
      self.carrier.set(name, value);
    } catch (...) {
      self.threw = true;
      throw;
    }
  }
};

/// Each has its say, whatever another throws. Throws what the carrier throws.
template <class Inject>
void inject_each(const std::vector<PropagatorPtr>& list, const CarrierWriter& carrier,
                 Inject&& inject) {
  WatchedCarrier watched{carrier};
  const CarrierWriter writer(watched, &WatchedCarrier::write);
  for (const PropagatorPtr& propagator : list) {
    try {
      inject(*propagator, writer);
    } catch (...) {
      if (watched.threw) throw;
      detail::count_user_exception("TextMapPropagator::inject threw; its headers are left out");
    }
  }
}

inline void inject_all(const std::vector<PropagatorPtr>& list, const CarrierWriter& carrier) {
  inject_each(list, carrier, [](const TextMapPropagator& propagator, const CarrierWriter& writer) {
    propagator.inject_current(writer);
  });
}

inline void inject_all(const std::vector<PropagatorPtr>& list, const Context& context,
                       const CarrierWriter& carrier) {
  inject_each(list, carrier, [&](const TextMapPropagator& propagator, const CarrierWriter& writer) {
    propagator.inject(context, writer);
  });
}

inline void extract_all(const std::vector<PropagatorPtr>& list, const CarrierReader& carrier,
                        Context& context) noexcept {
  for (const PropagatorPtr& propagator : list) {
    try {
      propagator->extract(carrier, context);
    } catch (...) {
      // A user's own propagator, or the carrier: the others still have their say.
    }
  }
}

}  // namespace weft::inline v0::propagators
