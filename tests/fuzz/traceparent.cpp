// SPDX-License-Identifier: Apache-2.0
// Each line is a `traceparent` header.
#include "fuzz/remote.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace weft_fuzz;
  HeaderList headers;
  for (const std::string& line : lines_of(text_of(data, size))) {
    headers.emplace_back("traceparent", line);
  }
  check_round_trip(weft::propagators::TraceContext(), headers);
  if (headers.size() > 1) {
    require(!weft_test::remote_span(headers).is_valid(), "two traceparent headers are none");
  }
  return 0;
}
