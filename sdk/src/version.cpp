// SPDX-License-Identifier: Apache-2.0
#include <weft/version.hpp>

namespace weft::inline v0 {

const char* version() noexcept { return WEFT_VERSION_STRING; }

}  // namespace weft::inline v0
