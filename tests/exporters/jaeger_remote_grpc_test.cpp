// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include <weft/exporters/jaeger_remote.hpp>

#include "exporters/scripted_server.hpp"
#include "remote_sampling/service.hpp"
#include "sampling/asking.hpp"

// What needs no server: messages, the question, replies. The rest is in sampling_service.py.

namespace weft::testing {
namespace {

using namespace std::string_literals;
using remote_sampling::grpc_service;
using remote_sampling::read_strategy_message;
using remote_sampling::StrategyNumbers;

std::string field(int number, const std::string& content) {
  return std::string{static_cast<char>(number << 3 | 2), static_cast<char>(content.size())} +
         content;
}

std::string field(int number, double value) {
  std::string bytes(1 + sizeof value, static_cast<char>(number << 3 | 1));
  std::memcpy(bytes.data() + 1, &value, sizeof value);
  return bytes;
}

std::string operation(const std::string& name, double rate) {
  return field(3, field(1, name) + field(2, field(1, rate)));
}

StrategyNumbers read(const std::string& message) {
  std::string why;
  const auto numbers = read_strategy_message(message, why);
  EXPECT_TRUE(numbers) << why;
  return numbers.value_or(StrategyNumbers());
}

std::string reason(const std::string& message) {
  std::string why;
  EXPECT_FALSE(read_strategy_message(message, why));
  return why;
}

constexpr const char* kUseless = "the answer names no strategy that can be used";
constexpr const char* kUnreadable = "the answer is no SamplingStrategyResponse";

TEST(StrategyMessage, HasAProbability) {
  EXPECT_EQ(read(field(2, field(1, 0.42))).probability, 0.42);
}

TEST(StrategyMessage, HasARateWhateverItsTypeSays) {
  EXPECT_EQ(read("\x08\x00"s + field(3, "\x08\x2a"s)).traces_per_second, 42.0);
}

TEST(StrategyMessage, HasProbabilitiesByOperation) {
  const auto numbers = read(field(4, field(1, 0.25) + field(2, 2.0) + operation("foo", 0.5) +
                                         operation("bar", 1.0) + field(4, 11.2)));
  ASSERT_TRUE(numbers.by_operation);
  EXPECT_EQ(numbers.by_operation->default_probability, 0.25);
  EXPECT_EQ(numbers.by_operation->least_per_second, 2.0);
  const std::vector<std::pair<std::string, double>> expected{{"foo", 0.5}, {"bar", 1.0}};
  EXPECT_EQ(numbers.by_operation->probabilities, expected);
}

TEST(StrategyMessage, HasZeroForANumberThatIsNotWritten) {
  EXPECT_EQ(read(field(2, ""s)).probability, 0.0);
  EXPECT_EQ(read(field(3, ""s)).traces_per_second, 0.0);
  const auto numbers = read(field(4, field(3, field(1, "foo"s) + field(2, ""s))));
  ASSERT_TRUE(numbers.by_operation);
  EXPECT_EQ(numbers.by_operation->default_probability, 0.0);
  ASSERT_EQ(numbers.by_operation->probabilities.size(), 1U);
  EXPECT_EQ(numbers.by_operation->probabilities[0].second, 0.0);
}

TEST(StrategyMessage, MergesFieldsThatComeAgain) {
  EXPECT_EQ(read(field(2, field(1, 0.1)) + field(2, field(1, 0.2))).probability, 0.2);
  EXPECT_EQ(read(field(2, field(1, 0.1)) + field(2, ""s)).probability, 0.1);
}

TEST(StrategyMessage, MayHaveFieldsOfALaterVersion) {
  EXPECT_EQ(read(field(9, "new"s) + field(2, "\x98\x01\x07"s + field(1, 0.5))).probability, 0.5);
}

TEST(StrategyMessage, LosesTheOperationsThatMakeNoSense) {
  const auto numbers = read(field(4, operation("high", 1.5) + operation("nan", std::nan("")) +
                                         operation("\xc3\x28", 0.5) +
                                         field(3, field(1, "without"s)) + operation("d", 1.0)));
  ASSERT_TRUE(numbers.by_operation);
  ASSERT_EQ(numbers.by_operation->probabilities.size(), 1U);
  EXPECT_EQ(numbers.by_operation->probabilities[0].first, "d");
}

TEST(StrategyMessage, ThatSaysNothingUsefulIsRefused) {
  const std::string minus_one = "\x08"s + std::string(9, '\xff') + "\x01";
  for (const std::string& message :
       {""s, "\x08\x01"s, field(2, field(1, 1.5)), field(2, field(1, std::nan(""))),
        field(3, minus_one), field(4, field(1, -0.5))}) {
    EXPECT_EQ(reason(message), kUseless);
  }
}

TEST(StrategyMessage, ThatIsTornIsRefusedAtEveryDepth) {
  const std::string torn = field(1, 0.5).substr(0, 8);
  for (const std::string& message :
       {"\xff\xff"s, "<html>"s, field(2, torn), field(4, torn), field(4, field(3, torn)),
        field(4, field(3, field(2, torn))), field(2, field(1, 0.5)) + field(3, "\x08\x80"s)}) {
    EXPECT_EQ(reason(message), kUnreadable);
  }
}

wire::Reply replied(std::string body, std::string status = "0") {
  return {.kind = wire::Reply::Kind::answered,
          .status = 200,
          .complete = true,
          .body = std::move(body),
          .grpc_status = std::move(status)};
}

std::string told(const wire::Reply& reply) {
  std::string why;
  EXPECT_FALSE(grpc_service({}, "shop").answer_in(reply, why));
  return why;
}

TEST(GrpcSamplingService, IsAskedByAFramedMessageWithTheServicesName) {
  EXPECT_EQ(grpc_service({}, "shop").question, "\x00\x00\x00\x00\x06\x0a\x04shop"s);
  EXPECT_EQ(grpc_service({}, "\xff").question, "\x00\x00\x00\x00\x05\x0a\x03\xef\xbf\xbd"s);
}

TEST(GrpcSamplingService, HasTheUrlOfItsCallAndIsShownAsItWasGiven) {
  std::string why;
  auto endpoint = wire::parse_endpoint("http://h:14250", why);
  ASSERT_TRUE(endpoint) << why;
  remote_sampling::name_grpc_call(*endpoint);
  EXPECT_EQ(endpoint->url, "http://h:14250/jaeger.api_v2.SamplingManager/GetSamplingStrategy");
  EXPECT_EQ(endpoint->display, "http://h:14250/");
}

TEST(GrpcSamplingService, AnswersByTheMessageInItsFrame) {
  std::string why;
  const auto service = grpc_service({}, "shop");
  EXPECT_EQ(service.answer_in(replied("\x00\x00\x00\x00\x02\x12\x00"s), why), "\x12\x00"s);
  const std::string packed = zipped("message");
  EXPECT_EQ(service.answer_in(
                replied("\x01\x00\x00\x00"s + static_cast<char>(packed.size()) + packed), why),
            "message");
}

TEST(GrpcSamplingService, TellsTheStatusThatItAnswered) {
  EXPECT_EQ(told(replied("", "14")), "it answered UNAVAILABLE");
  wire::Reply reply = replied("", "5");
  reply.grpc_message = "no such\nservice%21";
  EXPECT_EQ(told(reply), "it answered NOT_FOUND: no such service!");
}

TEST(GrpcSamplingService, TellsThatThePeerIsNone) {
  wire::Reply reply = replied("", "");
  reply.status = 404;
  EXPECT_EQ(told(reply), "it answered HTTP 404 without a gRPC status: is it Jaeger's gRPC port?");
  EXPECT_EQ(told({.why = "refused"}), "refused");
  EXPECT_EQ(told({.kind = wire::Reply::Kind::too_large}), "its answer is larger than 4 MiB");
}

TEST(GrpcSamplingService, TellsAnAnswerThatIsNoFrame) {
  for (const std::string& body :
       {""s, "\x00\x00"s, "\x00\x00\x00\x00\x03\x12\x00"s, "\x01\x00\x00\x00\x02\x12\x00"s}) {
    EXPECT_EQ(told(replied(body)), "the answer is no gRPC message");
  }
}

TEST(JaegerRemote, TakesAUrlWithoutAPathForTheGrpcService) {
  std::string description;
  EXPECT_EQ(told_by([&] {
              description = samplers::jaeger_remote({.endpoint = "http://h:14250"})->description();
            }),
            "");
  EXPECT_NE(description.find("JaegerRemoteSampler{http://h:14250/,"), std::string::npos)
      << description;
}

}  // namespace
}  // namespace weft::testing
