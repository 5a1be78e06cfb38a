// SPDX-License-Identifier: Apache-2.0
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>

#include "exporters/delivery_fixture.hpp"

// The end, threads and forks.

namespace weft::testing {

namespace {

using detail::GiveUp;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

class DeliveryEnd : public DeliveryTest {};

// The same with the real clock and a thread that runs it, as the pipeline does.
class DeliveryThread : public ::testing::Test {
 protected:
  DeliveryThread() {
    std::vector<Error> problems;
    delivery = std::make_unique<delivery::Delivery>(
        otlp::http_delivery_settings({.endpoint = server.url()}, problems), problems);
  }
  ~DeliveryThread() override { stop(); }

  void start() {
    thread = std::thread([this] {
      while (!stopping) delivery->run(steady_clock::now() + seconds{60});
    });
  }
  void stop() {
    stopping = true;
    delivery->wake();
    if (thread.joinable()) thread.join();
  }
  void submit(std::size_t spans) {
    delivery->submit(records.batch(spans), [this](const detail::Outcome& outcome) {
      accepted += outcome.accepted;
      given_up += outcome.given_up;
    });
  }

  Records records;
  detail::Record* const shared = records.make();  // deliveries only read
  ScriptedServer server;
  std::unique_ptr<delivery::Delivery> delivery;
  std::thread thread;
  std::atomic<bool> stopping{false};
  std::atomic<std::size_t> accepted{0};
  std::atomic<std::size_t> given_up{0};
};

}  // namespace

TEST_F(DeliveryEnd, IsIdleBeforeTheFirstBatch) { EXPECT_TRUE(delivery().idle()); }

TEST_F(DeliveryEnd, IsNotIdleUntilTheBatchIsAnswered) {
  const std::size_t index = submit(1);
  EXPECT_FALSE(delivery().idle());
  ASSERT_TRUE(run_until_answered(index));
  EXPECT_TRUE(delivery().idle());
}

TEST_F(DeliveryEnd, IsNotIdleWhileABatchWaitsForItsNextTry) {
  server.then({.status = 503});
  submit(1);
  ASSERT_TRUE(run_until_errors(1));
  EXPECT_FALSE(delivery().idle());
}

TEST_F(DeliveryEnd, GivesUpWhatIsQueued) {
  const std::size_t index = submit(4);
  delivery().close(now);
  expect_given_up(outcomes[index], 4, GiveUp::shutdown);
  EXPECT_TRUE(delivery().idle());
}

TEST_F(DeliveryEnd, GivesUpWhatIsInFlightIntoABlackHole) {
  server.then({.then = Answer::Then::hang});
  const std::size_t index = submit(4);
  ASSERT_TRUE(run_until([&] { return server.count() == 1; }));
  const auto before = steady_clock::now();
  delivery().close(now);
  EXPECT_LT(steady_clock::now() - before, seconds{1});
  expect_given_up(outcomes[index], 4, GiveUp::shutdown);
}

TEST_F(DeliveryEnd, GivesUpWhatWaitsForItsNextTry) {
  server.then({.status = 503});
  const std::size_t index = submit(4);
  ASSERT_TRUE(run_until_errors(1));
  delivery().close(now);
  expect_given_up(outcomes[index], 4, GiveUp::shutdown);
}

TEST_F(DeliveryEnd, GivesUpWhatIsSubmittedAfterwards) {
  delivery().close(now);
  const std::size_t index = submit(4);
  expect_given_up(outcomes[index], 4, GiveUp::shutdown);
}

TEST_F(DeliveryEnd, IsNotForEverWhenAnotherTelemetryTakesTheExporter) {
  delivery().close(now);
  delivery().set_error_sink([](const Error&) {});
  const std::size_t index = submit(4);
  ASSERT_TRUE(run_until_answered(index));
  expect_outcome(outcomes[index], 4, 0);
}

TEST_F(DeliveryEnd, DoesNotWaitForANameThatIsBeingResolved) {
  deliver_with({.endpoint = "http://no-such-host.invalid:4318/v1/traces"});
  const std::size_t index = submit(1);
  delivery().run(now);
  const auto before = steady_clock::now();
  delivery().close(now);
  EXPECT_LT(steady_clock::now() - before, seconds{1});
  EXPECT_TRUE(outcomes[index].has_value());
}

TEST_F(DeliveryEnd, OfABatchThatIsShedWhileItWaitsLeavesTheOthers) {
  server.then({.status = 503});
  const detail::SharedBatch first = records.batch(2);
  const std::size_t shed = submit(first);
  ASSERT_TRUE(run_until_errors(1));
  const std::size_t other = submit(1);
  EXPECT_EQ(delivery().shed(first, detail::Shed::waiting), 2U);
  expect_given_up(outcomes[shed], 2, GiveUp::queue_full);
  advance(seconds{1});
  ASSERT_TRUE(run_until_answered(other));
  expect_outcome(outcomes[other], 1, 0);
  EXPECT_EQ(server.count(), 2U);
}

TEST_F(DeliveryEnd, OfABatchThatIsShedOnItsWayLetsItsPlaceGoWithItsAnswer) {
  deliver_with({.timeout = milliseconds{150}, .max_in_flight = 1});
  server.then({.then = Answer::Then::hang});
  const detail::SharedBatch first = records.batch(2);
  const std::size_t shed = submit(first);
  ASSERT_TRUE(run_until([&] { return server.count() == 1; }));
  EXPECT_EQ(delivery().shed(first, detail::Shed::waiting), 0U);
  EXPECT_EQ(delivery().shed(first, detail::Shed::all), 2U);
  expect_given_up(outcomes[shed], 2, GiveUp::queue_full);
  const std::size_t next = submit(1);
  ASSERT_TRUE(run_until([&] {
    advance(milliseconds{100});  // beyond every backoff
    return outcomes[next].has_value();
  }));
  expect_outcome(outcomes[next], 1, 0);
}

TEST_F(DeliveryThread, SendsABatchThatIsSubmittedWhileItSleeps) {
  start();
  submit(3);
  EXPECT_TRUE(server.wait_for(1, seconds{10}));
}

TEST_F(DeliveryThread, EndsARunWhenItIsWoken) {
  start();
  const auto before = steady_clock::now();
  stop();
  EXPECT_LT(steady_clock::now() - before, seconds{10});
}

TEST_F(DeliveryThread, RemembersAWakeUpUntilTheNextRun) {
  delivery->wake();
  const auto before = steady_clock::now();
  delivery->run(before + seconds{30});
  EXPECT_LT(steady_clock::now() - before, seconds{10});
}

TEST_F(DeliveryThread, ClosedByAnotherThreadCompletesWhatIsInABlackHole) {
  server.then({.then = Answer::Then::hang});
  start();
  submit(5);
  ASSERT_TRUE(server.wait_for(1, seconds{10}));
  const auto before = steady_clock::now();
  delivery->close(before);
  EXPECT_LT(steady_clock::now() - before, seconds{1});
  EXPECT_EQ(given_up, 5U);
}

TEST_F(DeliveryThread, CompletesEveryBatchExactlyOnceWhileItIsClosed) {
  start();
  std::vector<std::thread> producers;
  for (int i = 0; i < 3; ++i) {
    producers.emplace_back([this] {
      for (int j = 0; j < 200; ++j) {
        delivery->submit(detail::SharedBatch(std::make_shared<const std::vector<detail::Record*>>(
                             std::vector<detail::Record*>{shared})),
                         [this](const detail::Outcome& outcome) {
                           accepted += outcome.accepted;
                           given_up += outcome.given_up;
                         });
      }
    });
  }
  server.wait_for(20, seconds{10});
  delivery->close(steady_clock::now());
  for (std::thread& producer : producers) producer.join();
  EXPECT_EQ(accepted + given_up, 600U);
}

// The child speaks over a connection of its own, and does not disturb its parent's.
TEST_F(DeliveryThread, WorksInAForkedChildAndGoesOnInTheParent) {
  start();
  submit(1);
  ASSERT_TRUE(server.wait_for(1, seconds{10}));
  const pid_t child = ::fork();
  if (child == 0) {
    std::atomic<bool> done{false};
    delivery->submit(records.batch(1), [&](const detail::Outcome& outcome) {
      done = outcome.accepted == 1;
      delivery->wake();
    });
    const auto patience = steady_clock::now() + seconds{10};
    while (!done && steady_clock::now() < patience) delivery->run(patience);
    ::_exit(done ? 0 : 1);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  submit(1);
  EXPECT_TRUE(server.wait_for(3, seconds{10}));
  EXPECT_EQ(server.connections(), 2U);
}

}  // namespace weft::testing
