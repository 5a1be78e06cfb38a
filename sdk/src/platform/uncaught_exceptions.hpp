// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cxxabi.h>

#include <exception>

#include <weft/version.hpp>

namespace weft::inline v0::detail {

/// std::uncaught_exceptions() at the price of one load: every span asks twice. The count lies where
/// the Itanium C++ ABI, 2.2.2, puts it, and with libstdc++ it stays there for the thread's life.
class UncaughtExceptions {
 public:
  /// From here on `count` is for the calling thread alone.
#if defined(__GLIBCXX__)
  void attach() noexcept { globals_ = reinterpret_cast<const Globals*>(abi::__cxa_get_globals()); }
  int count() const noexcept { return static_cast<int>(globals_->uncaught); }

 private:
  struct Globals {  // __cxa_eh_globals
    void* caught;
    unsigned int uncaught;
  };
  const Globals* globals_ = nullptr;
#else
  void attach() noexcept {}
  int count() const noexcept { return std::uncaught_exceptions(); }
#endif
};

}  // namespace weft::inline v0::detail
