// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "exporters/scripted_server.hpp"
#include "wire/endpoint.hpp"
#include "wire/gzip.hpp"
#include "wire/proxy.hpp"
#include "wire/retry_after.hpp"

namespace weft::testing {

namespace {

using std::chrono::seconds;

// Wed, 14 Oct 2026 17:46:40 GMT.
const auto kNow = std::chrono::system_clock::from_time_t(1792000000);

std::string why_refused(std::string_view url) {
  std::string why;
  EXPECT_FALSE(wire::parse_endpoint(url, why).has_value()) << url;
  return why;
}

wire::Endpoint endpoint(std::string_view url) {
  std::string why;
  const auto result = wire::parse_endpoint(url, why);
  EXPECT_TRUE(result.has_value()) << url << ": " << why;
  return result.value_or(wire::Endpoint{});
}

}  // namespace

TEST(Endpoint, KeepsTheUrlAsItWasGiven) {
  EXPECT_EQ(endpoint("http://Collector:4318/a/../b?c=d").url, "http://Collector:4318/a/../b?c=d");
}

TEST(Endpoint, KnowsTheNamesOfThisVeryMachine) {
  for (const char* url : {"http://localhost:4318", "http://LocalHost/x", "https://127.0.0.1",
                          "http://127.9.9.9:1/", "http://[::1]:4318", "http://a.localhost"}) {
    EXPECT_TRUE(endpoint(url).loopback) << url;
  }
}

TEST(Endpoint, KnowsOtherMachines) {
  for (const char* url : {"http://collector:4318", "http://128.0.0.1", "http://127.0.0.1.example",
                          "https://localhost.example", "http://[::2]"}) {
    EXPECT_FALSE(endpoint(url).loopback) << url;
  }
}

TEST(Endpoint, ShowsNeitherPasswordNorQuery) {
  EXPECT_EQ(endpoint("https://user:secret@collector:4318/v1/traces?key=secret").display,
            "https://collector:4318/v1/traces");
}

TEST(Endpoint, RefusesTextWithoutAScheme) {
  EXPECT_EQ(why_refused("collector:4318"), "it is no URL with http:// or https://");
}

TEST(Endpoint, RefusesOtherSchemes) {
  EXPECT_EQ(why_refused("ftp://collector/x"), "its scheme is neither http nor https");
}

TEST(Endpoint, RefusesWhatIsNoUrl) {
  for (const char* url :
       {"http://", "http://host:port/", "http://host:99999", "://x", "http://["}) {
    EXPECT_FALSE(why_refused(url).empty()) << url;
  }
}

TEST(Endpoint, RefusesWhiteSpace) {
  EXPECT_EQ(why_refused("http://a b/"), "it has white space in it");
  EXPECT_EQ(why_refused("http://a/\r\nX: y"), "it has white space in it");
}

TEST(Endpoint, HidesThePasswordOfWhatIsNoUrl) {
  EXPECT_EQ(wire::without_password("http://user:secret@host:port"), "http://***@host:port");
  EXPECT_EQ(wire::without_password("user:secret@host"), "***@host");
  EXPECT_EQ(wire::without_password("http://host"), "http://host");
  EXPECT_EQ(wire::without_password("http://user:se@cr/et@host/"), "http://***@host/");
  EXPECT_EQ(wire::without_password("user:sec://ret@host"), "***@host");
}

TEST(Endpoint, KeepsTheZoneOfAnAddressThatPresentsAName) {
  std::string why;
  auto endpoint = wire::parse_endpoint("https://[fe80::1%25eth0]:4318/x", why);
  ASSERT_TRUE(endpoint.has_value()) << why;
  wire::present_as(*endpoint, "collector");
  EXPECT_EQ(endpoint->connect_to, "::[fe80::1%eth0]:4318");
  EXPECT_EQ(endpoint->url, "https://collector:4318/x");
}

TEST(Proxy, IsNotForWhatIsExcepted) {
  const std::string list = "example.com,.internal 10.0.0.0/8, 192.0.2.7,fd00::/12";
  for (const char* host : {"example.com", "EXAMPLE.com", "otel.example.com", "otel.internal",
                           "10.200.0.1", "192.0.2.7", "[fd0f::1]"}) {
    EXPECT_TRUE(wire::is_excepted(list, host)) << host;
  }
  for (const char* host :
       {"example.org", "notexample.com", "com", "11.0.0.1", "192.0.2.8", "[fe00::1]", "[::1]"}) {
    EXPECT_FALSE(wire::is_excepted(list, host)) << host;
  }
  EXPECT_TRUE(wire::is_excepted("*", "anything"));
  EXPECT_FALSE(wire::is_excepted("", "anything"));
}

TEST(RetryAfter, ReadsSeconds) {
  EXPECT_EQ(wire::parse_retry_after("120", kNow), seconds{120});
  EXPECT_EQ(wire::parse_retry_after(" 0 ", kNow), seconds{0});
}

TEST(RetryAfter, ReadsDates) {
  EXPECT_EQ(wire::parse_retry_after("Wed, 14 Oct 2026 17:47:40 GMT", kNow), seconds{60});
  EXPECT_EQ(wire::parse_retry_after("Wednesday, 14-Oct-26 17:47:40 GMT", kNow), seconds{60});
  EXPECT_EQ(wire::parse_retry_after("Wed Oct 14 17:47:40 2026", kNow), seconds{60});
}

TEST(RetryAfter, TakesADateThatIsOverForNow) {
  EXPECT_EQ(wire::parse_retry_after("Wed, 14 Oct 2020 17:47:40 GMT", kNow), seconds{0});
}

TEST(RetryAfter, BoundsWhatNobodyWaitsFor) {
  const auto longest = wire::parse_retry_after("99999999999999999999999999", kNow);
  EXPECT_EQ(longest, seconds{365L * 24 * 3600});
  EXPECT_EQ(wire::parse_retry_after("Wed, 14 Oct 9026 17:47:40 GMT", kNow), longest);
}

TEST(RetryAfter, IsNothingForAnythingElse) {
  for (const char* text : {"", "  ", "soon", "-5", "+5", "1.5", "1.5e", "0x10", "60, 60",
                           "Wed, 32 Oct 2026 17:47:40 GMT"}) {
    EXPECT_FALSE(wire::parse_retry_after(text, kNow).has_value()) << text;
  }
}

TEST(Gzip, PacksWhatGzipUnpacks) {
  wire::Gzip gzip;
  wire::Buffer out;
  for (const std::size_t size : {100U, 100'000U, 3U}) {
    const std::string text(size * 20, 'x');
    ASSERT_TRUE(gzip.pack(text, out));
    EXPECT_LT(out.size(), text.size());
    EXPECT_EQ(unzipped(out.view()), text);
  }
}

TEST(Gzip, LeavesWhatItCannotMakeSmaller) {
  std::mt19937 random(1);
  std::string noise(10'000, '\0');
  for (char& c : noise) c = static_cast<char>(random());
  wire::Gzip gzip;
  wire::Buffer out;
  EXPECT_FALSE(gzip.pack(noise, out));
}

TEST(Gzip, LeavesAnEmptyBody) {
  wire::Gzip gzip;
  wire::Buffer out;
  EXPECT_FALSE(gzip.pack("", out));
}

}  // namespace weft::testing
