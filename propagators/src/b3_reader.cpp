// SPDX-License-Identifier: Apache-2.0
#include "b3_headers.hpp"

#include "hex_digits.hpp"
#include "remote_parent.hpp"
#include "white_space.hpp"

namespace weft::inline v0::b3 {

namespace {

constexpr TraceFlags kDeny{};
constexpr TraceFlags kAccept{TraceFlags::kSampled};
constexpr TraceFlags kDebug{TraceFlags::kSampled | TraceFlags::kDebug};
constexpr TraceFlags kDefer{TraceFlags::kDeferred};

constexpr std::size_t kSpanIdSize = 2 * SpanId::kSize;

SpanContext decision(TraceFlags state) noexcept { return {TraceId(), SpanId(), state, {}, true}; }

/// What is before the next `-`, or all of it. `rest` becomes what is behind; null when it ended.
std::string_view next_part(std::string_view& rest) noexcept {
  const std::size_t dash = rest.find('-');
  const std::string_view part = rest.substr(0, dash);
  rest = dash == std::string_view::npos ? std::string_view() : rest.substr(dash + 1);
  return part;
}

/// `[ "-" SamplingState [ "-" ParentSpanId ] ]`, what follows the ids.
std::optional<TraceFlags> read_rest(std::string_view text) noexcept {
  if (text.empty()) return kDefer;
  std::string_view rest = text.substr(1);
  const bool has_parent = rest.find('-') != std::string_view::npos;
  const auto state = read_state(next_part(rest));
  if (text[0] != '-' || (has_parent && !is_parent_id(rest))) return std::nullopt;
  return state;
}

template <class T, class Read>
void see_first(Seen<T>& seen, std::string_view value, Read read) noexcept {
  if (seen.is_seen || value.empty()) return;
  seen.is_seen = true;
  seen.value = read(value);
}

}  // namespace

std::optional<TraceId> read_trace_id(std::string_view text) noexcept {
  if (text.size() != TraceId::kSize && text.size() != 2 * TraceId::kSize) return std::nullopt;
  return propagators::read_padded_id<TraceId>(text);
}

bool is_parent_id(std::string_view text) noexcept {
  return text.size() == kSpanIdSize && propagators::is_hex(text);
}

std::optional<TraceFlags> read_state(std::string_view text) noexcept {
  if (text == "0") return kDeny;
  if (text == "1") return kAccept;
  if (text == "d") return kDebug;
  return std::nullopt;
}

std::optional<TraceFlags> read_sampled(std::string_view text) noexcept {
  if (text == "1" || detail::same_header(text, "true")) return kAccept;
  if (text == "0" || detail::same_header(text, "false")) return kDeny;
  return std::nullopt;
}

std::optional<SpanContext> read_single(std::string_view text) noexcept {
  if (const auto state = read_state(text)) return decision(*state);
  std::string_view rest = text;
  const auto trace_id = read_trace_id(next_part(rest));
  if (!trace_id) return std::nullopt;
  const auto span_id = SpanId::from_hex(rest.substr(0, kSpanIdSize));
  if (!span_id) return std::nullopt;
  const auto state = read_rest(rest.substr(kSpanIdSize));
  if (!state) return std::nullopt;
  return SpanContext(*trace_id, *span_id, *state, {}, true);
}

void Reader::see(std::size_t index, std::string_view value) noexcept {
  value = w3c::trimmed(value);
  switch (index) {
    case 0:
      return see_first(single_, value, read_single);
    case 1:
      return see_first(trace_id_, value, read_trace_id);
    case 2:
      return see_first(span_id_, value, SpanId::from_hex);
    case 3:
      return see_first(parent_id_, value, [](std::string_view text) {
        return is_parent_id(text) ? std::optional(true) : std::nullopt;
      });
    case 4:
      return see_first(sampled_, value, read_sampled);
    default:  // any other value of the flags is passed over
      return see_first(debug_, value,
                       [](std::string_view text) { return std::optional(text == "1"); });
  }
}

std::optional<TraceFlags> Reader::state() const noexcept {
  if (debug_.value.value_or(false)) return kDebug;
  return sampled_.value;
}

std::optional<SpanContext> Reader::multi() const noexcept {
  if (trace_id_.is_bad() || span_id_.is_bad() || parent_id_.is_bad() || sampled_.is_bad() ||
      trace_id_.is_seen != span_id_.is_seen) {
    return std::nullopt;
  }
  const auto state = this->state();
  if (trace_id_.value) {
    return SpanContext(*trace_id_.value, *span_id_.value, state.value_or(kDefer), {}, true);
  }
  return state ? std::optional(decision(*state)) : std::nullopt;
}

std::optional<SpanContext> Reader::take() const noexcept {
  return single_.value ? single_.value : multi();
}

void read_headers(const CarrierReader& carrier, Context& context) noexcept {
  try {
    Reader reader;
    carrier.for_each_of(Reader::kNames, [&reader](std::size_t index, std::string_view value) {
      reader.see(index, value);
    });
    if (const auto span = reader.take()) propagators::set_remote_parent(context, *span);
  } catch (...) {
    // Nothing was put into the context yet.
    detail::propagation_threw("a carrier threw in extract");
  }
}

}  // namespace weft::inline v0::b3
