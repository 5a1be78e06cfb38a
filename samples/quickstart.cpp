// SPDX-License-Identifier: Apache-2.0
// The smallest program: one span. It goes to an OTLP collector on localhost:4318, unless the
// environment says otherwise; to see it here, run it with OTEL_TRACES_EXPORTER=console.
#include <weft/weft.hpp>

int main() {
  auto telemetry = weft::init({.service_name = "checkout"});  // OTEL_* are honoured
  weft::Tracer tracer{"checkout", "1.2.0"};
  auto span = tracer.start("charge card", {{"amount", 42}, {"card.brand", "visa"}});
  span.set_attribute("approved", true);
}  // the span ends, then telemetry flushes and stops
