// SPDX-License-Identifier: Apache-2.0
// One line: the single header. Several: x-b3-traceid, -spanid, -sampled, -flags and, last, `b3`.
#include <array>

#include "fuzz/remote.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace weft_fuzz;
  static constexpr std::array kNames{"x-b3-traceid", "x-b3-spanid", "x-b3-sampled", "x-b3-flags",
                                     "b3"};
  const std::vector<std::string> lines = lines_of(text_of(data, size));
  HeaderList headers;
  if (lines.size() == 1) {
    headers.emplace_back("b3", lines[0]);
  } else {
    for (std::size_t i = 0; i < lines.size(); ++i) {
      headers.emplace_back(kNames[i % kNames.size()], lines[i]);
    }
  }
  check_round_trip(weft::propagators::B3Single(), headers);
  check_round_trip(weft::propagators::B3Multi(), headers);
  return 0;
}
