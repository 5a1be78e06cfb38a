// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <weft/version.hpp>

namespace weft::inline v0::wire {

/// OpenSSL takes itself apart in an exit handler, also under a thread of ours that is in the middle
/// of a handshake, and long before a Telemetry with static storage duration has sent its last.
/// Called before libcurl begins to use OpenSSL, this asks it not to. Where the program used OpenSSL
/// first it does it all the same, and hears of us: then it waits for who is inside a `TlsUse`, and
/// nobody comes in any more.
void keep_tls_until_the_end() noexcept;

/// A section in which TLS is there to be used; false once it is not. Short: an exit waits for it.
class TlsUse {
 public:
  /// True without further ado when it is not `needed`.
  explicit TlsUse(bool needed) noexcept;
  TlsUse(const TlsUse&) = delete;
  TlsUse& operator=(const TlsUse&) = delete;
  ~TlsUse();
  explicit operator bool() const noexcept { return !needed_ || inside_; }

 private:
  const bool needed_;
  bool inside_ = false;
};

}  // namespace weft::inline v0::wire
