// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <weft/version.hpp>

namespace weft::inline v0::config {

/// The value of an environment variable; none when unset.
using Variables = std::function<std::optional<std::string>(const char* name)>;

/// `text` with `${NAME}`, `${env:NAME}` and `${NAME:-default}` replaced and `$$` turned into `$`;
/// what was put in is not looked at again. None when a reference is malformed: `bad` is it then.
/// OpenTelemetry Configuration Data Model, "Environment variable substitution".
std::optional<std::string> substituted(std::string_view text, const Variables& variables,
                                       std::string& bad);

}  // namespace weft::inline v0::config
