// SPDX-License-Identifier: Apache-2.0
// OTEL_RESOURCE_ATTRIBUTES: all of it or, with one line that says why, nothing.
#include "fuzz/fuzz_target.hpp"
#include "tracer/resource_detection.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace weft_fuzz;
  const std::string text(text_of(data, size));
  int lines = 0;
  const weft::detail::Environment environment(
      [&](const char* name) -> std::optional<std::string> {
        if (std::string_view(name) == "OTEL_RESOURCE_ATTRIBUTES") return text;
        return std::nullopt;
      },
      [&](weft::ErrorCode, const std::string& message) {
        ++lines;
        require(message.find('\n') == std::string::npos, "a message is one line");
        require(message.size() < 2000, "a message is short, however long the value");
      });
  const weft::Resource resource = weft::detail::environment_resource(environment);
  require(lines <= 1, "one line at most");
  require(lines == 0 || resource.attributes().empty(), "a variable that is refused gives nothing");
  return 0;
}
