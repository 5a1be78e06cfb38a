// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <httplib.h>

#include <cstddef>

#include <weft/version.hpp>

namespace weft::inline v0::httplib::detail {

/// Defined for the sizes that cpp-httplib was built with alone: code that was compiled without its
/// flags does not link, instead of reading the wrong bytes.
template <std::size_t RequestSize, std::size_t ClientSize>
struct CompileWithPkgConfigFlagsOfCppHttplib {
  WEFT_API static void check() noexcept;
};
using Layout =
    CompileWithPkgConfigFlagsOfCppHttplib<sizeof(::httplib::Request), sizeof(::httplib::Client)>;

}  // namespace weft::inline v0::httplib::detail
