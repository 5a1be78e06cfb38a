// SPDX-License-Identifier: Apache-2.0
#include <stdexcept>

#include "instrumentation/recorded.hpp"

namespace {

using httplib::Request;
using httplib::Response;
using weft::StatusCode;
using weft::httplib::pattern;
using weft::httplib::traced;

/// A server of the library's own class.
class HttplibTraced : public recorded::HttpTest<httplib::Server> {};

TEST(HttplibPattern, TurnsNamedSegmentsIntoGroups) {
  EXPECT_EQ(pattern("/orders/{id}"), "/orders/([^/]+)");
  EXPECT_EQ(pattern("/{a_1}/{b}/c"), "/([^/]+)/([^/]+)/c");
}

TEST(HttplibPattern, LeavesRegularExpressionsAsTheyAre) {
  for (const auto* same :
       {"", "/", R"(/orders/(\d+))", R"(/x/\d{2,3})", "/{2}", "/{", "/{}", "/}"}) {
    EXPECT_EQ(pattern(same), same);
  }
}

TEST_F(HttplibTraced, HandlerRunsInASpanWithRouteAndStatus) {
  server_.Get(pattern("/orders/{id}"),
              traced("/orders/{id}", [](const Request&, Response& response) {
                response.set_content("ok", "text/plain");
              }));
  serve();
  exchange("GET /orders/7 HTTP/1.1\r\nConnection: close\r\n\r\n");
  const auto span = this->span();
  EXPECT_EQ(span.name, "GET /orders/{id}");
  EXPECT_EQ(span.kind, weft::SpanKind::server);
  EXPECT_EQ(*span.find("http.response.status_code"), 200);
  EXPECT_EQ(*span.find("network.peer.address"), "127.0.0.1");
  EXPECT_EQ(span.status.code, StatusCode::unset);
}

TEST_F(HttplibTraced, ExceptionIsRecordedOnce) {
  server_.Get("/", traced("/", [](const Request&, Response&) { throw std::logic_error("x"); }));
  serve();
  EXPECT_EQ(exchange("GET / HTTP/1.1\r\nConnection: close\r\n\r\n").substr(0, 12), "HTTP/1.1 500");
  const auto span = this->span();
  EXPECT_EQ(span.events.size(), 1U);
  EXPECT_EQ(*span.find("error.type"), "std::logic_error");
  EXPECT_EQ(span.status.code, StatusCode::error);
}

TEST_F(HttplibTraced, BaggageSurvivesTheLibrarysDecodingButForItsSeparators) {
  std::string seen;
  server_.Get("/", traced("/", [&](const Request&, Response&) {
                seen = weft::baggage::get("k").value_or("none");
              }));
  serve();
  exchange("GET / HTTP/1.1\r\nbaggage: k=a%20b%25%C3%A9\r\nConnection: close\r\n\r\n");
  stop();
  EXPECT_EQ(seen, "a b%\xC3\xA9");
}

TEST_F(HttplibTraced, InsideATracedServerItNamesTheSpanThatIsThere) {
  weft::httplib::Server server;
  httplib::Server& base = server;
  base.Get("/", traced("/", [](const Request&, Response&) {}));
  const int port = server.bind_to_any_port("127.0.0.1");
  std::thread thread([&] { server.listen_after_bind(); });
  httplib::Client("127.0.0.1", port).Get("/");
  server.stop();
  thread.join();
  EXPECT_EQ(span().name, "GET /");
}

}  // namespace
