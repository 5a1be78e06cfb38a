// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <weft/config.hpp>
#include <weft/version.hpp>

#include "substitution.hpp"

namespace weft::inline v0::config {

/// The first document of a text.
struct Document {
  Properties root{};
  int next_line = 0;  ///< where a second one begins; 0: there is none
};

/// Reads one YAML document, with the variables put in. Throws ReadError.
Document read_yaml(std::string_view text, const Variables& variables);

/// Why a text is no configuration, and in which line.
struct ReadError {
  int line = 0;
  std::string what{};
};

}  // namespace weft::inline v0::config
