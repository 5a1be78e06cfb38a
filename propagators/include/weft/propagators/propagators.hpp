// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <weft/context.hpp>
#include <weft/propagation.hpp>
#include <weft/version.hpp>

/// The text forms of a context. Each is stateless and may be used from any thread, in a forked
/// child too; make them with `std::make_shared` for `Options::propagators`, or let OTEL_PROPAGATORS
/// pick. `extract` never throws and adds nothing where the header is bad; `inject` throws only what
/// the carrier throws.
namespace weft::inline v0::propagators {

/// W3C Trace Context, Level 2, strict: the headers `traceparent` and `tracestate`. Accepts
/// lowercase hex only, one `traceparent`, and later versions by their common part; always sends
/// version 00 and no flags but sampled and random. A bad `tracestate` is dropped whole and leaves
/// `traceparent` as it is. A remote span is passed on unchanged.
class WEFT_API TraceContext final : public TextMapPropagator {
 public:
  void inject(const Context& context, const CarrierWriter& carrier) const override;
  void inject_current(const CarrierWriter& carrier) const override;
  void extract(const CarrierReader& carrier, Context& context) const override;
  std::vector<std::string> fields() const override;
};

/// W3C Baggage: the header `baggage`, for `weft::baggage`. Values are percent-encoded UTF-8, `+` is
/// a plus; metadata travels as it is. Reads and writes up to 64 members and 8192 bytes of them:
/// members beyond that, malformed ones and entries whose key is no RFC 7230 token are left out
/// whole. Of a repeated key the last value counts.
class WEFT_API Baggage final : public TextMapPropagator {
 public:
  void inject(const Context& context, const CarrierWriter& carrier) const override;
  void inject_current(const CarrierWriter& carrier) const override;
  void extract(const CarrierReader& carrier, Context& context) const override;
  std::vector<std::string> fields() const override;
};

/// Several propagators as one, in the order given. What one of them throws on extraction costs that
/// one alone.
class WEFT_API Composite final : public TextMapPropagator {
 public:
  explicit Composite(std::vector<PropagatorPtr> propagators);
  template <std::convertible_to<PropagatorPtr>... P>
    requires(sizeof...(P) > 0)
  explicit Composite(P... propagators)
      : Composite(std::vector<PropagatorPtr>{std::move(propagators)...}) {}

  void inject(const Context& context, const CarrierWriter& carrier) const override;
  void inject_current(const CarrierWriter& carrier) const override;
  void extract(const CarrierReader& carrier, Context& context) const override;
  /// Those of all of them, each once.
  std::vector<std::string> fields() const override;

 private:
  std::vector<PropagatorPtr> propagators_;
};

/// The propagator that OTEL_PROPAGATORS calls `name` (`tracecontext`, `baggage`); null for an
/// unknown name and for `none`. Throws std::bad_alloc.
WEFT_API PropagatorPtr make(std::string_view name);

}  // namespace weft::inline v0::propagators
