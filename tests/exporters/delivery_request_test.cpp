// SPDX-License-Identifier: Apache-2.0
#include <random>

#include "codec/field_reader.hpp"
#include "exporters/delivery_fixture.hpp"

// What arrives at the server, and what its successes mean.

namespace weft::testing {

namespace {

using detail::GiveUp;
using exporters::Compression;

class DeliveryRequest : public DeliveryTest {
 protected:
  Received first_request() {
    const std::size_t index = submit(3);
    EXPECT_TRUE(run_until_answered(index));
    return server.received().at(0);
  }
};

// The number of `spans` fields in a request.
std::size_t spans_in(std::string_view request) {
  std::size_t count = 0;
  codec::FieldReader resources(request);
  while (const auto resource = resources.next()) {
    codec::FieldReader scopes(resource->bytes);
    while (const auto scope = scopes.next()) {
      if (scope->tag != codec::tag(2, codec::kBytes)) continue;
      codec::FieldReader fields(scope->bytes);
      while (const auto field = fields.next()) count += field->tag == codec::tag(2, codec::kBytes);
    }
  }
  return count;
}

}  // namespace

TEST_F(DeliveryRequest, IsAPostToTheEndpointsPath) {
  const Received request = first_request();
  EXPECT_EQ(request.method + " " + request.target, "POST /v1/traces");
}

TEST_F(DeliveryRequest, HasThePathOfTheEndpointUntouched) {
  deliver_with({.endpoint = "http://127.0.0.1:" + std::to_string(server.port()) + "/a/../b?x=1"});
  EXPECT_EQ(first_request().target, "/a/../b?x=1");
}

TEST_F(DeliveryRequest, SaysThatItIsProtobuf) {
  EXPECT_EQ(first_request().headers["content-type"], "application/x-protobuf");
}

TEST_F(DeliveryRequest, NamesTheExporterAndItsVersion) {
  EXPECT_EQ(first_request().headers["user-agent"], "OTel-OTLP-Exporter-Cpp/" WEFT_VERSION_STRING);
}

TEST_F(DeliveryRequest, AsksTheCollectorNotToTraceIt) {
  EXPECT_EQ(first_request().headers["b3"], "0");
}

TEST_F(DeliveryRequest, WaitsForNoPermissionToSendTheBody) {
  EXPECT_FALSE(first_request().headers.contains("expect"));
}

TEST_F(DeliveryRequest, CarriesTheUsersHeaders) {
  deliver_with({.headers = {{"authorization", "Bearer x"}, {"x-empty", ""}}});
  Received request = first_request();
  EXPECT_EQ(request.headers["authorization"], "Bearer x");
  EXPECT_TRUE(request.headers.contains("x-empty"));
}

TEST_F(DeliveryRequest, HoldsEverySpanOfTheBatch) { EXPECT_EQ(spans_in(first_request().body), 3U); }

TEST_F(DeliveryRequest, IsNotPackedTowardsTheLoopback) {
  EXPECT_FALSE(first_request().headers.contains("content-encoding"));
}

TEST_F(DeliveryRequest, IsPackedWhenAskedFor) {
  deliver_with({.compression = Compression::gzip});
  Received request = first_request();
  EXPECT_EQ(request.headers["content-encoding"], "gzip");
  EXPECT_EQ(spans_in(unzipped(request.body)), 3U);
}

TEST_F(DeliveryRequest, GoesOverOneConnectionForManyBatches) {
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(run_until_answered(submit(2)));
  EXPECT_EQ(server.count(), 20U);
  EXPECT_EQ(server.connections(), 1U);
}

TEST_F(DeliveryRequest, IsMadeAnewWhenTheServerClosedTheIdleConnection) {
  server.then({.headers = {{"Connection", "close"}}});
  ASSERT_TRUE(run_until_answered(submit(1)));
  const std::size_t second = submit(1);
  ASSERT_TRUE(run_until_answered(second));
  expect_outcome(outcomes[second], 1, 0);
}

TEST_F(DeliveryRequest, IsOneOfSeveralAtTheSameTimeUpToTheLimit) {
  deliver_with({.max_in_flight = 3});
  for (int i = 0; i < 3; ++i) server.then({.then = Answer::Then::hang});
  for (int i = 0; i < 5; ++i) submit(1);
  ASSERT_TRUE(run_until([&] { return server.count() == 3; }));
  run_on();
  EXPECT_EQ(server.count(), 3U);
}

TEST_F(DeliveryRequest, HasNoMoreSpansThanFitTheLimit) {
  const RecordSpec spec{.attributes = {{"filler", std::string(1000, 'x')}}};
  deliver_with({.max_request_size = 5000});
  const std::size_t index = submit(records.batch(11, spec));
  ASSERT_TRUE(run_until_answered(index));
  expect_outcome(outcomes[index], 11, 0);
  std::size_t arrived = 0;
  for (const Received& request : server.received()) {
    EXPECT_LE(request.body.size(), 5000U);
    arrived += spans_in(request.body);
  }
  EXPECT_EQ(arrived, 11U);
  EXPECT_EQ(server.count(), 3U);
}

// 60 MiB, which gzip makes a half of.
TEST_F(DeliveryRequest, OfAHugeBatchIsPackedAndSplitWithinTheLimit) {
  constexpr std::size_t kSpans = 500;
  constexpr std::size_t kLimit = std::size_t{16} << 20U;
  Records many(4096, std::size_t{80} << 20U);
  deliver_with({.compression = Compression::gzip, .max_request_size = kLimit});
  std::minstd_rand random;
  std::vector<detail::Record*> batch;
  for (std::size_t i = 0; i < kSpans; ++i) {
    std::string text(std::size_t{120} << 10U, '\0');
    for (char& c : text) c = "0123456789abcdef"[random() >> 20U & 15U];
    batch.push_back(many.make({.attributes = {{"filler", text}}}));
  }
  const std::size_t index = submit(Records::batch_of(std::move(batch)));
  ASSERT_TRUE(run_until_answered(index));
  expect_outcome(outcomes[index], kSpans, 0);
  std::size_t arrived = 0;
  for (const Received& request : server.received()) {
    EXPECT_EQ(request.headers.at("content-encoding"), "gzip");
    EXPECT_LT(request.body.size(), kLimit * 2 / 3);
    const std::string text = unzipped(request.body);
    EXPECT_LE(text.size(), kLimit);
    arrived += spans_in(text);
  }
  EXPECT_EQ(arrived, kSpans);
  EXPECT_EQ(server.count(), 4U);
}

TEST_F(DeliveryRequest, LeavesOutASpanThatExceedsTheLimitAlone) {
  deliver_with({.max_request_size = 5000});
  const RecordSpec large{.attributes = {{"filler", std::string(6000, 'x')}}};
  const std::size_t index =
      submit(Records::batch_of({records.make(), records.make(large), records.make()}));
  ASSERT_TRUE(run_until_answered(index));
  expect_outcome(outcomes[index], 2, 1);
  EXPECT_EQ(outcomes[index]->reason, GiveUp::too_large);
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0].code, ErrorCode::data_dropped);
}

