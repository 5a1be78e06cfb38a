// SPDX-License-Identifier: Apache-2.0
#include "instrumentation/recorded.hpp"

namespace {

using httplib::Headers;
using httplib::Request;
using httplib::Response;
using recorded::attributes;
using recorded::Texts;
using weft::SpanKind;
using weft::StatusCode;

/// A plain server that says what it got: method, path, headers of propagation, body.
class HttplibClient : public recorded::HttpTest<httplib::Server> {
 protected:
  void SetUp() override {
    const auto echo = [this](const Request& request, Response& response) {
      got_ = request;
      response.status =
          request.has_param("status") ? std::stoi(request.get_param_value("status")) : 200;
      response.set_content("reply", "text/plain");
    };
    server_.Get(".*", echo).Post(".*", echo).Put(".*", echo);
    server_.Patch(".*", echo).Delete(".*", echo).Options(".*", echo);
    serve();
  }
  Request got_;
};

TEST_F(HttplibClient, RecordsWhatTheTableSays) {
  weft::httplib::Client client("http://" + host());
  const auto result = client.Get("/orders/7?sig=abc&x=1");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->body, "reply");
  const auto span = this->span();
  EXPECT_EQ(span.name, "GET");
  EXPECT_EQ(span.kind, SpanKind::client);
  EXPECT_EQ(span.status, weft::Status{});
  const std::string port = std::to_string(port_);
  EXPECT_EQ(attributes(span.attributes),
            (Texts{{"http.request.method", "GET"},
                   {"http.response.status_code", "200"},
                   {"server.address", "127.0.0.1"},
                   {"server.port", port},
                   {"url.full", "http://127.0.0.1:" + port + "/orders/7?sig=REDACTED&x=1"},
                   {"network.peer.address", "127.0.0.1"},
                   {"network.peer.port", port},
                   {"network.protocol.version", "1.1"}}));
}

TEST_F(HttplibClient, Has4xxAnd5xxAsErrorsWithoutDescription) {
  weft::httplib::Client client("127.0.0.1", port_);
  client.Get("/?status=404");
  client.Get("/?status=500");
  client.Get("/?status=302");
  const auto spans = this->spans();
  ASSERT_EQ(spans.size(), 3U);
  EXPECT_EQ(spans[0].status, (weft::Status{StatusCode::error, ""}));
  EXPECT_EQ(*spans[0].find("error.type"), "404");
  EXPECT_EQ(spans[1].status, (weft::Status{StatusCode::error, ""}));
  EXPECT_EQ(*spans[1].find("error.type"), "500");
  EXPECT_EQ(spans[2].status, weft::Status{});
  EXPECT_EQ(spans[2].find("error.type"), nullptr);
}

TEST_F(HttplibClient, SendsItsOwnSpanAsTheParent) {
  weft::httplib::Client client("127.0.0.1", port_);
  {
    auto scope = weft::baggage::scoped("who", "ann b");
    client.Get("/");
  }
  const auto span = this->span();
  EXPECT_EQ(got_.get_header_value("traceparent"), "00-" + span.context.trace_id().to_hex() + "-" +
                                                      span.context.span_id().to_hex() + "-03");
  EXPECT_EQ(got_.get_header_value("baggage"), "who=ann b");  // decoded by the plain server
}

TEST_F(HttplibClient, ReplacesAHeaderThatTheCallerCopied) {
  weft::httplib::Client client("127.0.0.1", port_);
  client.Get("/", {{"Traceparent", "00-11111111111111111111111111111111-2222222222222222-01"},
                   {"x", "kept"}});
  const auto span = this->span();
  EXPECT_EQ(got_.get_header_value_count("traceparent"), 1U);
  EXPECT_NE(got_.get_header_value("traceparent").find(span.context.span_id().to_hex()),
            std::string::npos);
  EXPECT_EQ(got_.get_header_value("x"), "kept");
}

TEST_F(HttplibClient, IsAChildOfTheCurrentSpanAndLeavesItCurrent) {
  constexpr weft::Tracer kTracer{"test"};
  weft::httplib::Client client("127.0.0.1", port_);
  weft::SpanId parent;
  {
    auto span = kTracer.start("parent");
    parent = span.context().span_id();
    client.Get("/");
    EXPECT_EQ(weft::current_span().context().span_id(), parent);
  }
  const auto spans = this->spans();
  ASSERT_EQ(spans.size(), 2U);
  EXPECT_EQ(spans[0].parent.span_id(), parent);
}

