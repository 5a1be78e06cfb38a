// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <utility>

#include <weft/processor.hpp>
#include <weft/version.hpp>

namespace weft::inline v0::detail {

/// What `processors::filter` makes. The tracer knows it and asks it at a span's end, in its turn.
class FilterProcessor final : public SpanProcessor {
 public:
  explicit FilterProcessor(std::function<bool(const SpanView&)> keeps) : keeps_(std::move(keeps)) {}
  /// Any thread. Contains what the user's function throws.
  bool keeps(const SpanView& span) const noexcept;

 private:
  const std::function<bool(const SpanView&)> keeps_;
};

}  // namespace weft::inline v0::detail
