// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <weft/weft.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <weft/detail/context_access.hpp>

#include "platform/error_reporter.hpp"

namespace weft::testing {

/// A trace id whose right 7 bytes are `randomness`.
inline TraceId trace_of(std::uint64_t randomness) {
  TraceId::Bytes bytes{1};
  for (std::size_t i = 0; i < 7; ++i) {
    bytes[15 - i] = static_cast<std::uint8_t>(randomness >> (8 * i));
  }
  return TraceId(bytes);
}

struct ParentOf {
  bool is_sampled = true;
  bool is_remote = true;
  std::string_view trace_state{};
  std::uint64_t randomness = 0;
  std::uint8_t more_flags = TraceFlags::kRandom;
};

inline SpanContext span_of(const ParentOf& given) {
  const auto flags =
      static_cast<std::uint8_t>(given.more_flags | (given.is_sampled ? TraceFlags::kSampled : 0));
  return SpanContext(trace_of(given.randomness), *SpanId::from_hex("b7ad6b7169203331"),
                     TraceFlags(flags), TraceState::from_header(given.trace_state).value(),
                     given.is_remote);
}

inline Context parent_of(const ParentOf& given) {
  Context context;
  weft::detail::set_remote_span(context, span_of(given));
  return context;
}

/// Asks for a span in `parent`'s trace, or for a root of that randomness.
inline SamplingResult ask(const SamplerPtr& sampler, const Context& parent,
                          std::uint64_t randomness = 0, const Attributes& attributes = {},
                          std::string_view name = "name", SpanKind kind = SpanKind::internal) {
  const SpanContext span = span_context(parent);
  return sampler->should_sample(
      {.parent = parent,
       .trace_id = span.is_valid() ? span.trace_id() : trace_of(randomness),
       .name = name,
       .kind = kind,
       .attributes = attributes,
       .links = {}});
}

inline bool samples(const SamplerPtr& sampler, const Context& parent = {},
                    std::uint64_t randomness = 0) {
  return ask(sampler, parent, randomness).decision == SamplingDecision::record_and_sample;
}

/// The trace state that a sampler hands on.
inline std::string state_after(const SamplerPtr& sampler, const ParentOf& parent) {
  return ask(sampler, parent_of(parent)).trace_state.to_string();
}

/// What is told while `work` runs.
template <class Work>
std::string told_by(Work work) {
  std::string told;
  weft::detail::error_reporter().set_handler([&](const Error& error) { told += error.what; });
  work();
  weft::detail::error_reporter().set_handler({});
  return told;
}

inline constexpr std::uint64_t kHighest = (std::uint64_t{1} << 56U) - 1;

}  // namespace weft::testing
