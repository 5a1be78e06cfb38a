// SPDX-License-Identifier: Apache-2.0
#include "otlp/delivered.hpp"

namespace weft::inline v0::otlp {

delivery::Verdict delivered(const std::optional<PartialSuccess>& partial) {
  delivery::Verdict verdict{.kind = delivery::Verdict::Kind::delivered};
  if (!partial) {
    verdict.message = "answered 200 with a body that is no ExportTraceServiceResponse";
  } else if (partial->rejected_spans > 0) {
    verdict.rejected = partial->rejected_spans;
    verdict.message =
        "partial success: " + (partial->message.empty() ? "no reason given" : partial->message);
  } else if (!partial->message.empty()) {
    verdict.message = "the receiver warns: " + partial->message;
  }
  return verdict;
}

}  // namespace weft::inline v0::otlp
