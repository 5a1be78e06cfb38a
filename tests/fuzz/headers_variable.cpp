// SPDX-License-Identifier: Apache-2.0
// OTEL_EXPORTER_OTLP_HEADERS: no header that is taken can break a request.
#include "delivery/header_list.hpp"
#include "fuzz/fuzz_target.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace weft_fuzz;
  std::string why;
  const auto headers = weft::delivery::parse_header_list(text_of(data, size), why);
  require(headers.has_value() != !why.empty(), "a list, or the reason why it is none");
  if (!headers) return 0;
  for (const auto& [name, value] : *headers) {
    if (!weft::delivery::refusal_of_header(name, value).empty()) continue;
    require(!name.empty(), "a header has a name");
    require(name.find_first_of("\r\n: ") == std::string::npos, "a name stays in its place");
    require(value.find_first_of("\r\n") == std::string::npos, "a value stays on its line");
  }
  return 0;
}
