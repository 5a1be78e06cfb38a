// SPDX-License-Identifier: Apache-2.0
#include "delivery/delivery_exporter.hpp"

#include <utility>

namespace weft::inline v0::delivery {

DeliveryExporter::DeliveryExporter(DeliverySettings settings, std::vector<Error> problems)
    : blocking_(settings),
      delivery_(std::make_shared<Delivery>(std::move(settings), std::move(problems))) {}

bool DeliveryExporter::shutdown(Deadline) {
  blocking_.close();
  return true;
}

}  // namespace weft::inline v0::delivery
