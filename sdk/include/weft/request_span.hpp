// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <type_traits>
#include <utility>

#include <weft/context.hpp>
#include <weft/propagation.hpp>
#include <weft/request_id.hpp>
#include <weft/span.hpp>
#include <weft/tracer.hpp>
#include <weft/version.hpp>

namespace weft::inline v0 {

namespace detail {

inline constexpr std::string_view kRequestIdHeader = "x-request-id";

/// The first header of that name that can be an id: 1 to 127 visible ASCII characters. Else empty.
/// Never throws, whatever the carrier does.
WEFT_API RequestId read_request_id(const CarrierReader& carrier) noexcept;

}  // namespace detail

/// The span of a request that a service answers: what `request_span` returns. A Span in every way,
/// of kind server, with the request's id and the events "request" and "response". Use it on the
/// thread, or in the task, that made it.
class WEFT_API RequestSpan : public Span {
 public:
  /// Gives `weft::request_id` its value until this span ends: the request's x-request-id, or a new
  /// one of 32 hex digits. Adds the event "request" with it as `request_id`. A second call does
  /// nothing.
  void request_before() noexcept;
  /// Adds the event "response" with the message as `message`.
  void response(std::string_view message) noexcept;
  /// Writes the request's id into the response's headers, as x-request-id. Throws nothing but what
  /// the carrier throws.
  template <class C>
    requires WritableCarrier<std::remove_reference_t<C>>
  void response(C&& headers) const {
    const RequestId id = own_id();
    if (id.empty()) return;
    using Carrier = std::remove_reference_t<C>;
    CarrierWriter(headers, &detail::write_header<Carrier>).set(detail::kRequestIdHeader, id.view());
  }

 private:
  template <class C>
    requires ReadableCarrier<std::remove_reference_t<C>>
  friend RequestSpan request_span(const Tracer& tracer, std::string_view name, C&& request_headers);
  friend RequestSpan request_span(const Tracer& tracer, std::string_view name) noexcept;

  RequestSpan(const Tracer& tracer, std::string_view name) noexcept;
  RequestSpan(const Tracer& tracer, std::string_view name, Context headers,
              const RequestId& upstream) noexcept;
  RequestSpan(const Tracer& tracer, std::string_view name, const SpanOptions& options) noexcept;
  RequestId own_id() const noexcept;

  RequestId id_;        // what request_before() set
  RequestId upstream_;  // what came with the request
  bool has_begun_ = false;
};

/// The span of the request being answered, current until the end of its scope:
///
///     auto span = weft::request_span(tracer, "checkout", request_headers);
///     span.request_before();
///     …
///     span.response("ok");
///     span.response(response_headers);
///
/// At its end `weft::request_id` is what it was before. An exception that leaves the scope adds the
/// event `exception` and an Error status. Its parent is what the headers carry; where they carry
/// none, or where a span of their trace is open here already, it is the current span.
template <class C>
  requires ReadableCarrier<std::remove_reference_t<C>>
[[nodiscard]] RequestSpan request_span(const Tracer& tracer, std::string_view name,
                                       C&& request_headers) {
  using Carrier = std::remove_reference_t<C>;
  return RequestSpan(
      tracer, name, extract(request_headers),
      detail::read_request_id(CarrierReader(request_headers, &detail::read_headers<Carrier>)));
}
/// … without headers: a child of the current span, with a new id.
[[nodiscard]] inline RequestSpan request_span(const Tracer& tracer,
                                              std::string_view name) noexcept {
  return {tracer, name};
}

}  // namespace weft::inline v0
