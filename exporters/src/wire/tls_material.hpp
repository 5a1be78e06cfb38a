// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <curl/curl.h>
#include <sys/types.h>

#include <array>
#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>

#include <weft/version.hpp>

#include "wire/http_settings.hpp"

namespace weft::inline v0::wire {

/// Why this text is no certificate or key that can be used; "" when it may be one.
std::string_view refusal_of_pem(std::string_view text) noexcept;

/// The certificates and keys of one client. Files are looked at before each request and read anew
/// when they changed; a connection that was made with what they said before is not used again.
class TlsMaterial {
 public:
  explicit TlsMaterial(const TlsSettings& settings);

  /// Reads what changed. Why nothing can be sent, naming the file; "" when all is there. A file
  /// that was good once and is not now (it is being replaced) leaves what was read.
  std::string refresh();
  /// Goes up with each change; 0 before the first `refresh`.
  std::uint64_t generation() const noexcept { return generation_; }
  void apply(CURL* handle) const;
  /// What libcurl said of a failed connection, with the files that it may be about.
  std::string explain(CURLcode result, const std::string& message) const;

 private:
  struct Stamp {
    timespec changed{};
    off_t size = -1;
    ino_t file = 0;
    friend bool operator==(const Stamp& a, const Stamp& b) noexcept {
      return a.changed.tv_sec == b.changed.tv_sec && a.changed.tv_nsec == b.changed.tv_nsec &&
             a.size == b.size && a.file == b.file;
    }
  };
  struct Pem {
    std::string_view what;  // "CA", …
    CURLoption blob;
    CURLoption path;
    std::string file;
    std::string text{};
    Stamp stamp{};
  };

  std::string read(Pem& pem);
  static std::string named(const Pem& pem);

  std::array<Pem, 3> pems_;
  const bool require_1_3_;
  std::uint64_t generation_ = 0;
};

}  // namespace weft::inline v0::wire
