// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Marks what a shared library of weft exports; everything else is hidden.
#define WEFT_API __attribute__((visibility("default")))

#define WEFT_VERSION_MAJOR 0
#define WEFT_VERSION_MINOR 1
#define WEFT_VERSION_PATCH 0
#define WEFT_VERSION_STRING "0.1.0"

namespace weft::inline v0 {

/// The version of the library that was linked, such as "0.1.0"; `WEFT_VERSION_STRING` is the
/// version of the headers. Static text.
WEFT_API const char* version() noexcept;

}  // namespace weft::inline v0
