// SPDX-License-Identifier: Apache-2.0
#include "waterfall.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "text_layout.hpp"

namespace viewer {
namespace {

constexpr std::uint64_t kMs = 1'000'000;

ReceivedSpan span(const char* service, const char* name, const char* id, const char* parent,
                  std::uint64_t from, std::uint64_t to) {
  ReceivedSpan made;
  made.trace_id = "4bf92f3577b34da6a3ce929d0e0e4736";
  made.service = service;
  made.name = name;
  made.span_id = id;
  made.parent_id = parent;
  made.start_ns = 7'000'000 * kMs + from * kMs;
  made.end_ns = 7'000'000 * kMs + to * kMs;
  return made;
}

Trace trace(std::vector<ReceivedSpan> spans) {
  return {"4bf92f3577b34da6a3ce929d0e0e4736", std::move(spans)};
}

TEST(Waterfall, DrawsTheTreeWithTimesAndBars) {
  auto failed = span("pay", "charge", "d", "a", 20, 40);
  failed.status = ReceivedSpan::Status::error;
  failed.status_message = "declined";
  const auto picture = draw_waterfall(
      trace({failed, span("web", "GET /", "a", "", 0, 40), span("web", "read", "c", "b", 10, 15),
             span("web", "load", "b", "a", 10, 20)}),
      {.width = 59});
  EXPECT_EQ(picture,
            "trace 4bf92f3577b34da6a3ce929d0e0e4736 ────────────────────\n"
            "4 spans · 2 services · 40.0 ms · 1 failed\n"
            "                       after     took  0            40.0 ms\n"
            "web     GET /        0.00 ms  40.0 ms  ████████████████████\n"
            "web     ├─load       10.0 ms  10.0 ms       █████\n"
            "web     │ └─read     10.0 ms   5.0 ms       ██▌\n"
            "pay     └─charge ✗   20.0 ms  20.0 ms            ██████████\n"
            "            ╰ declined\n")
      << picture;
}

TEST(Waterfall, MarksWhatTheEndOfAProcessLeftUnfinished) {
  auto unfinished = span("pay", "charge", "d", "a", 20, 40);
  unfinished.status = ReceivedSpan::Status::error;
  unfinished.status_message = "the process ended before the span did";
  unfinished.attributes = {{"weft.unfinished", "true"}};
  const auto picture =
      draw_waterfall(trace({span("web", "GET /", "a", "", 0, 40), unfinished}), {.width = 80});
  EXPECT_NE(picture.find("· 1 failed · 1 unfinished\n"), std::string::npos) << picture;
  EXPECT_NE(picture.find("charge ✗ unfinished "), std::string::npos) << picture;
}

TEST(Waterfall, IsPlainAsciiWhenAsked) {
  const auto picture = draw_waterfall(
      trace({span("web", "GET /", "a", "", 0, 40), span("web", "load", "b", "a", 10, 20)}),
      {.width = 60, .colour = false, .ascii = true});
  EXPECT_NE(picture.find("`-load"), std::string::npos);
  for (const char c : picture) EXPECT_TRUE(c == '\n' || (c >= ' ' && c <= '~')) << picture;
}

TEST(Waterfall, HasNoLineBeyondItsWidth) {
  auto failed = span("a-service-with-a-long-name", "a name that is far too long for its column",
                     "b", "a", 1, 2);
  failed.status = ReceivedSpan::Status::error;
  failed.status_message = std::string(200, 'x');
  for (const std::size_t width : {60U, 80U, 100U, 200U}) {
    std::istringstream lines(
        draw_waterfall(trace({span("web", "GET /", "a", "", 0, 40), failed}), {.width = width}));
    for (std::string line; std::getline(lines, line);) EXPECT_LE(columns(line), width) << line;
  }
}

TEST(Waterfall, PaintsFailuresRedWhenItHasColours) {
  auto failed = span("web", "GET /", "a", "", 0, 40);
  failed.status = ReceivedSpan::Status::error;
  failed.attributes = {{"error.type", "502"}};
  const auto picture = draw_waterfall(trace({failed}), {.width = 80, .colour = true});
  EXPECT_NE(picture.find("\033[31mGET / ✗ 502\033[0m"), std::string::npos) << picture;
}

TEST(Waterfall, LetsNoControlCharacterThrough) {
  const auto picture =
      draw_waterfall(trace({span("w\033[2J", "a\nb\x7F\xC2\x9B", "a", "", 0, 4)}), {.width = 80});
  EXPECT_EQ(picture.find('\033'), std::string::npos);
  EXPECT_NE(picture.find("a?b??"), std::string::npos) << picture;
}

TEST(Waterfall, DrawsSpansThatAreEachOthersParents) {
  const auto picture = draw_waterfall(
      trace({span("w", "one", "a", "b", 0, 4), span("w", "two", "b", "a", 0, 4)}), {.width = 80});
  EXPECT_NE(picture.find("one"), std::string::npos);
  EXPECT_NE(picture.find("two"), std::string::npos);
}

TEST(Waterfall, SaysWhatIsMissing) {
  const auto outside = draw_waterfall(trace({span("w", "one", "a", "x", 0, 4)}), {.width = 80});
  EXPECT_NE(outside.find("begun outside by span x"), std::string::npos) << outside;
  const auto incomplete = draw_waterfall(
      trace({span("w", "one", "a", "", 0, 4), span("w", "two", "b", "x", 0, 4)}), {.width = 80});
  EXPECT_NE(incomplete.find("incomplete: the parent of 1 span is missing"), std::string::npos)
      << incomplete;
}

TEST(DurationText, ChoosesItsUnit) {
  EXPECT_EQ(duration_text(0, false), "0.00 ms");
  EXPECT_EQ(duration_text(4'400, false), "4 µs");
  EXPECT_EQ(duration_text(4'400, true), "4 us");
  EXPECT_EQ(duration_text(310'000, false), "0.31 ms");
  EXPECT_EQ(duration_text(43'200'000, false), "43.2 ms");
  EXPECT_EQ(duration_text(1'420'000'000, false), "1.42 s");
}

TEST(Fit, FillsAndCutsByCharacters) {
  EXPECT_EQ(fit("äö", 4, false), "äö  ");
  EXPECT_EQ(fit("äöü", 2, false), "ä…");
  EXPECT_EQ(fit("abc", 2, true), "a~");
  EXPECT_EQ(fit("abc", 0, true), "");
}

}  // namespace
}  // namespace viewer
