// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <weft/config.hpp>
#include <weft/version.hpp>

#include "tracer/config_file.hpp"

namespace weft::inline v0::config {

/// What a model comes to; null, and told, when its format is of another version.
std::shared_ptr<detail::FileConfiguration> configured_by(const Model& model,
                                                         const ErrorHandler& on_error);

}  // namespace weft::inline v0::config
