// SPDX-License-Identifier: Apache-2.0
#include <weft/baggage.hpp>

#include <memory>
#include <utility>

#include <weft/propagators/propagators.hpp>

#include "baggage_header.hpp"

namespace weft::inline v0::propagators {

namespace {

constexpr std::string_view kBaggage = "baggage";

// Out of line: its 8 KiB of stack are for those who have baggage.
[[gnu::noinline]] void write(const std::vector<baggage::Entry>& entries,
                             const CarrierWriter& carrier) {
  w3c::BaggageHeader header;
  for (const baggage::Entry& entry : entries) header.add(entry);
  if (!header.view().empty()) carrier.set(kBaggage, header.view());
}

void write_found(const baggage::Entries* entries, const CarrierWriter& carrier) {
  if (entries != nullptr && *entries != nullptr && !(*entries)->empty()) write(**entries, carrier);
}

}  // namespace

void Baggage::inject(const Context& context, const CarrierWriter& carrier) const {
  write_found(context.find(baggage::entries), carrier);
}

void Baggage::inject_current(const CarrierWriter& carrier) const {
  write_found(baggage::entries.find(), carrier);
}

void Baggage::extract(const CarrierReader& carrier, Context& context) const {
  try {
    w3c::BaggageCollector collector;
    carrier.for_each(kBaggage, [&](std::string_view, std::string_view value) {
      collector.add(value);
    });
    std::vector<baggage::Entry> entries = collector.take();
    if (entries.empty()) return;
    auto shared = std::make_shared<const std::vector<baggage::Entry>>(std::move(entries));
    context.run([&] { baggage::entries.set(std::move(shared)); });
  } catch (...) {
    // No memory, or the carrier threw: nothing was put into the context yet.
  }
}

std::vector<std::string> Baggage::fields() const { return {std::string(kBaggage)}; }

}  // namespace weft::inline v0::propagators
