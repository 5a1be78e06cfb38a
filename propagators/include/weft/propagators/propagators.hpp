// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <initializer_list>
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
/// pick. `extract` never throws (what the carrier throws is counted) and adds nothing where the
/// header is bad; `inject` throws only what the carrier throws, which `weft::inject` and
/// `Composite` catch and count.
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

/// B3 in one header, `b3: {trace}-{span}-{state}`. Debug (`d`) travels on and is recorded whatever
/// the sampler says; no state leaves the decision to our sampler; a state alone (`b3: 0`) decides
/// about the next root, if the sampler follows its parent. Ids are lowercase hex, a trace id of 64
/// bits gets zeros before it, a parent id is never sent. Extracts both forms: a good single header,
/// else the other.
class WEFT_API B3Single final : public TextMapPropagator {
 public:
  void inject(const Context& context, const CarrierWriter& carrier) const override;
  void inject_current(const CarrierWriter& carrier) const override;
  void extract(const CarrierReader& carrier, Context& context) const override;
  std::vector<std::string> fields() const override;
};

/// B3 in several headers: `x-b3-traceid`, `x-b3-spanid`, `x-b3-sampled`, or `x-b3-flags: 1` for
/// debug. The same in every other way.
class WEFT_API B3Multi final : public TextMapPropagator {
 public:
  void inject(const Context& context, const CarrierWriter& carrier) const override;
  void inject_current(const CarrierWriter& carrier) const override;
  void extract(const CarrierReader& carrier, Context& context) const override;
  std::vector<std::string> fields() const override;
};

/// Jaeger's own format: `uber-trace-id: {trace}:{span}:0:{flags}` with sampled and debug, and
/// baggage as `uberctx-{key}`, URL-encoded. Ids that are too short get zeros before them. Keys come
/// in in lowercase; a carrier that cannot list its headers, as a callable, has no baggage.
/// Deprecated by OpenTelemetry.
class WEFT_API Jaeger final : public TextMapPropagator {
 public:
  void inject(const Context& context, const CarrierWriter& carrier) const override;
  void inject_current(const CarrierWriter& carrier) const override;
  void extract(const CarrierReader& carrier, Context& context) const override;
  std::vector<std::string> fields() const override;
};

/// The headers of the OpenTracing basic tracers: `ot-tracer-traceid`, of which 64 bits are sent,
/// `ot-tracer-spanid`, `ot-tracer-sampled`, and baggage as `ot-baggage-{key}`, plain. Deprecated by
/// OpenTelemetry.
class WEFT_API OtTrace final : public TextMapPropagator {
 public:
  void inject(const Context& context, const CarrierWriter& carrier) const override;
  void inject_current(const CarrierWriter& carrier) const override;
  void extract(const CarrierReader& carrier, Context& context) const override;
  std::vector<std::string> fields() const override;
};

/// The header `x-request-id`, for `weft::request_id`: sends the current request's id, and makes the
/// one that comes in the id of its context, where it wins over the trace id. An id is 1 to 127
/// visible ASCII characters; another one, or two of them, is none and is not sent.
class WEFT_API RequestId final : public TextMapPropagator {
 public:
  void inject(const Context& context, const CarrierWriter& carrier) const override;
  void inject_current(const CarrierWriter& carrier) const override;
  void extract(const CarrierReader& carrier, Context& context) const override;
  std::vector<std::string> fields() const override;
};

/// Several propagators as one, in the order given. What one of them throws, or the carrier it is
/// given, is counted (`Stats::user_exceptions`) and costs that one alone.
class WEFT_API Composite final : public TextMapPropagator {
 public:
  explicit Composite(std::vector<PropagatorPtr> propagators);
  explicit Composite(std::initializer_list<PropagatorPtr> propagators)
      : Composite(std::vector<PropagatorPtr>(propagators)) {}
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

/// The propagator that OTEL_PROPAGATORS calls `name` (`tracecontext`, `baggage`, `b3`, `b3multi`,
/// `jaeger`, `ottrace`, and our own `requestid`); null for an unknown name and for `none`. Throws
/// std::bad_alloc.
WEFT_API PropagatorPtr make(std::string_view name);

}  // namespace weft::inline v0::propagators