TEST_F(HttplibClient, NamesWhatWentWrongWhenNobodyAnswers) {
  stop();
  weft::httplib::Client client("127.0.0.1", port_);
  EXPECT_FALSE(client.Get("/"));
  const auto span = this->span();
  EXPECT_EQ(*span.find("error.type"), "connection_failed");
  EXPECT_EQ(span.status.code, StatusCode::error);
  EXPECT_EQ(span.find("http.response.status_code"), nullptr);
}

TEST_F(HttplibClient, DoesNotCallADeliberateCancellationAnError) {
  weft::httplib::Client client("127.0.0.1", port_);
  EXPECT_FALSE(client.Get("/", [](const char*, std::size_t) { return false; }));
  const auto span = this->span();
  EXPECT_EQ(span.status.code, StatusCode::unset);
  EXPECT_EQ(span.find("error.type"), nullptr);
}

TEST_F(HttplibClient, CallsAnUnknownMethodOther) {
  weft::httplib::Client client("127.0.0.1", port_);
  Request request;
  request.method = "BREW";
  request.path = "/pot";
  client.send(request);
  const auto span = this->span();
  EXPECT_EQ(span.name, "HTTP");
  EXPECT_EQ(*span.find("http.request.method"), "_OTHER");
  EXPECT_EQ(*span.find("http.request.method_original"), "BREW");
}

TEST_F(HttplibClient, WritesAnIpv6AddressInBracketsAndLeavesTheUsualPortOut) {
  weft::httplib::Client client("http://[::1]");
  client.set_connection_timeout(1);
  client.Get("/x");
  const auto span = this->span();
  EXPECT_EQ(*span.find("url.full"), "http://[::1]/x");
  EXPECT_EQ(*span.find("server.address"), "::1");
  EXPECT_EQ(*span.find("server.port"), 80);
}

/// Every call shape of the base: what the server got, and one span with that name.
TEST_F(HttplibClient, PassesEveryCallShapeOn) {
  weft::httplib::Client client("127.0.0.1", port_);
  const Headers headers{{"x", "1"}};
  std::string expected_names;
  const auto expect = [&](const httplib::Result& result, const char* method, const char* path,
                          const char* body, const char* header) {
    ASSERT_TRUE(result) << method;
    EXPECT_EQ(got_.method, method);
    EXPECT_EQ(got_.path, path) << method;
    EXPECT_EQ(got_.body, body) << method;
    EXPECT_EQ(got_.get_header_value("x"), header) << method;
    EXPECT_TRUE(got_.has_header("traceparent")) << method;
    expected_names += std::string(method) + " ";
  };
  const auto receive = [](const char*, std::size_t) { return true; };
  const auto provide = [](std::size_t, std::size_t, httplib::DataSink& sink) {
    return sink.write("prov", 4);
  };
  expect(client.Get("/1"), "GET", "/1", "", "");
  expect(client.Get("/2", headers), "GET", "/2", "", "1");
  expect(client.Get("/3", {{"x", "1"}}), "GET", "/3", "", "1");
  expect(client.Get("/4", receive), "GET", "/4", "", "");
  expect(client.Get("/5", {{"x", "1"}}, receive), "GET", "/5", "", "1");
  expect(client.Get("/6", httplib::Params{{"q", "7"}}, headers), "GET", "/6", "", "1");
  EXPECT_EQ(got_.get_param_value("q"), "7");
  expect(client.Head("/7", headers), "HEAD", "/7", "", "1");
  expect(client.Options("/8"), "OPTIONS", "/8", "", "");
  expect(client.Post("/9"), "POST", "/9", "", "");
  expect(client.Post("/10", "body", "text/plain"), "POST", "/10", "body", "");
  expect(client.Post("/11", headers, "body", "text/plain"), "POST", "/11", "body", "1");
  expect(client.Post("/12", "body", 2, "text/plain"), "POST", "/12", "bo", "");
  expect(client.Post("/13", httplib::Params{{"a", "b"}}), "POST", "/13", "a=b", "");
  expect(client.Post("/14", 4, provide, "text/plain"), "POST", "/14", "prov", "");
  expect(client.Put("/15", {{"x", "1"}}), "PUT", "/15", "", "1");
  expect(client.Put("/16", "body", "text/plain"), "PUT", "/16", "body", "");
  expect(client.Patch("/17"), "PATCH", "/17", "", "");
  expect(client.Patch("/18", headers, "body", "text/plain"), "PATCH", "/18", "body", "1");
  expect(client.Delete("/19"), "DELETE", "/19", "", "");
  expect(client.Delete("/20", headers, "body", "text/plain"), "DELETE", "/20", "body", "1");
  std::string names;
  for (const auto& span : spans()) names += span.name + " ";
  EXPECT_EQ(names, expected_names);
}

}  // namespace
