// SPDX-License-Identifier: Apache-2.0
// Each line is a `baggage` header.
#include "fuzz/remote.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace weft_fuzz;
  HeaderList headers;
  for (const std::string& line : lines_of(text_of(data, size)))
    headers.emplace_back("baggage", line);

  const weft::propagators::Baggage propagator;
  const weft::Context context = weft_test::extract_with(propagator, headers);
  const auto entries = weft::baggage::all(context);
  require(entries.size() <= 64, "at most 64 members");
  for (const auto& entry : entries) require(!entry.key.empty(), "a member has a key");

  // A byte that came as it is may have to be escaped when it is sent, so a header near the limit
  // may lose members at its end.
  const HeaderMap sent = weft_test::inject_with(propagator, context);
  require(entries.empty() || !sent.empty() || size > 2000, "what came in is sent");
  const auto again = weft::baggage::all(weft_test::extract_with(propagator, sent));
  require(again.size() <= entries.size(), "nothing is invented");
  if (again.size() == entries.size()) require(again == entries, "what is written is read again");
  return 0;
}
