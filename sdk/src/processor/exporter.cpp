// SPDX-License-Identifier: Apache-2.0
#include <weft/exporter.hpp>

#include "processor/async_exporter.hpp"
#include "span/span_access.hpp"

namespace weft::inline v0 {

SpanView SpanBatch::operator[](std::size_t index) const noexcept {
  return detail::SpanAccess::view(*records_[index]);
}

SpanExporter::~SpanExporter() = default;

bool SpanExporter::force_flush(Deadline) { return true; }

bool SpanExporter::shutdown(Deadline) { return true; }

std::shared_ptr<detail::AsyncExporter> SpanExporter::async_exporter() { return nullptr; }

namespace detail {

AsyncExporter::~AsyncExporter() = default;

}  // namespace detail
}  // namespace weft::inline v0
