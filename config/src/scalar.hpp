// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <weft/config.hpp>
#include <weft/version.hpp>

namespace weft::inline v0::config {

/// What a plain scalar is by YAML 1.2's core schema (10.3.2): nothing, a boolean, a number or text.
/// An integer beyond 64 bits is a real number.
Properties::Value typed_scalar(std::string text);

}  // namespace weft::inline v0::config
