// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <stdexcept>

#include "instrumentation/recorded.hpp"

namespace {

using httplib::Request;
using httplib::Response;
using recorded::attributes;
using recorded::Texts;
using weft::SpanKind;
using weft::StatusCode;

class HttplibServer : public recorded::HttpTest<weft::httplib::Server> {};

void ok(const Request&, Response& response) { response.set_content("ok", "text/plain"); }

TEST_F(HttplibServer, RecordsWhatTheTableSays) {
  server_.Get("/orders/{id}", ok);
  serve();
  exchange(
      "GET /orders/7?full=1&sig=abc HTTP/1.1\r\nHost: shop.example:8443\r\n"
      "User-Agent: probe/1%20\r\nX-Forwarded-For: 192.0.2.9\r\nConnection: close\r\n\r\n");
  const auto span = this->span();
  EXPECT_EQ(span.name, "GET /orders/{id}");
  EXPECT_EQ(span.kind, SpanKind::server);
  EXPECT_EQ(span.status, weft::Status{});
  EXPECT_FALSE(span.parent.is_valid());
  EXPECT_EQ(span.scope.name, "weft.httplib");
  Texts recorded = attributes(span.attributes);
  EXPECT_GT(std::stoi(recorded["network.peer.port"]), 0);
  recorded.erase("network.peer.port");
  EXPECT_EQ(recorded, (Texts{{"http.request.method", "GET"},
                             {"http.response.status_code", "200"},
                             {"http.route", "/orders/{id}"},
                             {"url.path", "/orders/7"},
                             {"url.query", "full=1&sig=REDACTED"},
                             {"url.scheme", "http"},
                             {"server.address", "shop.example"},
                             {"server.port", "8443"},
                             {"client.address", "192.0.2.9"},
                             {"network.peer.address", "127.0.0.1"},
                             {"network.protocol.version", "1.1"},
                             {"user_agent.original", "probe/1%20"}}));
}

TEST_F(HttplibServer, RecordsTheStatusCodeAsAnInteger) {
  server_.Get("/", ok);
  serve();
  exchange("GET / HTTP/1.1\r\nConnection: close\r\n\r\n");
  const auto span = this->span();
  ASSERT_NE(span.find("http.response.status_code"), nullptr);
  EXPECT_EQ(*span.find("http.response.status_code"), 200);
}

TEST_F(HttplibServer, TakesTheRouteFromTheRegularExpressionAsItIsWritten) {
  server_.Get(R"(/items/(\d+))", ok);
  serve();
  exchange("GET /items/12 HTTP/1.1\r\nConnection: close\r\n\r\n");
  const auto span = this->span();
  EXPECT_EQ(span.name, R"(GET /items/(\d+))");
  EXPECT_EQ(*span.find("http.route"), R"(/items/(\d+))");
}

TEST_F(HttplibServer, GivesTheHandlerWhatANamedSegmentMatched) {
  std::string id;
  server_.Get("/a/{id}/b", [&](const Request& request, Response&) { id = request.matches[1]; });
  serve();
  exchange("GET /a/x7/b HTTP/1.1\r\nConnection: close\r\n\r\n");
  stop();
  EXPECT_EQ(id, "x7");
}

TEST_F(HttplibServer, HasNoRouteInItsNameWhenNoneMatched) {
  serve();
  const auto reply = exchange("GET /nowhere HTTP/1.1\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(reply.substr(0, 12), "HTTP/1.1 404");
  const auto span = this->span();
  EXPECT_EQ(span.name, "GET");
  EXPECT_EQ(span.find("http.route"), nullptr);
}

TEST_F(HttplibServer, LeavesTheStatusUnsetFor4xx) {
  server_.Post("/pay", [](const Request&, Response& response) { response.status = 402; });
  serve();
  exchange("POST /pay HTTP/1.1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  const auto span = this->span();
  EXPECT_EQ(*span.find("http.response.status_code"), 402);
  EXPECT_EQ(span.status.code, StatusCode::unset);
  EXPECT_EQ(span.find("error.type"), nullptr);
}

TEST_F(HttplibServer, HasAnErrorWithoutDescriptionFor5xx) {
  server_.Get("/", [](const Request&, Response& response) { response.status = 503; });
  serve();
  exchange("GET / HTTP/1.1\r\nConnection: close\r\n\r\n");
  const auto span = this->span();
  EXPECT_EQ(span.status, (weft::Status{StatusCode::error, ""}));
  EXPECT_EQ(*span.find("error.type"), "503");
}

TEST_F(HttplibServer, RecordsAnExceptionOfTheHandlerAndLetsItPass) {
  server_.Get("/", [](const Request&, Response&) { throw std::out_of_range("no such order"); });
  serve();
  const auto reply = exchange("GET / HTTP/1.1\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(reply.substr(0, 12), "HTTP/1.1 500");
  const auto span = this->span();
  ASSERT_EQ(span.events.size(), 1U);
  EXPECT_EQ(span.events[0].name, "exception");
  EXPECT_EQ(*span.events[0].find("exception.type"), "std::out_of_range");
  EXPECT_EQ(*span.events[0].find("exception.message"), "no such order");
  EXPECT_EQ(*span.find("error.type"), "std::out_of_range");
  EXPECT_EQ(*span.find("http.response.status_code"), 500);
  EXPECT_EQ(span.status.code, StatusCode::error);
}

TEST_F(HttplibServer, IsNoErrorWhenTheExceptionHandlerTurnsItInto4xx) {
  server_.set_exception_handler(
      [](const Request&, Response& response, std::exception_ptr) { response.status = 409; });
  server_.Get("/", [](const Request&, Response&) { throw std::runtime_error("twice"); });
  serve();
  exchange("GET / HTTP/1.1\r\nConnection: close\r\n\r\n");
  const auto span = this->span();
  EXPECT_EQ(span.status.code, StatusCode::unset);
  EXPECT_EQ(*span.find("http.response.status_code"), 409);
  EXPECT_EQ(span.events.size(), 1U);
}

TEST_F(HttplibServer, RecordsTheTypeOfWhatIsNoStdException) {
  server_.Get("/", [](const Request&, Response&) { throw 7; });
  serve();
  exchange("GET / HTTP/1.1\r\nConnection: close\r\n\r\n");
  const auto span = this->span();
  ASSERT_EQ(span.events.size(), 1U);
  EXPECT_EQ(*span.events[0].find("exception.type"), "int");
  EXPECT_EQ(*span.find("error.type"), "int");
}

TEST_F(HttplibServer, CallsAnUnknownMethodOther) {
  serve();
  exchange("PRI /x HTTP/1.1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  const auto span = this->span();
  EXPECT_EQ(span.name, "HTTP");
  EXPECT_EQ(*span.find("http.request.method"), "_OTHER");
  EXPECT_EQ(*span.find("http.request.method_original"), "PRI");
}

TEST_F(HttplibServer, ContinuesTheCallersTrace) {
  server_.Get("/", ok);
  serve();
  exchange(
      "GET / HTTP/1.1\r\ntraceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n"
      "Connection: close\r\n\r\n");
  const auto span = this->span();
  EXPECT_EQ(span.context.trace_id().to_hex(), "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_EQ(span.parent.span_id().to_hex(), "00f067aa0ba902b7");
  EXPECT_TRUE(span.parent.is_remote());
}

TEST_F(HttplibServer, ReadsBaggageFromTheWireUndamaged) {
  std::string seen;
  server_.Get("/", [&](const Request&, Response&) {
    for (const auto& entry : weft::baggage::all()) seen += entry.key + "|" + entry.value + "\n";
  });
  serve();
  exchange(
      "GET / HTTP/1.1\r\nbaggage: note=a%2Cb%3Bc%3Dd%25 , who=ann\r\nConnection: close\r\n\r\n");
  stop();
  EXPECT_EQ(seen, "note|a,b;c=d%\nwho|ann\n");
}

TEST_F(HttplibServer, LeavesTheHandlersHeadersAsTheLibraryMadeThem) {
  std::string seen;
  server_.Get(
      "/", [&](const Request& request, Response&) { seen = request.get_header_value("baggage"); });
  serve();
  exchange("GET / HTTP/1.1\r\nbaggage: k=a%20b\r\nConnection: close\r\n\r\n");
  stop();
  EXPECT_EQ(seen, "k=a b");
}

TEST_F(HttplibServer, IsCurrentInHandlersAndHooksAndGoneAfterwards) {
  std::vector<weft::SpanId> seen;
  const auto note = [&] { seen.push_back(weft::current_span().context().span_id()); };
  server_.set_pre_routing_handler([&](const Request&, Response&) {
    note();
    return httplib::Server::HandlerResponse::Unhandled;
  });
  server_.set_post_routing_handler([&](const Request&, Response&) { note(); });
  server_.set_logger([&](const Request&, const Response&) { note(); });
  server_.Get("/", [&](const Request&, Response&) { note(); });
  serve();
  exchange("GET / HTTP/1.1\r\nConnection: close\r\n\r\n");
  const auto span = this->span();
  EXPECT_EQ(seen, std::vector<weft::SpanId>(4, span.context.span_id()));
}

TEST_F(HttplibServer, GivesEachRequestOfOneConnectionASpanOfItsOwn) {
  server_.Get("/a", ok);
  server_.Post("/b", ok);
  serve();
  const auto reply = exchange(
      "POST /b HTTP/1.1\r\nContent-Length: 3\r\nbaggage: k=v\r\n\r\nxyz"
      "GET /a HTTP/1.1\r\nConnection: close\r\n\r\n");
  EXPECT_NE(reply.find("HTTP/1.1 200", 1), std::string::npos) << reply;
  const auto spans = this->spans();
  ASSERT_EQ(spans.size(), 2U);
  EXPECT_EQ(spans[0].name, "POST /b");
  EXPECT_EQ(spans[1].name, "GET /a");
  EXPECT_FALSE(spans[1].parent.is_valid());
  EXPECT_NE(spans[0].context.trace_id(), spans[1].context.trace_id());
}

const weft::ContextVar<int> kVisits{"visits", 0};

TEST_F(HttplibServer, ForgetsWhatARequestSetInItsContext) {
  std::vector<int> visits;
  std::vector<std::size_t> baggage;
  server_.Get("/", [&](const Request&, Response&) {
    visits.push_back(kVisits.get());
    baggage.push_back(weft::baggage::all().size());
    kVisits.set(kVisits.get() + 1);
    weft::baggage::set("k", "v");
  });
  serve();
  exchange("GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\nConnection: close\r\n\r\n");
  stop();
  EXPECT_EQ(visits, (std::vector<int>{0, 0}));
  EXPECT_EQ(baggage, (std::vector<std::size_t>{0, 0}));
}

TEST_F(HttplibServer, TakesTheServerFromAnAbsoluteTarget) {
  serve();
  exchange(
      "GET http://real.example:81/x?y=1 HTTP/1.1\r\nHost: other.example\r\n"
      "Connection: close\r\n\r\n");
  const auto span = this->span();
  EXPECT_EQ(*span.find("server.address"), "real.example");
  EXPECT_EQ(*span.find("server.port"), 81);
  EXPECT_EQ(*span.find("url.path"), "/x");
  EXPECT_EQ(*span.find("url.query"), "y=1");
}

TEST_F(HttplibServer, TracesHandlersThatReadTheContentThemselves) {
  std::string body;
  server_.Put("/f", [&](const Request&, Response&, const httplib::ContentReader& read) {
    read([&](const char* data, std::size_t size) {
      body.append(data, size);
      return true;
    });
  });
  serve();
  exchange("PUT /f HTTP/1.1\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello");
  EXPECT_EQ(span().name, "PUT /f");
  EXPECT_EQ(body, "hello");
}

TEST_F(HttplibServer, MakesNoSpanOfWhatIsNoRequest) {
  server_.set_keep_alive_max_count(1);  // it closes then, instead of waiting for more
  serve();
  EXPECT_EQ(exchange("nonsense\r\n\r\n").substr(0, 12), "HTTP/1.1 400");
  EXPECT_TRUE(spans().empty());
}

TEST(HttplibServerOptions, RecordTheHeadersThatAreListedAlone) {
  const auto memory = weft::exporters::in_memory();
  auto telemetry = weft::init({.service_name = "test", .exporters = {memory}});
  weft::httplib::Server server({.request_headers = {"X-Tenant"}, .response_headers = {"X-Cache"}});
  server.Get("/", [](const Request&, Response& response) {
    response.set_header("X-Cache", "hit");
    response.set_header("X-Other", "1");
  });
  const int port = server.bind_to_any_port("127.0.0.1");
  std::thread thread([&] { server.listen_after_bind(); });
  httplib::Client client("127.0.0.1", port);
  client.Get("/", {{"x-tenant", "acme"}, {"x-tenant", "b"}, {"authorization", "secret"}});
  server.stop();
  thread.join();
  ASSERT_TRUE(telemetry.force_flush());
  ASSERT_EQ(memory->spans().size(), 1U);
  const auto recorded = attributes(memory->spans()[0].attributes);
  EXPECT_EQ(recorded.at("http.request.header.x-tenant"), "[acme,b]");
  EXPECT_EQ(recorded.at("http.response.header.x-cache"), "[hit]");
  EXPECT_EQ(recorded.count("http.request.header.authorization"), 0U);
  EXPECT_EQ(recorded.count("http.response.header.x-other"), 0U);
}

}  // namespace
