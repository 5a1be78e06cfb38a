// SPDX-License-Identifier: Apache-2.0
#pragma once

// Tracing for cpp-httplib 0.11: `weft::httplib::Server` and `weft::httplib::Client` are used in the
// place of the library's own classes. Link `weft::httplib`. Whoever includes this compiles with
// `pkg-config --cflags cpp-httplib` (the target does it), because the library's classes change
// their layout with those flags; otherwise linking fails at
// `CompileWithPkgConfigFlagsOfCppHttplib`.

#include <weft/httplib/client.hpp>
#include <weft/httplib/server.hpp>
