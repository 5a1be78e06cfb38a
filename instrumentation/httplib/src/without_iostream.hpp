// SPDX-License-Identifier: Apache-2.0
#pragma once

// httplib.h includes <iostream>, of which it needs the stream types alone; with libstdc++ the rest
// of <iostream> is a static constructor in every object. Included first, this leaves it out.

#include <istream>
#include <ostream>

#if defined(__GLIBCXX__) && !defined(_GLIBCXX_IOSTREAM)
#define _GLIBCXX_IOSTREAM 1  // NOLINT(bugprone-reserved-identifier): libstdc++'s own include guard
#endif
