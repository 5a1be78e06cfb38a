// SPDX-License-Identifier: Apache-2.0
#include <weft/exporters/otlp_grpc.hpp>

#include <memory>
#include <utility>
#include <vector>

#include "delivery/delivery_exporter.hpp"
#include "otlp/grpc_settings.hpp"

namespace weft::inline v0::exporters {

ExporterPtr otlp_grpc(OtlpGrpcOptions options) {
  std::vector<Error> problems;
  delivery::DeliverySettings settings = otlp::grpc_delivery_settings(std::move(options), problems);
  return std::make_shared<delivery::DeliveryExporter>(std::move(settings), std::move(problems));
}

}  // namespace weft::inline v0::exporters
