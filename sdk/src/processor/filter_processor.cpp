// SPDX-License-Identifier: Apache-2.0
#include "processor/filter_processor.hpp"

#include <memory>

#include <weft/processors.hpp>

#include "platform/error_reporter.hpp"
#include "platform/user_exception.hpp"

namespace weft::inline v0 {

bool detail::FilterProcessor::keeps(const SpanView& span) const noexcept {
  if (!keeps_) return true;
  try {
    return keeps_(span);
  } catch (...) {
    count_user_exception("the function of processors::filter threw; the span is kept");
    return true;
  }
}

ProcessorPtr processors::filter(std::function<bool(const SpanView&)> keeps) {
  if (!keeps) {
    detail::error_reporter().refuse(
        "processors::filter(keeps): keeps is empty; all spans are kept");
  }
  return std::make_shared<detail::FilterProcessor>(std::move(keeps));
}

}  // namespace weft::inline v0
