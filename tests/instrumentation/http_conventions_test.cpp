// SPDX-License-Identifier: Apache-2.0
#include "http_conventions.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace weft::httplib::detail {
namespace {

TEST(HttpMethods, KnowsThoseOfTheRfcsAndNothingElse) {
  const KnownMethods methods;
  for (const auto* known :
       {"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY", "TRACE"}) {
    EXPECT_TRUE(methods.contains(known)) << known;
  }
  for (const auto* unknown : {"", "get", "Get", "PROPFIND", "GETS"}) {
    EXPECT_FALSE(methods.contains(unknown)) << unknown;
  }
}

TEST(HttpMethods, AreReplacedByTheVariable) {
  setenv("OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS", "GET, PROPFIND ,,", 1);
  const KnownMethods methods;
  unsetenv("OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS");
  EXPECT_TRUE(methods.contains("GET"));
  EXPECT_TRUE(methods.contains("PROPFIND"));
  EXPECT_FALSE(methods.contains("POST"));
  EXPECT_FALSE(methods.contains(""));
}

struct AuthorityCase {
  const char* text;
  const char* host;  // null: refused
  int port;
};

TEST(Authority, IsHostAndPort) {
  const AuthorityCase cases[] = {{"shop.example", "shop.example", -1},
                                 {"shop.example:8443", "shop.example", 8443},
                                 {" 127.0.0.1:1 ", "127.0.0.1", 1},
                                 {"[::1]:8080", "::1", 8080},
                                 {"[::1]", "::1", -1},
                                 {"user:pw@host:80", "host", 80},
                                 {"host:", "host", -1},
                                 {"", nullptr, 0},
                                 {":80", nullptr, 0},
                                 {"[::1", nullptr, 0},
                                 {"[::1]x", nullptr, 0},
                                 {"host:0", nullptr, 0},
                                 {"host:65536", nullptr, 0},
                                 {"host:80x", nullptr, 0}};
  for (const auto& c : cases) {
    const auto authority = parse_authority(c.text);
    ASSERT_EQ(authority.has_value(), c.host != nullptr) << c.text;
    if (!authority) continue;
    EXPECT_EQ(authority->host, c.host) << c.text;
    EXPECT_EQ(authority->port, c.port) << c.text;
  }
}

TEST(Redaction, CutsCredentialsOutOfUrls) {
  EXPECT_EQ(redact_url("https://ann:secret@host/p"), "https://REDACTED:REDACTED@host/p");
  EXPECT_EQ(redact_url("https://ann@host/p"), "https://REDACTED@host/p");
  EXPECT_EQ(redact_url("https://a@b:c@host"), "https://REDACTED:REDACTED@host");
  EXPECT_EQ(redact_url("https://host/a@b"), "https://host/a@b");
  EXPECT_EQ(redact_url("https://host?user=a@b"), "https://host?user=a@b");
}

TEST(Redaction, CutsTheValuesOfSecretKeys) {
  EXPECT_EQ(redact_query("a=1&sig=abc&b=2"), "a=1&sig=REDACTED&b=2");
  for (const auto* key : {"X-Amz-Signature", "X-Amz-Credential", "X-Amz-Security-Token",
                          "AWSAccessKeyId", "Signature", "sig", "X-Goog-Signature"}) {
    EXPECT_EQ(redact_query(std::string(key) + "=v"), std::string(key) + "=REDACTED");
  }
  EXPECT_EQ(redact_url("http://h/p?sig=1=2&x#sig=3"), "http://h/p?sig=REDACTED&x#sig=3");
}

TEST(Redaction, ComparesKeysWithTheirCaseAndLeavesTheRestAsItIs) {
  for (const auto* same : {"", "&", "a", "a=", "Sig=1", "sig", "x=sig=1", "a=1&&b=2", "a=1&"}) {
    EXPECT_EQ(redact_query(same), same);
  }
}

TEST(ClientAddress, IsThePeerUnlessAProxySaysMore) {
  EXPECT_EQ(client_address({}, "10.0.0.1"), "10.0.0.1");
  EXPECT_EQ(client_address({{"X-Forwarded-For", "192.0.2.9, 10.0.0.2"}}, "10.0.0.1"), "192.0.2.9");
  EXPECT_EQ(client_address({{"x-forwarded-for", "192.0.2.9:4711"}}, "10.0.0.1"), "192.0.2.9");
  EXPECT_EQ(client_address({{"X-Forwarded-For", "2001:db8::7"}}, "10.0.0.1"), "2001:db8::7");
  EXPECT_EQ(client_address({{"X-Forwarded-For", " , x"}}, "10.0.0.1"), "10.0.0.1");
}

TEST(ClientAddress, PrefersForwarded) {
  const auto of = [](const char* value) {
    return client_address({{"Forwarded", value}, {"X-Forwarded-For", "192.0.2.1"}}, "10.0.0.1");
  };
  EXPECT_EQ(of("for=192.0.2.60;proto=http;by=203.0.113.43"), "192.0.2.60");
  EXPECT_EQ(of("proto=http; For=\"[2001:db8:cafe::17]:4711\", for=198.51.100.17"),
            "2001:db8:cafe::17");
  EXPECT_EQ(of("for=unknown"), "192.0.2.1");
  EXPECT_EQ(of("for=_hidden"), "192.0.2.1");
  EXPECT_EQ(of("proto=http"), "192.0.2.1");
}

TEST(ProtocolVersion, IsWhatFollowsHttp) {
  EXPECT_EQ(protocol_version("HTTP/1.1"), "1.1");
  EXPECT_EQ(protocol_version("HTTP/1.0"), "1.0");
  EXPECT_EQ(protocol_version(""), "");
}

}  // namespace
}  // namespace weft::httplib::detail
