// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "exporters/records.hpp"
#include "otlp/http_settings.hpp"

// Options, environment, defaults: which one counts, and what a bad one costs.

namespace weft::testing {

namespace {

using exporters::Compression;
using exporters::OtlpHttpOptions;
using std::chrono::milliseconds;
using wire::Packing;

class OtlpOptions : public ::testing::Test {
 protected:
  static void set(const std::string& suffix, const char* value) {
    ::setenv(("OTEL_EXPORTER_OTLP_" + suffix).c_str(), value, 1);
  }
  void TearDown() override {
    for (const char* signal : {"", "TRACES_"}) {
      for (const char* name : {"ENDPOINT", "HEADERS", "TIMEOUT", "COMPRESSION", "PROTOCOL",
                               "CERTIFICATE", "CLIENT_KEY", "CLIENT_CERTIFICATE"}) {
        ::unsetenv((std::string("OTEL_EXPORTER_OTLP_") + signal + name).c_str());
      }
    }
  }
  delivery::DeliverySettings settings(OtlpHttpOptions options = {}) {
    problems.clear();
    return otlp::http_delivery_settings(std::move(options), problems);
  }
  std::string url(OtlpHttpOptions options = {}) {
    return settings(std::move(options)).http.endpoint.url;
  }
  std::string only_problem() {
    EXPECT_EQ(problems.size(), 1U);
    return problems.empty() ? "" : problems[0].what;
  }

