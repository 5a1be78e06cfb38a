// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <typeinfo>

#include <weft/version.hpp>

namespace weft::inline v0::detail {

/// The type as the source spells it, without our inline namespace: `weft::InMemoryExporter`.
std::string type_name(const std::type_info& type);

}  // namespace weft::inline v0::detail
