// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <weft/error.hpp>
#include <weft/exporters/otlp_grpc.hpp>
#include <weft/version.hpp>

#include "delivery/engine.hpp"

namespace weft::inline v0::otlp {

/// What the user's options and the environment come to. Every value that cannot be used is a
/// problem, and its default stands.
delivery::DeliverySettings grpc_delivery_settings(exporters::OtlpGrpcOptions options,
                                                  std::vector<Error>& problems);

}  // namespace weft::inline v0::otlp
