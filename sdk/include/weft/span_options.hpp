// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <ranges>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <weft/attributes.hpp>
#include <weft/context.hpp>
#include <weft/span_context.hpp>

namespace weft::inline v0 {

/// What role a span plays. The numbers are OTLP's.
enum class SpanKind : std::uint8_t { internal = 1, server, client, producer, consumer };

enum class StatusCode : std::uint8_t { unset = 0, ok, error };

/// Ok is final, Unset is ignored when set, and a description belongs to Error alone.
struct Status {
  StatusCode code = StatusCode::unset;
  std::string description{};
  friend bool operator==(const Status&, const Status&) = default;
};

/// Points at another span, of this trace or another.
struct Link {
  SpanContext context{};
  std::vector<Attribute> attributes{};
  std::uint32_t dropped_attributes_count = 0;
};

namespace detail {

/// An element of a list of links: either kind.
struct AnyLink {
  AnyLink(Link its_link) noexcept : link(std::move(its_link)) {}
  AnyLink(SpanContext context, std::vector<Attribute> attributes = {}) noexcept
      : link{.context = std::move(context), .attributes = std::move(attributes)} {}
  Link link;
};

template <class R>
concept LinkRange =
    std::ranges::input_range<R> && !std::derived_from<std::remove_cvref_t<R>, std::vector<Link>> &&
    std::convertible_to<std::ranges::range_reference_t<R>, AnyLink>;

}  // namespace detail

/// Links, from a list of `Link`s, SpanContexts (`{.links = {context}}`) or both, or from a range of
/// either.
class Links : public std::vector<Link> {
 public:
  using std::vector<Link>::vector;
  Links() = default;
  Links(std::vector<Link> links) noexcept : vector(std::move(links)) {}
  Links(std::initializer_list<SpanContext> contexts) { append(contexts); }
  // A template, so that whoever names no type, as `{{context, {…}}}`, means `Link`s.
  template <std::same_as<detail::AnyLink> T = detail::AnyLink>
  Links(std::initializer_list<std::type_identity_t<T>> its_links) {
    append(its_links);
  }
  template <detail::LinkRange R>
  Links(R&& its_links) {
    append(its_links);
  }

 private:
  template <class R>
  void append(R&& links) {
    if constexpr (std::ranges::sized_range<R>) {
      reserve(static_cast<size_type>(std::ranges::size(links)));
    }
    for (auto&& each : links) {
      push_back(detail::AnyLink(std::forward<decltype(each)>(each)).link);
    }
  }
};

/// The parent of a span that is being started: nothing (the current span), a Context (its span, and
/// its variables for as long as the new span is open; an empty Context makes a root), or a
/// SpanContext.
class SpanParent {
 public:
  SpanParent() noexcept = default;
  SpanParent(const Context& context) noexcept : parent_(context) {}
  SpanParent(Context&& context) noexcept : parent_(std::move(context)) {}
  SpanParent(SpanContext context) noexcept : parent_(std::move(context)) {}

  const Context* context() const noexcept { return std::get_if<Context>(&parent_); }
  const SpanContext* span_context() const noexcept { return std::get_if<SpanContext>(&parent_); }
  bool is_current() const noexcept { return parent_.index() == 0; }

 private:
  std::variant<std::monostate, Context, SpanContext> parent_;
};

/// How to start a span, for designated initialisers:
/// `tracer.start("GET /orders", {.kind = SpanKind::server, .parent = extracted})`.
/// Attributes given here are seen by the sampler; prefer them to setting them later.
struct SpanOptions {
  SpanKind kind = SpanKind::internal;
  SpanParent parent{};
  Attributes attributes{};
  Links links{};
  std::chrono::system_clock::time_point start_time{};  ///< the epoch itself means: now
  bool root = false;                                   ///< ignore the current span
};

}  // namespace weft::inline v0
