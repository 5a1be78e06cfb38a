// SPDX-License-Identifier: Apache-2.0
#include "token_key.hpp"

#include <jwt.h>

#include <cstdlib>
#include <ctime>
#include <memory>
#include <utility>

namespace storefront {
namespace {

struct FreeToken {
  void operator()(jwt_t* token) const noexcept { jwt_free(token); }
};
struct FreeText {
  void operator()(char* text) const noexcept { std::free(text); }
};
using Token = std::unique_ptr<jwt_t, FreeToken>;

void must(int result, const char* what) {
  if (result != 0) throw TokenError(what);
}

}  // namespace

TokenKey::TokenKey(std::string key) : key_(std::move(key)) {
  if (key_.size() < kLeastSize) {
    throw TokenError("the key is " + std::to_string(key_.size()) + " bytes long, but must be " +
                     std::to_string(kLeastSize) + " or more");
  }
}

TokenKey TokenKey::from_environment() {
  const char* key = std::getenv(kVariable);
  if (key == nullptr) throw TokenError("it is not set");
  return TokenKey(key);
}

const unsigned char* TokenKey::bytes() const noexcept {
  return reinterpret_cast<const unsigned char*>(key_.data());
}

std::string TokenKey::sign(const std::string& user, std::chrono::seconds valid_for) const {
  jwt_t* raw = nullptr;
  must(jwt_new(&raw), "there is no memory for a token");
  const Token token(raw);
  const std::time_t now = std::time(nullptr);
  must(jwt_add_grant(raw, "sub", user.c_str()), "the user cannot be written");
  must(jwt_add_grant_int(raw, "iat", now), "the time cannot be written");
  must(jwt_add_grant_int(raw, "exp", now + valid_for.count()), "the time cannot be written");
  must(jwt_set_alg(raw, JWT_ALG_HS256, bytes(), static_cast<int>(key_.size())),
       "the key is not taken");
  const std::unique_ptr<char, FreeText> text(jwt_encode_str(raw));
  if (text == nullptr) throw TokenError("the token cannot be signed");
  return text.get();
}

std::string TokenKey::verify(const std::string& text) const {
  jwt_t* raw = nullptr;
  const int result = jwt_decode(&raw, text.c_str(), bytes(), static_cast<int>(key_.size()));
  const Token token(raw);
  must(result, "the token is malformed or its signature is wrong");
  // Who makes a token chooses its algorithm: it must be ours.
  if (jwt_get_alg(raw) != JWT_ALG_HS256) throw TokenError("the token's algorithm is not HS256");
  const long end = jwt_get_grant_int(raw, "exp");
  if (end <= std::time(nullptr)) throw TokenError("the token is out of date");
  const char* user = jwt_get_grant(raw, "sub");
  if (user == nullptr || *user == '\0') throw TokenError("the token names no user");
  return user;
}

}  // namespace storefront
