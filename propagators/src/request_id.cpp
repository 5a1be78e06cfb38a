// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <utility>

#include <weft/context_var.hpp>
#include <weft/propagators/propagators.hpp>
#include <weft/request_id.hpp>

#include "request_id_header.hpp"
#include "white_space.hpp"

namespace weft::inline v0::propagators {

bool is_request_id(std::string_view text) noexcept {
  return !text.empty() && text.size() <= weft::RequestId::kCapacity && kVisible.has_all(text);
}

namespace {

void write(const weft::RequestId* found, const CarrierWriter& carrier) {
  if (found == nullptr || !is_request_id(found->view())) return;
  const weft::RequestId id = *found;  // the carrier's own code may ask for another
  carrier.set(kRequestIdHeader, id.view());
}

}  // namespace

void RequestId::inject(const Context& context, const CarrierWriter& carrier) const {
  write(context.find(request_id), carrier);
}

void RequestId::inject_current(const CarrierWriter& carrier) const {
  write(request_id.find(), carrier);
}

void RequestId::extract(const CarrierReader& carrier, Context& context) const {
  try {
    int headers = 0;
    weft::RequestId id;
    carrier.for_each(kRequestIdHeader, [&](std::string_view, std::string_view value) {
      value = w3c::trimmed(value);
      if (value.empty()) return;
      ++headers;
      id = is_request_id(value) ? weft::RequestId(value) : weft::RequestId();
    });
    if (headers != 1 || id.empty()) return;
    context.run([&id] { request_id.set(id); });
  } catch (...) {
    // Nothing was put into the context yet.
    detail::propagation_threw("a carrier threw in extract");
  }
}

std::vector<std::string> RequestId::fields() const { return {std::string(kRequestIdHeader)}; }

}  // namespace weft::inline v0::propagators
