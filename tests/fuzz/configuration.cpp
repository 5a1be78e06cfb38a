// SPDX-License-Identifier: Apache-2.0
// A configuration file.
#include <weft/config.hpp>

#include "fuzz/fuzz_target.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace weft_fuzz;
  int told = 0;
  const weft::config::ErrorHandler on_error = [&](const weft::Error& error) {
    ++told;
    require(error.what.find('\n') == std::string::npos, "a message is one line");
  };
  const auto model = weft::config::parse_text(text_of(data, size), "weft.yaml", on_error);
  require(model.has_value() || told == 1, "a model, or one error");
  // Not `create`: what a file names may be a path or a peer, which this must not touch.
  return 0;
}
