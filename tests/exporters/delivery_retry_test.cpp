// SPDX-License-Identifier: Apache-2.0
#include "exporters/delivery_fixture.hpp"

// What is sent again, when, and how often.

namespace weft::testing {

namespace {

using detail::GiveUp;
using exporters::RetryOptions;
using std::chrono::milliseconds;
using std::chrono::seconds;

class DeliveryRetry : public DeliveryTest {
 protected:
  // A first attempt that failed for a reason to try again.
  std::size_t fail_once(Answer answer = {.status = 503}) {
    server.then(std::move(answer));
    const std::size_t index = submit(1);
    EXPECT_TRUE(run_until_errors(1));
    return index;
  }
};

class RetryableStatus : public DeliveryRetry, public ::testing::WithParamInterface<int> {};
class FinalStatus : public DeliveryRetry, public ::testing::WithParamInterface<int> {};

}  // namespace

TEST_P(RetryableStatus, IsTriedAgainAndDelivered) {
  const std::size_t index = fail_once({.status = GetParam()});
  EXPECT_FALSE(outcomes[index].has_value());
  advance(milliseconds{500});
  ASSERT_TRUE(run_until_answered(index));
  expect_outcome(outcomes[index], 1, 0);
  EXPECT_EQ(server.count(), 2U);
}
INSTANTIATE_TEST_SUITE_P(Statuses, RetryableStatus, ::testing::Values(429, 502, 503, 504));

TEST_P(FinalStatus, IsRejectedAtOnce) {
  server.then({.status = GetParam(), .headers = {{"Location", "/elsewhere"}}});
  const std::size_t index = submit(2);
  ASSERT_TRUE(run_until_answered(index));
  advance(seconds{60});
  run_on();
  expect_given_up(outcomes[index], 2, GiveUp::rejected);
  EXPECT_EQ(server.count(), 1U);
  EXPECT_EQ(errors.size(), 1U);
}
INSTANTIATE_TEST_SUITE_P(Statuses, FinalStatus,
                         ::testing::Values(301, 302, 307, 308, 400, 401, 403, 404, 405, 408, 413,
                                           415, 422, 431, 500, 501, 505, 507, 511));

TEST_F(DeliveryRetry, TellsTheServersReasonForARejection) {
  // google.rpc.Status {code: 3, message: "bad span"}
  server.then({.status = 400,
               .headers = {{"Content-Type", "application/x-protobuf"}},
               .body = std::string("\x08\x03\x12\x08"
                                   "bad span",
                                   12)});
  ASSERT_TRUE(run_until_answered(submit(2)));
  EXPECT_EQ(errors.at(0).code, ErrorCode::export_failed);
  EXPECT_EQ(errors.at(0).what,
            server.url() + ": answered 400 Bad Request: bad span; 2 spans dropped");
}

TEST_F(DeliveryRetry, TellsWhatIsKeptAndWhenTheNextTryIs) {
  fail_once();
  EXPECT_EQ(errors.at(0).what, server.url() +
                                   ": answered 503 Service Unavailable; 1 span kept, "
                                   "next try in 500 ms");
}

TEST_F(DeliveryRetry, IsNotBeforeTheBackoffIsOver) {
  fail_once();
  advance(milliseconds{499});
  run_on();
  EXPECT_EQ(server.count(), 1U);
  advance(milliseconds{1});
  EXPECT_TRUE(run_until([&] { return server.count() == 2; }));
}

TEST_F(DeliveryRetry, WaitsTwiceAsLongAfterEachFailure) {
  fail_once();
  for (const int wait : {500, 1000, 2000}) {
    server.then({.status = 503});
    advance(milliseconds{wait});
    const std::size_t known = errors.size();
    ASSERT_TRUE(run_until_errors(known + 1));
  }
  EXPECT_NE(errors.back().what.find("next try in 4 s"), std::string::npos) << errors.back().what;
}

TEST_F(DeliveryRetry, BeginsAfreshAfterASuccess) {
  const std::size_t index = fail_once();
  advance(milliseconds{500});
  ASSERT_TRUE(run_until_answered(index));
  errors.clear();
  fail_once();
  EXPECT_NE(errors.back().what.find("next try in 500 ms"), std::string::npos);
}

TEST_F(DeliveryRetry, WaitsAsLongAsTheServerAsksInSeconds) {
  const std::size_t index = fail_once({.status = 429, .headers = {{"Retry-After", "7"}}});
  advance(milliseconds{6999});
  run_on();
  EXPECT_EQ(server.count(), 1U);
  advance(milliseconds{1});
  ASSERT_TRUE(run_until_answered(index));
}

TEST_F(DeliveryRetry, WaitsUntilTheDateThatTheServerNames) {
  // The fixture's clock shows Wed, 14 Oct 2026 17:46:40 GMT.
  const std::size_t index =
      fail_once({.status = 503, .headers = {{"Retry-After", "Wed, 14 Oct 2026 17:47:00 GMT"}}});
  advance(milliseconds{19999});
  run_on();
  EXPECT_EQ(server.count(), 1U);
  advance(milliseconds{1});
  ASSERT_TRUE(run_until_answered(index));
}

TEST_F(DeliveryRetry, NeverWaitsLessThanItsOwnBackoff) {
  fail_once({.status = 503, .headers = {{"Retry-After", "0"}}});
  run_on();
  EXPECT_EQ(server.count(), 1U);
}

TEST_F(DeliveryRetry, GivesUpAtOnceWhenTheServerAsksForMoreThanTheBatchMayAge) {
  const std::size_t index = fail_once({.status = 503, .headers = {{"Retry-After", "301"}}});
  ASSERT_TRUE(run_until_answered(index));
  expect_given_up(outcomes[index], 1, GiveUp::retry_exhausted);
}

TEST_F(DeliveryRetry, GivesUpWhenTheBatchIsTooOld) {
  deliver_with({.retry = {.max_age = seconds{10}}});
  const std::size_t index = fail_once();
  for (int i = 0; i < 8; ++i) server.then({.status = 503});
  while (!outcomes[index].has_value()) {
    const std::size_t known = errors.size();
    ASSERT_LT(known, 9U);
    advance(seconds{15});
    ASSERT_TRUE(run_until_errors(known + 1));
  }
  expect_given_up(outcomes[index], 1, GiveUp::retry_exhausted);
}

TEST_F(DeliveryRetry, IsNotMadeWhenSwitchedOff) {
  deliver_with({.retry = {.enabled = false}});
  const std::size_t index = fail_once();
  ASSERT_TRUE(run_until_answered(index));
  expect_given_up(outcomes[index], 1, GiveUp::retry_exhausted);
}

TEST_F(DeliveryRetry, SendsTheOldestBatchFirst) {
  const RecordSpec first{.name = "the-first-one"};
  const RecordSpec second{.name = "the-second-one"};
  server.then({.status = 503});
  submit(records.batch(1, first));
  ASSERT_TRUE(run_until_errors(1));
  submit(records.batch(1, second));
  advance(milliseconds{500});
  ASSERT_TRUE(run_until([&] { return server.count() == 3; }));
  EXPECT_NE(server.received()[1].body.find(first.name), std::string::npos);
  EXPECT_NE(server.received()[2].body.find(second.name), std::string::npos);
}

TEST_F(DeliveryRetry, FindsOutWithOneRequestAtATime) {
  fail_once();
  server.then({.then = Answer::Then::hang});
  for (int i = 0; i < 4; ++i) submit(1);
  advance(milliseconds{500});
  ASSERT_TRUE(run_until([&] { return server.count() == 2; }));
  run_on();
  EXPECT_EQ(server.count(), 2U);
}

TEST_F(DeliveryRetry, SendsTheVeryBytesOfTheFirstAttempt) {
  const std::size_t index = fail_once();
  advance(milliseconds{500});
  ASSERT_TRUE(run_until_answered(index));
  EXPECT_EQ(server.received()[0].body, server.received()[1].body);
}

TEST_F(DeliveryRetry, IsMadeAtOnceWhenAFlushHurries) {
  const std::size_t index = fail_once();
  delivery().hurry();
  ASSERT_TRUE(run_until_answered(index));
  expect_outcome(outcomes[index], 1, 0);
}

TEST_F(DeliveryRetry, IsNotMadeBeforeTheServersTimeEvenWhenAFlushHurries) {
  fail_once({.status = 429, .headers = {{"Retry-After", "7"}}});
  delivery().hurry();
  run_on();
  EXPECT_EQ(server.count(), 1U);
}

TEST_F(DeliveryRetry, FollowsAServerThatClosesWithoutAWord) {
  const std::size_t index = fail_once({.then = Answer::Then::close});
  advance(milliseconds{500});
  ASSERT_TRUE(run_until_answered(index));
  expect_outcome(outcomes[index], 1, 0);
}

TEST_F(DeliveryRetry, FollowsAServerThatClosesAfterItHadAnsweredAnotherRequest) {
  server.then({.headers = {{"Connection", "close"}}});  // else libcurl itself tries a fresh one
  ASSERT_TRUE(run_until_answered(submit(1)));
  const std::size_t index = fail_once({.then = Answer::Then::close});
  EXPECT_FALSE(outcomes[index].has_value());
  advance(milliseconds{500});
  ASSERT_TRUE(run_until_answered(index));
  EXPECT_EQ(server.count(), 3U);
}

TEST_F(DeliveryRetry, IsNotMadeWhenTheStatusCameBeforeTheServerClosed) {
  server.then(
      {.body = "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf of", .then = Answer::Then::raw});
  const std::size_t index = submit(1);
  ASSERT_TRUE(run_until_answered(index));
  expect_outcome(outcomes[index], 1, 0);
}

TEST_F(DeliveryRetry, FollowsAConnectionThatIsReset) {
  server.then({.then = Answer::Then::reset});
  submit(2);
  ASSERT_TRUE(run_until_errors(1));
  EXPECT_NE(errors[0].what.find("2 spans kept"), std::string::npos) << errors[0].what;
  EXPECT_EQ(server.count(), 1U);
}

TEST_F(DeliveryRetry, FollowsARefusedConnection) {
  const int port = ScriptedServer::free_port();
  deliver_with({.endpoint = "http://127.0.0.1:" + std::to_string(port) + "/v1/traces"});
  const std::size_t index = submit(3);
  ASSERT_TRUE(run_until_errors(1));
  EXPECT_EQ(errors[0].code, ErrorCode::export_failed);
  EXPECT_NE(errors[0].what.find("3 spans kept"), std::string::npos) << errors[0].what;
  ScriptedServer late(port);
  advance(milliseconds{500});
  ASSERT_TRUE(run_until_answered(index));
  expect_outcome(outcomes[index], 3, 0);
}

TEST_F(DeliveryRetry, FollowsANameThatDoesNotResolve) {
  deliver_with({.endpoint = "http://no-such-host.invalid:4318/v1/traces"});
  const std::size_t index = submit(1);
  ASSERT_TRUE(run_until_errors(1));
  EXPECT_FALSE(outcomes[index].has_value());
}

TEST_F(DeliveryRetry, FollowsATimeoutWhichEndsTheAttemptAndNotTheBatch) {
  deliver_with({.timeout = milliseconds{100}});
  const std::size_t index = fail_once({.then = Answer::Then::hang});
  EXPECT_FALSE(outcomes[index].has_value());
  advance(milliseconds{500});
  ASSERT_TRUE(run_until_answered(index));
  expect_outcome(outcomes[index], 1, 0);
}

TEST_F(DeliveryRetry, OfOnePartOfASplitBatchLeavesTheOtherDelivered) {
  const RecordSpec spec{.attributes = {{"filler", std::string(1000, 'x')}}};
  deliver_with({.max_request_size = 3000, .max_in_flight = 1});
  server.then({});
  server.then({.status = 503});
  const std::size_t index = submit(records.batch(4, spec));
  ASSERT_TRUE(run_until_errors(1));
  advance(milliseconds{500});
  ASSERT_TRUE(run_until_answered(index));
  expect_outcome(outcomes[index], 4, 0);
  EXPECT_EQ(server.count(), 3U);
  EXPECT_EQ(server.received()[1].body, server.received()[2].body);
}

}  // namespace weft::testing
