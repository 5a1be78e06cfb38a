// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include <weft/version.hpp>

namespace weft::inline v0::detail {

enum class Origin : std::uint8_t { code, environment, built_in, file };

/// One line of `Telemetry::effective_config`.
struct Setting {
  std::string name;
  std::string value;
  Origin origin = Origin::built_in;
  std::string source{};  // the variable, or the file's line; may be unknown
};

}  // namespace weft::inline v0::detail
