// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include <weft/exporters/console.hpp>

#include "console/styles.hpp"
#include "console/text.hpp"
#include "exporters/records.hpp"

namespace weft::testing {

namespace {

using namespace std::chrono_literals;
using exporters::Colour;
using exporters::ConsoleOptions;
using exporters::ConsoleStyle;
using std::chrono::system_clock;

const auto kBegin = system_clock::from_time_t(1792000000) + 123456us;

SpanData make_span(std::string name, std::uint8_t id, std::uint8_t parent,
                   std::chrono::nanoseconds start, std::chrono::nanoseconds length) {
  SpanData span;
  span.name = std::move(name);
  span.context = SpanContext(trace_id_of(0xab), span_id_of(id));
  if (parent != 0) span.parent = SpanContext(trace_id_of(0xab), span_id_of(parent));
  span.start_time = kBegin + start;
  span.end_time = span.start_time + length;
  return span;
}

std::vector<SpanData> one_request() {
  SpanData root = make_span("GET /checkout", 1, 0, 0ns, 153ms);
  root.kind = SpanKind::server;
  root.resource = Resource{{"service.name", "shop"}};
  root.attributes = {{"http.route", "/checkout"}, {"http.response.status_code", 500}};
  SpanData charge = make_span("charge card", 2, 1, 2100us, 101ms);
  charge.kind = SpanKind::client;
  charge.status = {StatusCode::error, "declined"};
  charge.attributes = {{"amount", 42}};
  charge.events = {{"exception", charge.start_time + 50ms, {{"exception.type", "Declined"}}}};
  SpanData query = make_span("SELECT", 3, 2, 3ms, 850us);
  SpanData mail = make_span("send mail", 4, 1, 110ms, 40ms);
  mail.links = {{SpanContext(trace_id_of(0xcd), span_id_of(9)), {{"why", "retry"}}, 0}};
  mail.dropped_attributes_count = 3;
  return {query, charge, mail, root};  // as they end
}

std::string tree(const std::vector<SpanData>& spans) {
  return console::tree_text(spans, console::Palette(false));
}

}  // namespace

TEST(Console, DrawsATraceAsATree) {
  EXPECT_EQ(tree(one_request()),
            R"(trace abababababababababababababababab  shop  4 spans  153 ms
└─ GET /checkout  server  153 ms
   │  http.route="/checkout" http.response.status_code=500
   ├─ charge card  client  +2.10 ms  101 ms  ERROR declined
   │  │  amount=42
   │  │  • exception  +50.0 ms  exception.type="Declined"
   │  └─ SELECT  +3.00 ms  850 µs
   └─ send mail  +110 ms  40.0 ms
         → cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd 0909090909090909 why="retry"
         dropped by limits: 3 attributes
)");
}

TEST(Console, SaysWhichParentIsMissing) {
  EXPECT_EQ(tree({make_span("a", 2, 1, 0ns, 1ms), make_span("b", 3, 2, 0ns, 1ms)}),
            R"(trace abababababababababababababababab  2 spans  1.00 ms
└─ a  1.00 ms  (its parent 0101010101010101 is not in this batch)
   └─ b  1.00 ms
)");
}

TEST(Console, ShowsEachTraceByItself) {
  SpanData other = make_span("other", 1, 0, 0ns, 2s);
  other.context = SpanContext(trace_id_of(0x11), span_id_of(1));
  EXPECT_EQ(tree({make_span("one", 1, 0, 0ns, 1ms), other, make_span("two", 2, 1, 0ns, 1ms)}),
            R"(trace abababababababababababababababab  2 spans  1.00 ms
└─ one  1.00 ms
   └─ two  1.00 ms
trace 11111111111111111111111111111111  1 span  2.00 s
└─ other  2.00 s
)");
}

TEST(Console, ShowsSpansThatAreTheirOwnAncestors) {
  const std::string text = tree({make_span("a", 1, 2, 0ns, 1ms), make_span("b", 2, 1, 0ns, 1ms)});
  EXPECT_NE(text.find("─ a"), std::string::npos) << text;
  EXPECT_NE(text.find("─ b"), std::string::npos) << text;
}

TEST(Console, DrawsALongChainWithoutGrowingToTheRightForEver) {
  std::vector<SpanData> spans;
  for (std::uint32_t i = 0; i < 20'000; ++i) {
    SpanData span = make_span("link", 1, 0, std::chrono::nanoseconds(i), 1ms);
    const auto id = [](std::uint32_t number) {
      SpanId::Bytes bytes{1};
      std::memcpy(&bytes[4], &number, 4);
      return SpanId(bytes);
    };
    span.context = SpanContext(trace_id_of(1), id(i));
    if (i > 0) span.parent = SpanContext(trace_id_of(1), id(i - 1));
    spans.push_back(std::move(span));
  }
  EXPECT_LT(tree(spans).size(), spans.size() * 300);
}

TEST(Console, DrawsOneLineASpan) {
  EXPECT_EQ(console::line_text(one_request(), console::Palette(false)),
            "2026-10-14T17:46:40.126456Z abababababababababababababababab 0303030303030303 "
            "SELECT  850 µs\n"
            "2026-10-14T17:46:40.125556Z abababababababababababababababab 0202020202020202 "
            "charge card  client  101 ms  ERROR declined  amount=42  • exception  +50.0 ms  "
            "exception.type=\"Declined\"\n"
            "2026-10-14T17:46:40.233456Z abababababababababababababababab 0404040404040404 "
            "send mail  40.0 ms  → cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd 0909090909090909 why=\"retry\""
            "  dropped by limits: 3 attributes\n"
            "2026-10-14T17:46:40.123456Z abababababababababababababababab 0101010101010101 "
            "GET /checkout  server  153 ms  http.route=\"/checkout\" "
            "http.response.status_code=500\n");
}

TEST(Console, LetsNoSpanSteerTheTerminal) {
  SpanData span = make_span(
      "a\x1b[2Jb\nc\xc2\x9b"
      "d",
      1, 0, 0ns, 1ms);
  span.attributes = {{"k\r", "v\x07\""}};
  EXPECT_EQ(tree({span}),
            "trace abababababababababababababababab  1 span  1.00 ms\n"
            "└─ a\\x1b[2Jb\\nc\\x9bd  1.00 ms\n"
            "      k\\x0d=\"v\\x07\\\"\"\n");
}

TEST(Console, ShowsEveryTypeOfValue) {
  using Array = AttributeValue::Array;
  using Map = AttributeValue::Map;
  const AttributeValue::Bytes bytes{std::byte{0}, std::byte{0xff}};
  EXPECT_EQ(console::shown_value(Array{true, -7, 0.5, "x", bytes, Map{{"k", Array{}}}}),
            "[true, -7, 0.5, \"x\", 0x00ff, {k=[]}]");
}

TEST(Console, CutsLongValues) {
  EXPECT_EQ(console::shown_value(std::string(10'000'000, 'x')),
            "\"" + std::string(200, 'x') + "…\"");
}

TEST(Console, ShowsDurationsWithThreeDigits) {
  EXPECT_EQ(console::shown_duration(0ns), "0 ns");
  EXPECT_EQ(console::shown_duration(999ns), "999 ns");
  EXPECT_EQ(console::shown_duration(1530ns), "1.53 µs");
  EXPECT_EQ(console::shown_duration(999'600ns), "1.00 ms");
  EXPECT_EQ(console::shown_duration(12'340us), "12.3 ms");
  EXPECT_EQ(console::shown_duration(90s), "90.0 s");
  EXPECT_EQ(console::shown_duration(7200s), "7200 s");
  EXPECT_EQ(console::shown_duration(-5ms), "-5.00 ms");
}

namespace {

class ConsoleExporterTest : public ::testing::Test {
 protected:
  std::string exported(ConsoleOptions options) {
    std::ostringstream out;
    options.out = &out;
    const std::vector<detail::Record*> spans{
        records.make({.name = "only", .kind = SpanKind::client})};
    EXPECT_EQ(exporters::console(options)->export_spans(SpanBatch(spans)), ExportResult::success);
    return out.str();
  }
  Records records;
};

}  // namespace

TEST_F(ConsoleExporterTest, WritesSpansToTheStream) {
  EXPECT_EQ(exported({}),
            "trace 01010101010101010101010101010101  1 span  1.50 ms\n"
            "└─ only  client  1.50 ms\n");
}

TEST_F(ConsoleExporterTest, WritesLinesWhenAskedTo) {
  EXPECT_EQ(exported({.style = ConsoleStyle::line}),
            "1970-01-01T00:00:01.000000Z 01010101010101010101010101010101 0101010101010101 only  "
            "client  1.50 ms\n");
}

TEST_F(ConsoleExporterTest, UsesColoursWhenAskedTo) {
  EXPECT_NE(exported({.colour = Colour::always}).find("\x1b[36mclient\x1b[0m"), std::string::npos);
}

TEST_F(ConsoleExporterTest, FailsWhenTheStreamDoes) {
  std::ostringstream out;
  out.setstate(std::ios_base::badbit);
  const std::vector<detail::Record*> spans{records.make()};
  EXPECT_EQ(exporters::console({.out = &out})->export_spans(SpanBatch(spans)),
            ExportResult::failure);
}

TEST_F(ConsoleExporterTest, WritesToStandardOutputByDefault) {
  ::testing::internal::CaptureStdout();
  const std::vector<detail::Record*> spans{records.make({.name = "here"})};
  exporters::console()->export_spans(SpanBatch(spans));
  EXPECT_NE(::testing::internal::GetCapturedStdout().find("─ here"), std::string::npos);
}

}  // namespace weft::testing
