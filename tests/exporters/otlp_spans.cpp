// SPDX-License-Identifier: Apache-2.0
// Records spans of every kind through the public API, exports them with the exporter that
// WEFT_TEST_EXPORTER names (otlp; "file" writes to WEFT_TEST_FILE) where OTEL_* say, and prints
// what was recorded as JSON, in one line: otlp_decode.py compares the two.
#include <weft/weft.hpp>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "exporters/span_json.hpp"

namespace {

using namespace std::chrono_literals;
using weft::SpanKind;

const weft::Tracer kPlain{"plain"};
const weft::Tracer kVersioned{"library", "1.2.3", "https://opentelemetry.io/schemas/1.27.0"};

std::chrono::system_clock::time_point moment(int seconds) {
  return std::chrono::system_clock::from_time_t(1792000000) + std::chrono::seconds(seconds) + 123ns;
}

void record_values(weft::BasicSpan& span) {
  const std::vector<std::byte> bytes{std::byte{0}, std::byte{0x7f}, std::byte{0xff}};
  span.set_attribute("bool.true", true);
  span.set_attribute("bool.false", false);
  span.set_attribute("int.zero", 0);
  span.set_attribute("int.minimum", std::numeric_limits<std::int64_t>::min());
  span.set_attribute("int.maximum", std::numeric_limits<std::int64_t>::max());
  span.set_attribute("int.unsigned", 7U);
  span.set_attribute("double", 0.1);
  span.set_attribute("double.tiny", std::numeric_limits<double>::denorm_min());
  if (std::getenv("WEFT_TEST_FINITE") == nullptr) {  // Jaeger's query API cannot write them
    span.set_attribute("double.infinity", std::numeric_limits<double>::infinity());
    span.set_attribute("double.nan", std::nan(""));
  }
  span.set_attribute("double.minus.zero", -0.0);
  span.set_attribute("text", "visa");
  span.set_attribute("text.empty", "");
  span.set_attribute("text.unicode", "h\xc3\xa9llo \xe2\x86\x92 \xf0\x9f\xa7\xb5");
  span.set_attribute("text.bad", std::string("a\xff"
                                             "b\xc3"));
  span.set_attribute("text.zero", std::string("a\0b", 3));
  span.set_attribute("text.long", std::string(100'000, 'x'));
  span.set_attribute("bytes", std::span<const std::byte>(bytes));
  span.set_attribute("array.int", std::vector<int>{1, 2, 300});
  span.set_attribute("array.text", std::vector<std::string>{"a", "", "c"});
  span.set_attribute("array.bool", std::vector<bool>{true, false});
  span.set_attribute("array.empty", std::vector<double>{});
  span.set_attribute("array.nested", std::vector<std::vector<int>>{{1}, {}, {2, 3}});
  span.set_attribute("map", {{"inner", 1}, {"deeper", {{"deepest", "x"}}}});
  span.set_attribute("key with spaces \xc3\xa9", 1);
}

void record_a_request() {
  const weft::SpanContext remote(*weft::TraceId::from_hex("4bf92f3577b34da6a3ce929d0e0e4736"),
                                 *weft::SpanId::from_hex("00f067aa0ba902b7"),
                                 weft::TraceFlags(weft::TraceFlags::kSampled),
                                 weft::TraceState().set("vendor", "opaque"), true);
  auto root = kVersioned.start(
      "GET /checkout",
      {.kind = SpanKind::server, .parent = remote, .attributes = {{"http.route", "/checkout"}}});
  record_values(root);
  root.set_attribute("text", "overwritten by something longer");
  root.set_attribute("int.zero", "now a text");
  {
    auto child = kPlain.start("charge card", {.kind = SpanKind::client});
    child.set_status(weft::StatusCode::error, "declined");
    child.add_event("first");
    child.add_event("second", moment(5), {{"attempt", 2}, {"list", std::vector<int>{1, 2}}});
    child.record_exception(std::runtime_error("no money"), {{"extra", true}});
    child.add_link(remote, {{"why", "retry"}});
    child.add_link(root.context());
  }
  auto grandchild = kVersioned.start("before", {.kind = SpanKind::producer});
  grandchild.update_name("after");
  grandchild.set_status(weft::StatusCode::ok);
}

void record_odd_spans() {
  auto consumer = kPlain.start_detached(
      "consumed", {.kind = SpanKind::consumer, .start_time = moment(10), .root = true});
  consumer.end(moment(12));
  auto crowded = kPlain.start("crowded");
  for (int i = 0; i < 200; ++i) {
    crowded.set_attribute("key." + std::to_string(i), i);
    crowded.add_event("event." + std::to_string(i));
    crowded.add_link(crowded.context(), {{"number", i}});
  }
  const auto named = weft::make_tracer("made", "2", "", {{"scope.key", "scope value"}});
  auto inner = named.start("");
  try {
    auto thrown = named.start("left by an exception");
    throw std::runtime_error("left");
  } catch (const std::runtime_error&) {
  }
}

// Cases in which nothing can be delivered need not take long.
std::chrono::milliseconds patience() {
  const char* milliseconds = std::getenv("WEFT_FLUSH_MS");
  return std::chrono::milliseconds(milliseconds == nullptr ? 20'000 : std::atoi(milliseconds));
}

std::string variable(const char* name, const char* otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : value;
}

weft::ExporterPtr exporter(const std::function<void(const weft::Error&)>& on_error) {
  const std::string name = variable("WEFT_TEST_EXPORTER", "otlp");
  if (name != "file") return weft::exporters::components().make_exporter(name, on_error);
  return weft::exporters::otlp_file({.path = variable("WEFT_TEST_FILE", "traces.jsonl"),
                                     .gzip = variable("WEFT_TEST_GZIP", "").size() > 0});
}

}  // namespace

int main() {
  auto memory = weft::exporters::in_memory();
  bool trouble = false;
  const auto on_error = [&](const weft::Error& error) {
    if (error.code == weft::ErrorCode::limit_reached) return;
    std::fprintf(stderr, "%s\n", error.what.c_str());
    trouble = true;
  };
  auto telemetry =
      weft::init({.service_name = variable("WEFT_TEST_SERVICE", "conformance"),
                  .resource = weft::Resource({{"resource.key", 42}},
                                             "https://opentelemetry.io/schemas/1.26.0"),
                  .exporters = {exporter(on_error), memory},
                  .on_error = on_error});
  record_a_request();
  record_odd_spans();
  const bool flushed = static_cast<bool>(telemetry.force_flush(patience()));
  weft::testing::print_json(memory->spans());
  return flushed && !trouble ? 0 : 1;
}
