// SPDX-License-Identifier: Apache-2.0
// What stands around every handler of the storefront.
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <string_view>

#include <weft/weft.hpp>

#include "middleware.hpp"
#include "service.hpp"
#include "support/recorded.hpp"

namespace {

using std::chrono::seconds;
using storefront::authenticated;
using storefront::Handler;
using storefront::recorded;
using storefront::TokenKey;
using weft::RequestContext;
using weft::testing::Recorded;
using weft::testing::tracer;

class StorefrontMiddleware : public testing::Test {
 protected:
  /// A request through both, as the service has them.
  int serve(const std::string& authorization, Handler handler) {
    httplib::Request request;
    request.method = "POST";
    request.path = "/orders";
    if (!authorization.empty()) request.set_header("Authorization", authorization);
    httplib::Response response;
    response.status = 200;
    auto span = tracer.start("POST /orders");
    recorded(authenticated(key_, std::move(handler)))(request, response);
    challenge_ = response.get_header_value("WWW-Authenticate");
    return response.status;
  }
  std::string bearer(const std::string& user) { return "Bearer " + key_.sign(user, seconds(60)); }
  static void answer(const httplib::Request&, httplib::Response&) {}
  static void never(const httplib::Request&, httplib::Response&) { FAIL() << "it was let in"; }

  Recorded recorded_;
  TokenKey key_{"0123456789abcdef0123456789abcdef"};
  std::string challenge_;
};

TEST_F(StorefrontMiddleware, SetsTheUserOfTheToken) {
  std::string user;
  EXPECT_EQ(serve(bearer("ann"), [&](const auto&, auto&) { user = RequestContext::user_id(); }),
            200);
  EXPECT_EQ(user, "ann");
}

TEST_F(StorefrontMiddleware, SetsTheTraceOfTheRequest) {
  std::string trace;
  serve(bearer("ann"), [&](const auto&, auto&) { trace = RequestContext::trace_id(); });
  EXPECT_EQ(trace, recorded_.span("POST /orders").context.trace_id().to_hex());
}

TEST_F(StorefrontMiddleware, NamesTheUserInTheRequestsSpan) {
  serve(bearer("ann"), answer);
  const weft::SpanData span = recorded_.span("POST /orders");
  ASSERT_NE(span.find("user.id"), nullptr);
  EXPECT_EQ(*span.find("user.id"), weft::AttributeValue("ann"));
}

TEST_F(StorefrontMiddleware, RefusesARequestWithoutAToken) {
  EXPECT_EQ(serve("", never), 401);
  EXPECT_EQ(challenge_, "Bearer error=\"invalid_token\"");
}

TEST_F(StorefrontMiddleware, RefusesABadToken) { EXPECT_EQ(serve("Bearer nonsense", never), 401); }

TEST_F(StorefrontMiddleware, RefusesAnotherScheme) {
  EXPECT_EQ(serve("Basic YW5uOnNlY3JldA==", never), 401);
}

TEST_F(StorefrontMiddleware, SaysInASpanWhyItRefused) {
  serve("Bearer nonsense", never);
  const weft::SpanData span = recorded_.span("authenticate");
  EXPECT_EQ(span.status.code, weft::StatusCode::error);
  EXPECT_EQ(span.status.description, "the token is malformed or its signature is wrong");
}

TEST_F(StorefrontMiddleware, LeavesNoErrorWhereItLetsIn) {
  serve(bearer("ann"), answer);
  EXPECT_EQ(recorded_.span("authenticate").status.code, weft::StatusCode::unset);
}

TEST_F(StorefrontMiddleware, LeavesNoRequestContextBehind) {
  serve(bearer("ann"), answer);
  EXPECT_FALSE(RequestContext::is_initialized());
}

TEST_F(StorefrontMiddleware, LeavesNoRequestContextBehindAnException) {
  EXPECT_THROW(serve(bearer("ann"), [](const auto&, auto&) { throw std::runtime_error("broken"); }),
               std::runtime_error);
  EXPECT_FALSE(RequestContext::is_initialized());
}

TEST_F(StorefrontMiddleware, BindsALoggerToTheRequest) {
  testing::internal::CaptureStderr();
  serve(bearer("ann"), [](const auto&, auto&) { storefront::log("INFO", "hello"); });
  const std::string line = testing::internal::GetCapturedStderr();
  EXPECT_NE(line.find(" INFO hello method=POST path=/orders user=ann request_id="),
            std::string::npos)
      << line;
}

TEST_F(StorefrontMiddleware, ShowsNoTokenInADump) {
  std::string dump;
  const std::string authorization = bearer("ann");
  serve(authorization, [&](const auto&, auto&) { dump = weft::dump(weft::copy_context()); });
  EXPECT_NE(dump.find("user_id=ann"), std::string::npos);
  EXPECT_EQ(dump.find(authorization.substr(7, 20)), std::string::npos);
}

}  // namespace
