// SPDX-License-Identifier: Apache-2.0
// The first line is `uber-trace-id`; each further one the value of a `uberctx-` header.
#include "fuzz/remote.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace weft_fuzz;
  const std::vector<std::string> lines = lines_of(text_of(data, size));
  HeaderList headers{{"uber-trace-id", lines[0]}};
  for (std::size_t i = 1; i < lines.size(); ++i) {
    headers.emplace_back("uberctx-k" + std::to_string(i), lines[i]);
  }
  check_round_trip(weft::propagators::Jaeger(), headers);
  return 0;
}
