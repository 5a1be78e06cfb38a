// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "exporters/delivery_fixture.hpp"

// How requests reach the receiver: sockets, addresses, proxies; and what JSON does to them.

namespace weft::testing {

namespace {

using detail::GiveUp;
using exporters::Encoding;

class DeliveryWay : public DeliveryTest {
 protected:
  void TearDown() override {
    for (const char* name :
         {"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUEST_METHOD"}) {
      ::unsetenv(name);
    }
  }
  void proxy(const char* name) {
    ::setenv(name, ("http://127.0.0.1:" + std::to_string(server.port())).c_str(), 1);
  }
  // The only server there is plays the proxy; the endpoint does not exist.
  bool goes_through_the_proxy(const char* endpoint = "http://collector.invalid:4318/v1/traces") {
    deliver_with({.endpoint = endpoint, .retry = {.enabled = false}});
    const std::size_t index = submit(1);
    EXPECT_TRUE(run_until_answered(index));
    return server.count() == 1;
  }
};

}  // namespace

TEST_F(DeliveryWay, IsAUnixSocket) {
  const auto path =
      std::filesystem::temp_directory_path() / ("weft_socket_" + std::to_string(::getpid()));
  std::filesystem::remove(path);
  const ScriptedServer local(Listener::unix_socket(path));
  deliver_with({.endpoint = "unix:" + path.string()});
  const std::size_t index = submit(3);
  ASSERT_TRUE(run_until_answered(index));
  expect_outcome(outcomes[index], 3, 0);
  EXPECT_EQ(local.received().at(0).target, "/v1/traces");
  std::filesystem::remove(path);
}

TEST_F(DeliveryWay, KeepsTheBatchWhileAUnixSocketIsNotThere) {
  deliver_with({.endpoint = "unix:/no/such/socket"});
  submit(1);
  ASSERT_TRUE(run_until_errors(1));
  EXPECT_NE(errors[0].what.find("1 span kept"), std::string::npos) << errors[0].what;
}

TEST_F(DeliveryWay, IsAnAddressOfVersion6) {
  const ScriptedServer six(Listener::loopback6());
  deliver_with({.endpoint = "http://[::1]:" + std::to_string(six.port()) + "/v1/traces"});
  const std::size_t index = submit(3);
  ASSERT_TRUE(run_until_answered(index));
  expect_outcome(outcomes[index], 3, 0);
}

TEST_F(DeliveryWay, IsTheProxyOfEitherSpelling) {
  proxy("HTTP_PROXY");
  EXPECT_TRUE(goes_through_the_proxy());
  EXPECT_EQ(server.received().at(0).target, "http://collector.invalid:4318/v1/traces");
}

TEST_F(DeliveryWay, IsTheProxyInLowerCase) {
  proxy("http_proxy");
  EXPECT_TRUE(goes_through_the_proxy());
}

TEST_F(DeliveryWay, IsTheProxyForEverything) {
  proxy("ALL_PROXY");
  EXPECT_TRUE(goes_through_the_proxy());
}

TEST_F(DeliveryWay, IsNotTheProxyForAnotherScheme) {
  proxy("HTTPS_PROXY");
  EXPECT_FALSE(goes_through_the_proxy());
}

TEST_F(DeliveryWay, IsNotTheProxyForHostsThatAreExcepted) {
  proxy("HTTP_PROXY");
  ::setenv("NO_PROXY", "example.com,.invalid", 1);
  EXPECT_FALSE(goes_through_the_proxy());
}

TEST_F(DeliveryWay, IsNotTheProxyThatACgiClientNames) {
  proxy("HTTP_PROXY");
  ::setenv("REQUEST_METHOD", "GET", 1);
  EXPECT_FALSE(goes_through_the_proxy());
}

TEST_F(DeliveryWay, IsNeverTheProxyTowardsThisMachine) {
  ::setenv("HTTP_PROXY", "http://127.0.0.1:1", 1);
  const std::size_t index = submit(1);
  ASSERT_TRUE(run_until_answered(index));
  expect_outcome(outcomes[index], 1, 0);
}

TEST_F(DeliveryWay, IsAProxyThatIsToldItsUserAndPassword) {
  ::setenv("HTTP_PROXY", ("http://user:p%40ss@127.0.0.1:" + std::to_string(server.port())).c_str(),
           1);
  EXPECT_TRUE(goes_through_the_proxy());
  EXPECT_EQ(server.received().at(0).headers.at("proxy-authorization"), "Basic dXNlcjpwQHNz");
  EXPECT_FALSE(server.received().at(0).headers.contains("authorization"));
}

TEST_F(DeliveryWay, IsAProxyThatRefusesWhichIsTold) {
  server.then({.status = 407, .headers = {{"Proxy-Authenticate", "Basic realm=x"}}});
  proxy("HTTP_PROXY");
  EXPECT_TRUE(goes_through_the_proxy());
  expect_given_up(outcomes[0], 1, GiveUp::rejected);
  EXPECT_NE(errors.at(0).what.find("answered 407"), std::string::npos) << errors.at(0).what;
}

TEST_F(DeliveryWay, IsAProxyWhosePasswordNobodyIsTold) {
  // libcurl quotes 255 bytes of it at most.
  const std::string long_one = "http://user:secret" + std::string(300, 'x') + "@[";
  for (const std::string url : {"http://user:secret@127.0.0.1:1", "http://user:secret@[",
                                "nonsense://user:secret@127.0.0.1:1", long_one.c_str()}) {
    ::setenv("HTTP_PROXY", url.c_str(), 1);
    deliver_with({.endpoint = "http://collector.invalid/", .retry = {.enabled = false}});
    ASSERT_TRUE(run_until_answered(submit(1)));
    EXPECT_EQ(errors.back().what.find("secret"), std::string::npos) << errors.back().what;
  }
}

TEST_F(DeliveryWay, IsAnAddressOfVersion6WithItsZone) {
  const ScriptedServer six(Listener::loopback6());
  const std::string port = std::to_string(six.port());
  deliver_with({.endpoint = "http://[::1%25lo]:" + port + "/v1/traces"});
  const std::size_t index = submit(1);
  ASSERT_TRUE(run_until([&] { return outcomes[index].has_value() || !errors.empty(); }));
  expect_outcome(outcomes[index], 1, 0);
  EXPECT_EQ(six.received().at(0).headers.at("host"), "[::1]:" + port);  // RFC 6874, 4
}

TEST_F(DeliveryWay, IsAnAddressWithItsZoneWhateverNameItPresents) {
  const ScriptedServer six(Listener::loopback6());
  deliver_with({.endpoint = "https://[::1%251]:" + std::to_string(six.port()) + "/v1/traces",
                .timeout = std::chrono::milliseconds{500},
                .tls = {.server_name = "collector"},
                .retry = {.enabled = false}});
  ASSERT_TRUE(run_until_answered(submit(1)));
  EXPECT_EQ(six.connections(), 1U) << errors.at(0).what;
}

TEST_F(DeliveryWay, IsAUnixSocketWithTheLongestNameThereIs) {
  std::string path =
      std::filesystem::temp_directory_path() / ("weft_" + std::to_string(::getpid()));
  path.resize(107, 'x');
  std::filesystem::remove(path);
  const ScriptedServer local(Listener::unix_socket(path));
  deliver_with({.endpoint = "unix:" + path});
  const std::size_t index = submit(1);
  ASSERT_TRUE(run_until([&] { return outcomes[index].has_value() || !errors.empty(); }));
  expect_outcome(outcomes[index], 1, 0);
  std::filesystem::remove(path);
  std::string why;
  EXPECT_FALSE(wire::parse_endpoint("unix:" + path + "x", why));
}

TEST_F(DeliveryWay, IsATunnelThroughTheProxyToAnHttpsCollector) {
  proxy("HTTPS_PROXY");
  deliver_with({.endpoint = "https://collector.invalid/v1/traces",
                .timeout = std::chrono::milliseconds{1000},
                .retry = {.enabled = false}});
  submit(1);
  ASSERT_TRUE(run_until_errors(1));
  EXPECT_EQ(server.received().at(0).method, "CONNECT");
  EXPECT_EQ(server.received().at(0).target, "collector.invalid:443");
}

TEST_F(DeliveryWay, OfJsonSplitsABatchThatExceedsTheLimit) {
  deliver_with({.encoding = Encoding::json, .max_request_size = 1000, .max_in_flight = 1});
  const std::size_t index = submit(20);
  ASSERT_TRUE(run_until_answered(index));
  expect_outcome(outcomes[index], 20, 0);
  EXPECT_GT(server.count(), 3U);
  for (const Received& request : server.received()) EXPECT_LE(request.body.size(), 1000U);
}

TEST_F(DeliveryWay, OfJsonDropsASpanThatExceedsTheLimitAlone) {
  deliver_with({.encoding = Encoding::json, .max_request_size = 100});
  const std::size_t index = submit(1);
  ASSERT_TRUE(run_until_answered(index));
  expect_given_up(outcomes[index], 1, GiveUp::too_large);
}

TEST_F(DeliveryWay, OfJsonUnderstandsAPartialSuccessInJson) {
  server.then({.headers = {{"Content-Type", "Application/JSON; charset=utf-8"}},
               .body = R"({"partialSuccess":{"rejectedSpans":"2","errorMessage":"quota"}})"});
  deliver_with({.encoding = Encoding::json});
  const std::size_t index = submit(5);
  ASSERT_TRUE(run_until_answered(index));
  expect_outcome(outcomes[index], 3, 2);
  EXPECT_NE(errors.at(0).what.find("partial success: quota; 2 of 5 spans rejected"),
            std::string::npos);
}

TEST_F(DeliveryWay, OfJsonTellsTheServersReasonInJson) {
  server.then({.status = 400,
               .headers = {{"Content-Type", "application/json"}},
               .body = R"({"code":3,"message":"no such tenant"})"});
  deliver_with({.encoding = Encoding::json});
  const std::size_t index = submit(1);
  ASSERT_TRUE(run_until_answered(index));
  EXPECT_NE(errors.at(0).what.find("answered 400 Bad Request: no such tenant; 1 span dropped"),
            std::string::npos);
}

}  // namespace weft::testing
