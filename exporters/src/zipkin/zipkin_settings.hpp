// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <weft/error.hpp>
#include <weft/exporters/zipkin.hpp>
#include <weft/version.hpp>

#include "delivery/engine.hpp"

namespace weft::inline v0::zipkin {

/// What the user's options and the environment come to. Every value that cannot be used is a
/// problem, and its default stands.
delivery::DeliverySettings delivery_settings(exporters::ZipkinOptions options,
                                             std::vector<Error>& problems);

}  // namespace weft::inline v0::zipkin
