// SPDX-License-Identifier: Apache-2.0
#include <weft/exporters/zipkin.hpp>

#include <memory>
#include <utility>
#include <vector>

#include "delivery/delivery_exporter.hpp"
#include "zipkin/zipkin_settings.hpp"

namespace weft::inline v0::exporters {

ExporterPtr zipkin(ZipkinOptions options) {
  std::vector<Error> problems;
  delivery::DeliverySettings settings = zipkin::delivery_settings(std::move(options), problems);
  return std::make_shared<delivery::DeliveryExporter>(std::move(settings), std::move(problems));
}

}  // namespace weft::inline v0::exporters
