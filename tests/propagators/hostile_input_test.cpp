// SPDX-License-Identifier: Apache-2.0
// Headers from somebody who means harm: bounded time, never an exception, never half a context.
#include <gtest/gtest.h>

#include <ctime>
#include <random>
#include <string>

#include <weft/baggage.hpp>

#include "propagators/support.hpp"

namespace {

using namespace weft_test;
using namespace std::string_literals;

const std::string kGood{kTraceparentText};
constexpr std::size_t kMegabyte = 1 << 20;

std::string repeated(const std::string& text, std::size_t size) {
  std::string all;
  while (all.size() < size) all += text;
  return all;
}

/// What a reader of one pass needs many times over, also under a sanitizer.
constexpr double kBoundSeconds = 5;

/// The processor time of this process: others on the machine do not count.
double processor_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

TEST(HostileInput, AMegabyteOfAnythingCostsBoundedTime) {
  const double start = processor_seconds();
  for (const std::string& piece :
       {"a"s,     ","s,  "="s,    ";"s,     "%"s,           "%4"s,  "%41"s, " "s,
        "\t"s,    "-"s,  "0"s,    "a=1,"s,  "k=%41,"s,      "a=,"s, "=,"s,  " ,"s,
        "a=1;,"s, "\0"s, "\x80"s, "\xFF,"s, "a=\xC3\xA9,"s, "\r\n"s}) {
    const std::string text = repeated(piece, kMegabyte);
    const weft::Context context =
        weft::extract(HeaderList{{"traceparent", kGood}, {"tracestate", text}, {"baggage", text}});
    EXPECT_TRUE(weft::span_context(context).is_valid()) << piece;
    EXPECT_FALSE(weft::span_context(weft::extract(HeaderList{{"traceparent", text}})).is_valid());
    EXPECT_LE(weft::baggage::all(context).size(), 64u) << piece;
  }
  EXPECT_LT(processor_seconds() - start, kBoundSeconds);
}

TEST(HostileInput, AMegabyteInAnyOtherFormatCostsBoundedTimeAndIsNone) {
  const double start = processor_seconds();
  for (const char* name : {"b3", "jaeger", "ottrace", "requestid"}) {
    const weft::PropagatorPtr propagator = weft::propagators::make(name);
    for (const std::string& piece : {"a"s, "0"s, "-"s, ":"s, "%3A"s, "%"s, " "s, "\0"s, "\xFF"s}) {
      const std::string text = repeated(piece, kMegabyte);
      HeaderList headers;
      for (const char* header :
           {"b3", "x-b3-traceid", "x-b3-spanid", "x-b3-sampled", "x-b3-flags", "uber-trace-id",
            "uberctx-k", "ot-tracer-traceid", "ot-tracer-spanid", "ot-baggage-k", "x-request-id"}) {
        headers.emplace_back(header, text);
      }
      const weft::Context context = extract_with(*propagator, headers);
      EXPECT_TRUE(inject_with(*propagator, context).empty()) << name << ' ' << piece;
      EXPECT_FALSE(weft::span_context(context).is_remote()) << name << ' ' << piece;
    }
  }
  EXPECT_LT(processor_seconds() - start, kBoundSeconds);
}

TEST(HostileInput, EveryByteAnywhereInAnotherFormatIsWholeOrNothing) {
  const std::string ids = std::string(kTraceIdText) + "-" + std::string(kSpanIdText);
  const std::vector<std::pair<std::string, HeaderList>> table = {
      {"b3", {{"b3", ids + "-1"}}},
      {"jaeger", {{"uber-trace-id", std::string(kTraceIdText) + ":b7ad6b7169203331:0:1"}}}};
  for (const auto& [name, good] : table) {
    const weft::PropagatorPtr propagator = weft::propagators::make(name);
    for (std::size_t place = 0; place < good[0].second.size(); ++place) {
      for (int c = 0; c < 256; ++c) {
        HeaderList headers = good;
        headers[0].second[place] = static_cast<char>(c);
        const HeaderMap sent = inject_with(*propagator, extract_with(*propagator, headers));
        // What is taken is sent, and what is sent is taken as the same.
        EXPECT_EQ(inject_with(*propagator, extract_with(*propagator, sent)), sent);
      }
    }
  }
}

TEST(HostileInput, TenThousandHeadersCostBoundedTime) {
  const double start = processor_seconds();
  for (const std::string& value :
       {""s, "a=1"s, "a"s, std::string(256, 'k') + "=" + std::string(256, 'v')}) {
    HeaderList headers = {{"traceparent", kGood}};
    for (int i = 0; i < 10'000; ++i) {
      headers.emplace_back("tracestate", value);
      headers.emplace_back("baggage", value);
    }
    EXPECT_TRUE(weft::span_context(weft::extract(headers)).is_valid());
  }
  EXPECT_LT(processor_seconds() - start, kBoundSeconds);
}

TEST(HostileInput, TenThousandMembersAreCutAtTheLimit) {
  std::string header;
  for (int i = 0; i < 10'000; ++i) header += "k" + std::to_string(i) + "=v,";
  EXPECT_EQ(weft::baggage::all(weft::extract(HeaderList{{"baggage", header}})).size(), 64u);
}

TEST(HostileInput, AHugeMemberDoesNotHideThoseBehindIt) {
  const std::string header = "a=1,huge=" + std::string(kMegabyte, 'v') + ",b=2";
  EXPECT_EQ(weft::baggage::all(weft::extract(HeaderList{{"baggage", header}})),
            (std::vector<weft::baggage::Entry>{{"a", "1"}, {"b", "2"}}));
}

TEST(HostileInput, AHugeEntryOfOursIsLeftOutWhole) {
  weft::Context context;
  context.run([] {
    weft::baggage::set("huge", std::string(10 * kMegabyte, ' '));
    weft::baggage::set("a", "1");
  });
  HeaderMap headers;
  weft::inject(headers, context);
  EXPECT_EQ(headers, (HeaderMap{{"baggage", "a=1"}}));
}

TEST(HostileInput, EveryByteAnywhereInATraceparentIsWholeOrNothing) {
  for (std::size_t place = 0; place < kGood.size(); ++place) {
    for (int c = 0; c < 256; ++c) {
      std::string text = kGood;
      text[place] = static_cast<char>(c);
      const weft::Context context = weft::extract(HeaderList{{"traceparent", text}});
      HeaderMap back;
      weft::inject(back, context);
      if (back.empty()) continue;
      // What came through is the same but for version and unknown flags.
      EXPECT_EQ(back.at("traceparent").substr(3, 50), text.substr(3, 50)) << text;
      EXPECT_EQ(text.find_first_not_of("0123456789abcdef-"), std::string::npos) << text;
    }
  }
}

TEST(HostileInput, RandomBytesNeverGiveAnInvalidHeaderOut) {
  std::mt19937 random(7);
  const std::string alphabet = "abk01=,;% \t-+\"\\@\x01\x80\xC3\xA9"s + '\0';
  for (int round = 0; round < 20'000; ++round) {
    std::string text(random() % 40, 'x');
    for (char& c : text) c = alphabet[random() % alphabet.size()];
    const weft::Context context =
        weft::extract(HeaderList{{"traceparent", kGood}, {"tracestate", text}, {"baggage", text}});
    HeaderMap out;
    weft::inject(out, context);
    const HeaderMap again = [&] {
      HeaderMap headers;
      weft::inject(headers, weft::extract(out));
      return headers;
    }();
    EXPECT_EQ(again, out) << testing::PrintToString(text);
  }
}

}  // namespace