TEST_F(DeliveryRequest, OfAnEmptyBatchIsNotSent) {
  const std::size_t index = submit(0);
  ASSERT_TRUE(run_until_answered(index));
  expect_outcome(outcomes[index], 0, 0);
  EXPECT_EQ(server.count(), 0U);
}

TEST_F(DeliveryRequest, AcceptedInPartIsNotRepeatedAndTheRestIsRejected) {
  // partial_success {rejected_spans: 2, error_message: "too old"}
  server.then({.headers = {{"Content-Type", "application/x-protobuf"}},
               .body = std::string("\x0a\x0b\x08\x02\x12\x07too old", 13)});
  const std::size_t index = submit(5);
  ASSERT_TRUE(run_until_answered(index));
  run_on();
  expect_outcome(outcomes[index], 3, 2);
  EXPECT_EQ(outcomes[index]->reason, GiveUp::rejected);
  EXPECT_EQ(server.count(), 1U);
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0].code, ErrorCode::partial_success);
  EXPECT_EQ(errors[0].what, server.url() + ": partial success: too old; 2 of 5 spans rejected");
}

TEST_F(DeliveryRequest, AcceptedWithAWarningIsDeliveredAndTold) {
  server.then({.headers = {{"Content-Type", "application/x-protobuf"}},
               .body = std::string("\x0a\x09\x12\x07use TLS", 11)});
  const std::size_t index = submit(5);
  ASSERT_TRUE(run_until_answered(index));
  expect_outcome(outcomes[index], 5, 0);
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0].what, server.url() + ": the receiver warns: use TLS; 5 spans accepted");
}

TEST_F(DeliveryRequest, AnsweredWithTextInsteadOfProtobufIsDelivered) {
  server.then({.headers = {{"Content-Type", "application/json"}}, .body = "{\"partial\":{}}"});
  const std::size_t index = submit(1);
  ASSERT_TRUE(run_until_answered(index));
  expect_outcome(outcomes[index], 1, 0);
  EXPECT_TRUE(errors.empty());
}

TEST_F(DeliveryRequest, AnsweredWithAPackedReplyIsUnderstood) {
  server.then(
      {.headers = {{"Content-Type", "application/x-protobuf"}, {"Content-Encoding", "gzip"}},
       .body = zipped(std::string("\x0a\x02\x08\x01", 4))});
  const std::size_t index = submit(4);
  ASSERT_TRUE(run_until_answered(index));
  expect_outcome(outcomes[index], 3, 1);
}

TEST_F(DeliveryRequest, AnsweredWithMoreThanTheResponseLimitIsRejected) {
  deliver_with({.max_response_size = 1000});
  server.then({.body = std::string(1001, 'x')});
  const std::size_t index = submit(2);
  ASSERT_TRUE(run_until_answered(index));
  expect_given_up(outcomes[index], 2, GiveUp::rejected);
  EXPECT_EQ(errors.at(0).what,
            server.url() + ": the reply exceeds max_response_size; 2 spans dropped");
}

TEST_F(DeliveryRequest, AnsweredWithMoreThanTheResponseLimitOnceUnpackedIsRejected) {
  deliver_with({.max_response_size = 100000});
  server.then(
      {.headers = {{"Content-Encoding", "gzip"}}, .body = zipped(std::string(50'000'000, 'x'))});
  const std::size_t index = submit(2);
  ASSERT_TRUE(run_until_answered(index));
  expect_given_up(outcomes[index], 2, GiveUp::rejected);
}

TEST_F(DeliveryRequest, AnsweredWithinTheResponseLimitIsAccepted) {
  deliver_with({.max_response_size = 1000});
  server.then({.body = std::string(1000, 'x')});
  const std::size_t index = submit(2);
  ASSERT_TRUE(run_until_answered(index));
  expect_outcome(outcomes[index], 2, 0);
}

TEST_F(DeliveryRequest, AnsweredWithSomethingThatIsNotHttpIsRejected) {
  server.then({.body = "220 mail.example ESMTP\r\n", .then = Answer::Then::raw});
  const std::size_t index = submit(2);
  ASSERT_TRUE(run_until_answered(index));
  expect_given_up(outcomes[index], 2, GiveUp::rejected);
}

}  // namespace weft::testing
