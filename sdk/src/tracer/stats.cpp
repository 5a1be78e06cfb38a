// SPDX-License-Identifier: Apache-2.0
#include <weft/diagnostics.hpp>

#include "tracer/resource_fields.hpp"

namespace weft::inline v0 {

namespace {

std::string describe(const ExporterStats& exporter) {
  return exporter.name + ": exported = " + std::to_string(exporter.exported) +
         ", failed = " + std::to_string(exporter.failed) +
         ", inflight = " + std::to_string(exporter.inflight);
}

}  // namespace

std::string to_string(const Stats& stats) {
  const std::string reasons = detail::describe(stats.dropped);
  std::string text = "started = " + std::to_string(stats.started) +
                     ", exported = " + std::to_string(stats.exported) +
                     ", live = " + std::to_string(stats.live) +
                     ", dropped = " + std::to_string(stats.dropped.total());
  if (!reasons.empty()) text += " (" + reasons + ")";
  if (stats.spooled != 0) text += ", spooled = " + std::to_string(stats.spooled);
  if (stats.misused != 0) text += ", misused = " + std::to_string(stats.misused);
  text += ", not recorded = " + std::to_string(stats.not_recorded);
  for (const ExporterStats& exporter : stats.exporters) text += "; " + describe(exporter);
  return text;
}

}  // namespace weft::inline v0
