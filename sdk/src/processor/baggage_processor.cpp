// SPDX-License-Identifier: Apache-2.0
#include <functional>
#include <memory>
#include <utility>

#include <weft/baggage.hpp>
#include <weft/processors.hpp>

namespace weft::inline v0 {

namespace {

class BaggageProcessor final : public SpanProcessor {
 public:
  explicit BaggageProcessor(std::function<bool(std::string_view)> wants)
      : wants_(std::move(wants)) {}

  void on_start(Span& span, const Context& parent) override {
    const weft::baggage::Entries* found = parent.find(weft::baggage::entries);
    if (found == nullptr || *found == nullptr) return;
    for (const weft::baggage::Entry& entry : **found) {
      if (!wants_ || wants_(entry.key)) span.set_attribute(entry.key, entry.value);
    }
  }

 private:
  const std::function<bool(std::string_view)> wants_;
};

}  // namespace

ProcessorPtr processors::baggage(std::function<bool(std::string_view key)> wants) {
  return std::make_shared<BaggageProcessor>(std::move(wants));
}

}  // namespace weft::inline v0
