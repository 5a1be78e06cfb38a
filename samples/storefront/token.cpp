// SPDX-License-Identifier: Apache-2.0
// Prints a bearer token for the storefront: what a log-in service would do.
#include <iostream>

#include "../command_line.hpp"
#include "token_key.hpp"

int main(int argc, char** argv) {
  CommandLine options("token", "Prints a token, signed with the key in STOREFRONT_JWT_KEY.",
                      {{"--user", "NAME", "ann", "whom it names"},
                       {"--seconds", "N", "3600", "how long it can be used"}});
  options.parse(argc, argv);
  const std::chrono::seconds valid_for(options.number("--seconds", 0, 1'000'000'000));
  try {
    const auto key = storefront::TokenKey::from_environment();
    std::cout << key.sign(options.text("--user"), valid_for) << '\n';
  } catch (const storefront::TokenError& error) {
    options.fail(std::string(storefront::TokenKey::kVariable) + ": " + error.what());
  }
}
