// SPDX-License-Identifier: Apache-2.0
// Baggage in a header for each entry, as Jaeger and OT have it.
#include "prefixed_baggage.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "propagators/support.hpp"

namespace {

using namespace weft_test;
using namespace std::string_literals;
using weft::Context;
using weft::propagators::Jaeger;
using weft::propagators::OtTrace;
using Entries = std::vector<weft::baggage::Entry>;
using Text = std::optional<std::string>;

Context with_baggage(const Entries& entries) {
  Context context;
  context.run([&entries] {
    for (const auto& entry : entries) weft::baggage::set(entry.key, entry.value, entry.metadata);
  });
  return context;
}

TEST(PrefixedKey, Table) {
  struct Case {
    std::string name;
    Text key;
  };
  const std::vector<Case> table = {
      {"uberctx-k", "k"},
      {"UBERCTX-Key", "key"},
      {"uberctx-a-b", "a-b"},
      {"uberctx--", "-"},
      {"uberctx-", {}},
      {"uberctx", {}},
      {"", {}},
      {"xuberctx-k", {}},
      {"uberctx-a b", {}},
      {"uberctx-\xC3", {}},
      {"uberctx-a:b", {}},
      {"ot-baggage-k", {}},
  };
  for (const Case& c : table) {
    EXPECT_EQ(weft::propagators::read_prefixed_key(c.name, "uberctx-"), c.key) << c.name;
  }
}

TEST(PlainValue, Table) {
  struct Case {
    std::string text;
    Text value;
  };
  const std::vector<Case> table = {
      {"", ""},
      {"v", "v"},
      {" a b\t", "a b"},
      {"100%", "100%"},
      {"%41+", "%41+"},
      {"Am\xC3\xA9lie", "Am\xC3\xA9lie"},
      {"\xFF", "\xEF\xBF\xBD"},
      {"a\nb", {}},
      {"a\0b"s, {}},
      {"a\x7F", {}},
  };
  for (const Case& c : table) EXPECT_EQ(weft::propagators::read_plain_value(c.text), c.value);
}

TEST(UrlEncodedValue, Table) {
  struct Case {
    std::string text;
    Text value;
  };
  const std::vector<Case> table = {
      {"", ""},
      {"v", "v"},
      {"a%20b", "a b"},
      {"a+b", "a b"},
      {"a%2Bb", "a+b"},
      {"Am%C3%A9lie", "Am\xC3\xA9lie"},
      {"Am%c3%a9lie", "Am\xC3\xA9lie"},
      {"%FF", "\xEF\xBF\xBD"},
      {"%00", "\0"s},
      {"a,b;c=d", "a,b;c=d"},
      {"%", {}},
      {"100%", {}},
      {"%4", {}},
      {"%4g", {}},
      {"a\nb", {}},
      {"a\0"s, {}},
  };
  for (const Case& c : table) {
    EXPECT_EQ(weft::propagators::read_url_encoded_value(c.text), c.value) << c.text;
  }
}

TEST(PrefixedBaggage, EveryTextComesBackThroughJaeger) {
  for (const std::string& value : {""s, "v"s, "a b+c"s, "%41"s, "Am\xC3\xA9lie"s, "\"\\,;="s,
                                   "\n\0\x7F"s, "\xF0\x9F\x92\xA1"s}) {
    const HeaderMap headers = inject_with(Jaeger(), with_baggage({{"k", value}}));
    EXPECT_EQ(weft::baggage::all(extract_with(Jaeger(), headers)), (Entries{{"k", value}}));
  }
}

TEST(PrefixedBaggage, IsEncodedSoThatEveryDecoderAgrees) {
  EXPECT_EQ(inject_with(Jaeger(), with_baggage({{"k", "a b+c/\xC3\xA9\xFF"}})),
            (HeaderMap{{"uberctx-k", "a%20b%2Bc%2F%C3%A9%EF%BF%BD"}}));
}

TEST(PrefixedBaggage, OtSendsPlainWhatAHeaderCanSay) {
  EXPECT_EQ(
      inject_with(
          OtTrace(),
          with_baggage(
              {{"a", "x y%"}, {"b", "\n"}, {"c", "\xFF"}, {"d", "\xC3\xA9"}, {"e f", "no token"}})),
      (HeaderMap{{"ot-baggage-a", "x y%"}, {"ot-baggage-d", "\xC3\xA9"}}));
}

TEST(PrefixedBaggage, TheFirstOfARepeatedHeaderCounts) {
  const HeaderList headers = {{"uberctx-k", "%4"}, {"uberctx-k", "1"}, {"UBERCTX-K", "2"}};
  EXPECT_EQ(weft::baggage::all(extract_with(Jaeger(), headers)), (Entries{{"k", "1"}}));
}

TEST(PrefixedBaggage, StopsAtTheLimitsWholeEntryByWholeEntry) {
  HeaderList many;
  for (int i = 0; i < 100; ++i) many.emplace_back("uberctx-k" + std::to_string(i), "v");
  const Context context = extract_with(Jaeger(), many);
  EXPECT_EQ(weft::baggage::all(context).size(), 64u);
  const HeaderList huge = {{"uberctx-a", std::string(8192, 'v')}, {"uberctx-b", "1"}};
  EXPECT_EQ(weft::baggage::all(extract_with(Jaeger(), huge)), (Entries{{"b", "1"}}));
  EXPECT_EQ(inject_with(Jaeger(), with_baggage({{"a", std::string(3000, ' ')}, {"b", "1"}})),
            (HeaderMap{{"uberctx-b", "1"}}));
  EXPECT_EQ(inject_with(Jaeger(), with_baggage({{std::string(9000, 'k'), "v"}, {"b", "1"}})),
            (HeaderMap{{"uberctx-b", "1"}}));
}

TEST(PrefixedBaggage, SixtyFourEntriesAreSent) {
  Entries entries;
  for (int i = 0; i < 100; ++i) entries.push_back({"k" + std::to_string(i), "v"});
  EXPECT_EQ(inject_with(Jaeger(), with_baggage(entries)).size(), 64u);
}

TEST(PrefixedBaggage, ACallableThatCannotListItsHeadersHasNone) {
  const auto carrier = [](std::string_view) -> std::optional<std::string_view> { return "v"; };
  EXPECT_TRUE(weft::baggage::all(extract_with(Jaeger(), carrier)).empty());
}

struct Listing {
  std::optional<std::string> operator()(std::string_view name) const {
    return name == "uberctx-k" ? std::optional<std::string>("v") : std::nullopt;
  }
  std::vector<std::string> keys() const { return {"host", "uberctx-k"}; }
};

TEST(PrefixedBaggage, ACallableWithKeysIsListed) {
  EXPECT_EQ(weft::baggage::all(extract_with(Jaeger(), Listing())), (Entries{{"k", "v"}}));
}

TEST(PrefixedBaggage, HostileHeadersCostBoundedTimeAndMemory) {
  HeaderList headers;
  for (int i = 0; i < 10'000; ++i) {
    headers.emplace_back("uberctx-" + std::string(100, 'k') + std::to_string(i), "%4");
    headers.emplace_back("uberctx-" + std::to_string(i), std::string(200, 'v'));
  }
  headers.emplace_back("uberctx-huge", std::string(1 << 20, '%'));
  EXPECT_LE(weft::baggage::all(extract_with(Jaeger(), headers)).size(), 64u);
}

}  // namespace