  std::vector<Error> problems;
};

}  // namespace

TEST_F(OtlpOptions, DefaultToTheCollectorOnThisMachine) {
  EXPECT_EQ(url(), "http://localhost:4318/v1/traces");
  EXPECT_TRUE(problems.empty());
}

TEST_F(OtlpOptions, AppendTheSignalsPathToTheGenericEndpoint) {
  const std::vector<std::pair<const char*, const char*>> cases{
      {"http://c:4318", "http://c:4318/v1/traces"},
      {"http://c:4318/", "http://c:4318/v1/traces"},
      {"http://c:4318/mycollector", "http://c:4318/mycollector/v1/traces"},
      {"http://c:4318/mycollector/", "http://c:4318/mycollector/v1/traces"},
      {"https://c", "https://c/v1/traces"},
      {"http://c/p?key=v", "http://c/p/v1/traces?key=v"},
  };
  for (const auto& [value, expected] : cases) {
    set("ENDPOINT", value);
    EXPECT_EQ(url(), expected);
  }
}

TEST_F(OtlpOptions, UseTheEndpointForTracesAsItIs) {
  for (const char* value :
       {"http://c:4318", "http://c:4318/", "https://c/x/y?z", "http://c/a/../b"}) {
    set("TRACES_ENDPOINT", value);
    EXPECT_EQ(url(), value);
  }
}

TEST_F(OtlpOptions, PreferTheVariableForTraces) {
  set("ENDPOINT", "http://generic");
  set("TRACES_ENDPOINT", "http://traces/x");
  EXPECT_EQ(url(), "http://traces/x");
}

TEST_F(OtlpOptions, PreferEveryVariableForTracesAndFallBackFromOneThatIsWrong) {
  set("HEADERS", "a=generic");
  set("TIMEOUT", "1000");
  set("COMPRESSION", "gzip");
  set("PROTOCOL", "http/json");
  set("ENDPOINT", "http://generic");
  const auto has = [](const delivery::DeliverySettings& result, const std::string& header) {
    return std::ranges::find(result.http.headers, header) != result.http.headers.end();
  };
  for (const char* name : {"HEADERS", "TIMEOUT", "COMPRESSION", "PROTOCOL", "ENDPOINT"}) {
    set(std::string("TRACES_") + name, "nonsense");
  }
  const auto generic = settings();
  EXPECT_EQ(problems.size(), 5U);
  EXPECT_TRUE(has(generic, "a: generic"));
  EXPECT_EQ(generic.http.timeout, milliseconds{1000});
  EXPECT_EQ(generic.packing, Packing::if_smaller);
  EXPECT_TRUE(has(generic, "Content-Type: application/json"));
  EXPECT_EQ(generic.http.endpoint.url, "http://generic/v1/traces");

  set("TRACES_HEADERS", "b=%31%2C");
  set("TRACES_TIMEOUT", "0");
  set("TRACES_COMPRESSION", "none");
  set("TRACES_PROTOCOL", "http/protobuf");
  set("TRACES_ENDPOINT", "http://traces");
  const auto traces = settings();
  EXPECT_TRUE(problems.empty());
  EXPECT_TRUE(has(traces, "b: 1,"));
  EXPECT_FALSE(has(traces, "a: generic"));
  EXPECT_EQ(traces.http.timeout, milliseconds{0});
  EXPECT_EQ(traces.packing, Packing::none);
  EXPECT_TRUE(has(traces, "Content-Type: application/x-protobuf"));
  EXPECT_EQ(traces.http.endpoint.url, "http://traces");
}

TEST_F(OtlpOptions, PreferTheFilesForTraces) {
  for (const char* name : {"CERTIFICATE", "CLIENT_KEY", "CLIENT_CERTIFICATE"}) {
    set(name, "/dev/null");
    set(std::string("TRACES_") + name, "/dev/zero");
  }
  const auto result = settings();
  EXPECT_EQ(result.http.tls.ca.file, "/dev/zero");
  EXPECT_EQ(result.http.tls.certificate.file, "/dev/zero");
  EXPECT_EQ(result.http.tls.key.file, "/dev/zero");
}

TEST_F(OtlpOptions, PreferWhatIsSetInCode) {
  set("TRACES_ENDPOINT", "http://traces/x");
  set("TIMEOUT", "1");
  const auto result = settings({.endpoint = "http://code:1/y", .timeout = milliseconds{500}});
  EXPECT_EQ(result.http.endpoint.url, "http://code:1/y");
  EXPECT_EQ(result.http.timeout, milliseconds{500});
}

TEST_F(OtlpOptions, LimitRequestsAndResponsesAsTheSpecificationSays) {
  const auto standard = settings();
  EXPECT_EQ(standard.max_request_size, 64U << 20U);
  EXPECT_EQ(standard.http.max_response_size, 4U << 20U);
  const auto given = settings({.max_request_size = 1000, .max_response_size = 100});
  EXPECT_EQ(given.max_request_size, 1000U);
  EXPECT_EQ(given.http.max_response_size, 100U);
}

TEST_F(OtlpOptions, ReadNoVariableWhenToldSo) {
  set("TRACES_ENDPOINT", "http://traces/x");
  set("TIMEOUT", "soon");
  EXPECT_EQ(url({.use_environment = false}), "http://localhost:4318/v1/traces");
  EXPECT_TRUE(problems.empty());
}

TEST_F(OtlpOptions, TakeAnEmptyVariableForUnset) {
  set("TRACES_ENDPOINT", "");
  set("ENDPOINT", "  ");
  EXPECT_EQ(url(), "http://localhost:4318/v1/traces");
  EXPECT_TRUE(problems.empty());
}

TEST_F(OtlpOptions, NameAnEndpointThatIsNoUrlAndGoOnToTheNextSource) {
  set("TRACES_ENDPOINT", "collector:4318");
  set("ENDPOINT", "http://c");
  EXPECT_EQ(url(), "http://c/v1/traces");
  EXPECT_EQ(only_problem(),
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=\"collector:4318\": it is no URL with http:// or "
            "https://; ignored");
}

TEST_F(OtlpOptions, NameAnEndpointInCodeThatIsNoUrl) {
  EXPECT_EQ(url({.endpoint = "ftp://x"}), "http://localhost:4318/v1/traces");
  EXPECT_EQ(
      only_problem(),
      "OtlpHttpOptions::endpoint = \"ftp://x\": its scheme is neither http nor https; ignored");
}

TEST_F(OtlpOptions, KeepAPasswordOutOfTheMessage) {
  set("ENDPOINT", "http://user:secret@host:port");
  url();
  EXPECT_EQ(only_problem().find("secret"), std::string::npos);
}

TEST_F(OtlpOptions, ReadTheTimeoutInMilliseconds) {
  set("TIMEOUT", "2500");
  EXPECT_EQ(settings().http.timeout, milliseconds{2500});
  set("TRACES_TIMEOUT", "0");
  EXPECT_EQ(settings().http.timeout, milliseconds{0});
}

TEST_F(OtlpOptions, NameATimeoutThatIsNone) {
  for (const char* value : {"-1", "abc", "10s", "1.5", "99999999999999999999", "2000000000"}) {
    set("TIMEOUT", value);
    EXPECT_EQ(settings().http.timeout, milliseconds{10000}) << value;
    EXPECT_NE(only_problem().find("OTEL_EXPORTER_OTLP_TIMEOUT=\"" + std::string(value) + "\": "),
              std::string::npos);
  }
}

TEST_F(OtlpOptions, ReadHeadersForEveryRequest) {
  set("HEADERS", "api-key=a%20b");
  const auto headers = settings().http.headers;
  EXPECT_EQ(headers,
            (std::vector<std::string>{"Content-Type: application/x-protobuf", "api-key: a b"}));
}

TEST_F(OtlpOptions, RefuseMalformedHeadersAsAWholeWithoutShowingThem) {
  set("HEADERS", "a=1,secret");
  EXPECT_EQ(settings().http.headers.size(), 1U);
  EXPECT_EQ(only_problem(), "OTEL_EXPORTER_OTLP_HEADERS: member 2 is not key=value; ignored");
}

TEST_F(OtlpOptions, LeaveOutAHeaderInCodeThatCannotBeSent) {
  const auto result = settings({.headers = {{"a b", "1"}, {"good", "1"}}});
  EXPECT_EQ(result.http.headers.size(), 2U);
  EXPECT_EQ(only_problem(),
            "OtlpHttpOptions::headers = \"a b\": its name is no HTTP header name; left out");
}

TEST_F(OtlpOptions, PackByDefaultTowardsOtherMachinesAlone) {
  EXPECT_EQ(settings().packing, Packing::none);
  EXPECT_EQ(settings({.endpoint = "http://collector:4318"}).packing, Packing::if_smaller);
}

TEST_F(OtlpOptions, ReadTheCompressionInAnyCase) {
  set("COMPRESSION", "GZIP");
  EXPECT_EQ(settings().packing, Packing::if_smaller);
  set("TRACES_COMPRESSION", "None");
  EXPECT_EQ(settings({.endpoint = "http://collector:4318"}).packing, Packing::none);
}

TEST_F(OtlpOptions, NameACompressionThatIsNone) {
  set("COMPRESSION", "Brotli");
  EXPECT_EQ(settings().packing, Packing::none);
  EXPECT_EQ(only_problem(),
            "OTEL_EXPORTER_OTLP_COMPRESSION=\"Brotli\": it is neither gzip nor none; ignored");
}

TEST_F(OtlpOptions, SayThatCodeHasChosenAnotherProtocolThanTheVariable) {
  set("PROTOCOL", "grpc");
  settings();
  EXPECT_EQ(only_problem(),
            "OTEL_EXPORTER_OTLP_PROTOCOL=\"grpc\": otlp_http was chosen in code; ignored");
}

TEST_F(OtlpOptions, NameAProtocolThatIsNone) {
  set("PROTOCOL", "Carrier/Pigeon");
  settings();
  EXPECT_EQ(only_problem(),
            "OTEL_EXPORTER_OTLP_PROTOCOL=\"Carrier/Pigeon\": it is none of http/protobuf, "
            "http/json and grpc; ignored");
}

TEST_F(OtlpOptions, TakeJsonFromTheProtocol) {
  set("PROTOCOL", "http/json");
  EXPECT_EQ(settings().http.headers.at(0), "Content-Type: application/json");
  EXPECT_TRUE(problems.empty());
}

TEST_F(OtlpOptions, AcceptTheProtocolThatTheySpeak) {
  set("PROTOCOL", "HTTP/Protobuf");
  settings();
  EXPECT_TRUE(problems.empty());
}

TEST_F(OtlpOptions, ReadTheFilesForTls) {
  set("ENDPOINT", "https://collector");
  set("CERTIFICATE", "/dev/null");
  set("TRACES_CLIENT_CERTIFICATE", "/dev/zero");
  set("CLIENT_KEY", "/dev/full");
  const auto http = settings().http;
  EXPECT_EQ(http.tls.ca.file + http.tls.certificate.file + http.tls.key.file,
            "/dev/null/dev/zero/dev/full");
  EXPECT_TRUE(problems.empty());
}

TEST_F(OtlpOptions, WarnOfAFileThatCannotBeReadAndGoNotOnWithoutIt) {
  set("ENDPOINT", "https://collector");
  set("CERTIFICATE", "/no/such.pem");
  EXPECT_EQ(settings().http.tls.ca.file, "/no/such.pem");
  EXPECT_EQ(only_problem(),
            "OTEL_EXPORTER_OTLP_CERTIFICATE=\"/no/such.pem\": No such file or directory; nothing "
            "is sent over https until it can be read");
}

TEST_F(OtlpOptions, PreferCertificatesGivenAsText) {
  const std::string pem = "-----BEGIN CERTIFICATE-----";
  set("ENDPOINT", "https://collector");
  set("CERTIFICATE", "/no/such.pem");
  const auto tls = settings({.tls = {.ca_pem = pem}}).http.tls;
  EXPECT_EQ(tls.ca.file + tls.ca.text, pem);
  EXPECT_TRUE(problems.empty());
}

TEST_F(OtlpOptions, NameTheFilesForTlsThatAnEndpointWithoutItDoesNotUse) {
  set("CERTIFICATE", "/dev/null");
  settings({.tls = {.certificate_file = "/dev/zero", .key_pem = "-----BEGIN PRIVATE KEY-----"}});
  EXPECT_EQ(only_problem(),
            "OtlpHttpOptions::tls = \"/dev/null\", \"/dev/zero\", (not shown): not used, "
            "http://localhost:4318/v1/traces is no https endpoint");
}

TEST_F(OtlpOptions, RefuseTextThatIsNoPem) {
  EXPECT_EQ(settings({.tls = {.key_pem = "secret"}}).http.tls.key.text, "");
  EXPECT_EQ(only_problem(),
            "OtlpHttpOptions::tls.key_pem = (not shown): it holds nothing in PEM form; ignored");
}

TEST_F(OtlpOptions, RefuseAKeyThatIsProtectedByAPassphrase) {
  const std::string pem = "-----BEGIN ENCRYPTED PRIVATE KEY-----";
  set("ENDPOINT", "https://collector");
  EXPECT_EQ(settings({.tls = {.certificate_file = "/dev/null", .key_pem = pem}}).http.tls.key.text,
            "");
  EXPECT_EQ(only_problem(),
            "OtlpHttpOptions::tls.key_pem = (not shown): it is protected by a passphrase, which "
            "cannot be given; use a key without one; ignored");
}

TEST_F(OtlpOptions, SayThatAKeyAloneIsNotUsed) {
  set("ENDPOINT", "https://collector");
  set("CLIENT_KEY", "/dev/null");
  settings();
  EXPECT_EQ(only_problem(),
            "OtlpHttpOptions::tls.key_file = \"/dev/null\": a key without a certificate is not "
            "used; give the client's certificate too");
}

TEST_F(OtlpOptions, AskForTheServerNameAtTheEndpointsAddress) {
  const auto endpoint =
      settings({.endpoint = "https://10.1.2.3:4318/x", .tls = {.server_name = "otel.example"}})
          .http.endpoint;
  EXPECT_EQ(endpoint.url, "https://otel.example:4318/x");
  EXPECT_EQ(endpoint.connect_to, "::10.1.2.3:4318");
  EXPECT_EQ(endpoint.host_header, "10.1.2.3:4318");
}

TEST_F(OtlpOptions, ExceptTheEndpointsHostFromTheProxyWhateverNameItPresents) {
  ::setenv("HTTPS_PROXY", "http://proxy:3128", 1);
  ::setenv("NO_PROXY", "collector.internal,otel.example", 1);
  const auto proxy_for = [&](const char* endpoint) {
    return settings({.endpoint = endpoint, .tls = {.server_name = "otel.example"}}).http.proxy;
  };
  EXPECT_EQ(proxy_for("https://collector.internal:4318/").url, "");
  EXPECT_EQ(proxy_for("https://elsewhere:4318/").url, "http://proxy:3128");
  EXPECT_EQ(proxy_for("https://elsewhere:4318/").except, "");
  ::unsetenv("HTTPS_PROXY");
  ::unsetenv("NO_PROXY");
}

TEST_F(OtlpOptions, AskAUnixSocketForTheTracesPath) {
  set("ENDPOINT", "unix:///run/otel.sock");
  const auto endpoint = settings().http.endpoint;
  EXPECT_EQ(endpoint.unix_socket, "/run/otel.sock");
  EXPECT_EQ(endpoint.url, "http://localhost/v1/traces");
}

TEST_F(OtlpOptions, ReplaceNumbersOutOfRangeByTheirDefaults) {
  const auto result = settings({.timeout = milliseconds{-5},
                                .retry = {.initial_backoff = milliseconds{0}, .multiplier = 0.5},
                                .max_request_size = 0,
                                .max_response_size = 0,
                                .max_in_flight = 0});
  EXPECT_EQ(result.http.timeout, milliseconds{10000});
  EXPECT_EQ(result.retry.initial_backoff, milliseconds{1000});
  EXPECT_EQ(result.retry.multiplier, 2);
  EXPECT_EQ(result.max_request_size, 67108864U);
  EXPECT_EQ(result.http.max_response_size, 4194304U);
  EXPECT_EQ(result.max_in_flight, 2U);
  ASSERT_EQ(problems.size(), 6U);
  EXPECT_EQ(problems[0].what, "OtlpHttpOptions::timeout = -5 ms: it is negative; 10000 ms is used");
}

TEST_F(OtlpOptions, TellTheirProblemsToTheFirstErrorSink) {
  set("TIMEOUT", "soon");
  const ExporterPtr exporter = exporters::otlp_http();
  std::vector<Error> told;
  exporter->async_exporter()->set_error_sink([&](const Error& error) { told.push_back(error); });
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].code, ErrorCode::invalid_environment);
}

}  // namespace weft::testing
