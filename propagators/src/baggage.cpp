// SPDX-License-Identifier: Apache-2.0
#include <weft/baggage.hpp>

#include <memory>
#include <utility>

#include <weft/propagators/propagators.hpp>

#include "baggage_header.hpp"

namespace weft::inline v0::w3c {

// Out of line: its 8 KiB of stack are for those who have baggage.
[[gnu::noinline]] static void write_entries(const std::vector<baggage::Entry>& entries,
                                            const CarrierWriter& carrier) {
  BaggageHeader header;
  for (const baggage::Entry& entry : entries) header.add(entry);
  if (!header.view().empty()) carrier.set(kBaggage, header.view());
}

void write_baggage(const baggage::Entries* entries, const CarrierWriter& carrier) {
  if (entries == nullptr || *entries == nullptr || (*entries)->empty()) return;
  write_entries(**entries, carrier);
}

void read_baggage(const CarrierReader& carrier, Context& context) {
  BaggageCollector collector;
  carrier.for_each(
      kBaggage, [&collector](std::string_view, std::string_view value) { collector.add(value); });
  std::vector<baggage::Entry> entries = collector.take();
  if (entries.empty()) return;
  auto shared = std::make_shared<const std::vector<baggage::Entry>>(std::move(entries));
  context.run([&shared] { baggage::entries.set(std::move(shared)); });
}

}  // namespace weft::inline v0::w3c

namespace weft::inline v0::propagators {

void Baggage::inject(const Context& context, const CarrierWriter& carrier) const {
  w3c::write_baggage(context.find(baggage::entries), carrier);
}

void Baggage::inject_current(const CarrierWriter& carrier) const {
  w3c::write_baggage(baggage::entries.find(), carrier);
}

void Baggage::extract(const CarrierReader& carrier, Context& context) const {
  try {
    w3c::read_baggage(carrier, context);
  } catch (...) {
    // Nothing was put into the context yet.
    detail::propagation_threw("a carrier threw in extract");
  }
}

std::vector<std::string> Baggage::fields() const { return {std::string(w3c::kBaggage)}; }

}  // namespace weft::inline v0::propagators
