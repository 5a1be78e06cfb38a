// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <weft/propagators/propagators.hpp>

#include "propagator_list.hpp"

namespace weft::inline v0::propagators {

Composite::Composite(std::vector<PropagatorPtr> propagators)
    : propagators_(std::move(propagators)) {
  std::erase(propagators_, nullptr);
}

void Composite::inject(const Context& context, const CarrierWriter& carrier) const {
  inject_all(propagators_, context, carrier);
}

void Composite::inject_current(const CarrierWriter& carrier) const {
  inject_all(propagators_, carrier);
}

void Composite::extract(const CarrierReader& carrier, Context& context) const {
  extract_all(propagators_, carrier, context);
}

std::vector<std::string> Composite::fields() const {
  std::vector<std::string> all;
  for (std::string& field : all_fields(propagators_)) {
    if (std::ranges::find(all, field) == all.end()) all.push_back(std::move(field));
  }
  return all;
}

}  // namespace weft::inline v0::propagators
