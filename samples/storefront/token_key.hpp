// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <stdexcept>
#include <string>

namespace storefront {

/// Why a token is not taken, or could not be made.
struct TokenError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The key that all services share: signs and verifies JSON Web Tokens (RFC 7519) with HMAC and
/// SHA-256, by libjwt. Safe from any thread.
class TokenKey {
 public:
  static constexpr const char* kVariable = "STOREFRONT_JWT_KEY";
  static constexpr std::size_t kLeastSize = 32;  // bytes; RFC 7518, 3.2

  /// Throws TokenError when the key is too short.
  explicit TokenKey(std::string key);
  /// The key that the environment holds. Throws TokenError.
  static TokenKey from_environment();

  /// A token that names the user and can be used for that long. Throws TokenError.
  std::string sign(const std::string& user, std::chrono::seconds valid_for) const;
  /// The user that the token names. Throws TokenError: not a token, another algorithm, a wrong
  /// signature, no user, out of date.
  std::string verify(const std::string& token) const;

 private:
  const unsigned char* bytes() const noexcept;

  std::string key_;
};

}  // namespace storefront
