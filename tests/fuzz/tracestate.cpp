// SPDX-License-Identifier: Apache-2.0
// Each line is a `tracestate` header beside a good `traceparent`.
#include <algorithm>

#include <weft/trace_state.hpp>

#include "fuzz/remote.hpp"

namespace {

using namespace weft_fuzz;

void check_text(const std::string& text) {
  const auto state = weft::TraceState::from_header(text);
  if (!state) return;
  const std::string_view view = state->view();
  require(std::ranges::count(view, ',') < 32, "at most 32 members");
  const auto again = weft::TraceState::from_header(view);
  require(again && *again == *state, "what is written is read again");
  const weft::TraceState more = state->set("weft", "1");
  require(more.get("weft") == "1", "a member that is set is there");
  require(!more.erase("weft").get("weft"), "a member that is erased is gone");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  HeaderList headers{{"traceparent", std::string(weft_test::kTraceparentText)}};
  for (const std::string& line : lines_of(text_of(data, size))) {
    headers.emplace_back("tracestate", line);
    check_text(line);
  }
  const weft::SpanContext remote = weft_test::remote_span(headers);
  require(remote.is_valid(), "a bad tracestate leaves traceparent as it is");
  require(
      remote.trace_state().empty() || remote.trace_state().view().find('=') != std::string::npos,
      "a state that is there has members");
  check_round_trip(weft::propagators::TraceContext(), headers);
  return 0;
}
