// SPDX-License-Identifier: Apache-2.0
// Whichever allocation on the way of a batch finds no memory: the batch is answered, once and for
// all of its spans, and the process goes on.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>

#include <weft/exporters/console.hpp>
#include <weft/exporters/otlp_file.hpp>
#include <weft/exporters/otlp_http.hpp>
#include <weft/exporters/zipkin.hpp>

#include "exporters/records.hpp"
#include "exporters/scripted_server.hpp"
#include "otlp/reply.hpp"
#include "processor/async_exporter.hpp"
#include "propagators/counted_new.hpp"
#include "remote_sampling/service.hpp"
#include "remote_sampling/strategy.hpp"

namespace weft::testing {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

constexpr std::size_t kSpans = 3;
constexpr std::size_t kMostAllocations = 2000;

/// What it does with three spans when no allocation after the first `good` ones succeeds.
detail::Outcome outcome_of(SpanExporter& exporter, const detail::SharedBatch& batch,
                           std::chrono::milliseconds time, std::size_t good) {
  const auto face = exporter.async_exporter();
  std::optional<detail::Outcome> outcome;
  int answers = 0;
  const auto answer = [&](const detail::Outcome& result) {
    outcome = result;
    ++answers;
    face->wake();
  };
  detail::Completion completion(std::ref(answer));
  {
    const weft_test::NoMemoryAfter limit(good);
    face->submit(batch, std::move(completion));
    if (!outcome) face->run(steady_clock::now() + time);
    face->close(steady_clock::now());
  }
  EXPECT_EQ(answers, 1) << good;
  EXPECT_TRUE(face->idle()) << good;
  return outcome.value_or(detail::Outcome{});
}

class WithoutMemory : public ::testing::Test {
 protected:
  /// With memory for ever more allocations, until all is well `times` in a row.
  template <class Make>
  void try_every_allocation(Make&& make, std::chrono::milliseconds time, bool is_delivered) {
    const detail::SharedBatch batch = records.batch(kSpans);
    for (std::size_t good = 0; good < kMostAllocations; good += good < 60 ? 1 : 97) {
      const ExporterPtr exporter = make();
      exporter->async_exporter()->set_error_sink([](const Error& error) {
        const std::string copy = error.what;  // as the reporter makes one
        EXPECT_FALSE(copy.empty());
      });
      last = outcome_of(*exporter, batch, good < 60 ? time / 5 : time, good);
      ASSERT_EQ(last.accepted + last.given_up, kSpans) << good;
      if (good == 0) {
        EXPECT_EQ(last.reason, detail::GiveUp::retry_exhausted);
      }
    }
    EXPECT_EQ(last.accepted, is_delivered ? kSpans : 0U);
  }

  Records records;
  detail::Outcome last;
};

TEST_F(WithoutMemory, ABatchForAFileIsAnswered) {
  const auto path =
      std::filesystem::temp_directory_path() / ("weft_memory_" + std::to_string(::getpid()));
  try_every_allocation([&] { return exporters::otlp_file({.path = path}); }, 0ms, true);
  std::filesystem::remove(path);
}

TEST_F(WithoutMemory, ABatchForAFullDiskIsAnswered) {
  try_every_allocation([] { return exporters::otlp_file({.path = "/dev/full"}); }, 0ms, false);
  EXPECT_EQ(last.reason, detail::GiveUp::shutdown);
}

TEST_F(WithoutMemory, ABatchForAConsoleIsAnswered) {
  std::ostringstream out;
  const auto make = [&] {
    out.clear();  // it found no memory either
    return exporters::console({.out = &out});
  };
  try_every_allocation(make, 0ms, true);
}

TEST_F(WithoutMemory, ABatchThatIsRefusedIsAnswered) {
  ScriptedServer server;
  for (std::size_t i = 0; i < kMostAllocations; ++i) server.then({.status = 400, .body = "no"});
  try_every_allocation([&] { return exporters::otlp_http({.endpoint = server.url()}); }, 200ms,
                       false);
  EXPECT_EQ(last.reason, detail::GiveUp::rejected);
}

TEST_F(WithoutMemory, ABatchForZipkinIsAnswered) {
  ScriptedServer server;
  try_every_allocation([&] { return exporters::zipkin({.endpoint = server.url()}); }, 200ms, true);
}

TEST_F(WithoutMemory, AReplyInJsonIsReadOrNot) {
  const std::string_view reply =
      R"({"partialSuccess": {"rejectedSpans": "3", "errorMessage": "one that is long enough"}})";
  bool is_read = false;
  for (std::size_t good = 0; !is_read; ++good) {
    ASSERT_LT(good, 100U);
    const weft_test::NoMemoryAfter limit(good);
    try {
      is_read = otlp::read_json_response(reply)->rejected_spans == 3;
    } catch (const std::bad_alloc&) {
      // As good as no reply.
    }
  }
}

TEST_F(WithoutMemory, AStrategyInJsonIsReadOrNot) {
  const std::string_view answer = R"({"operationSampling": {"defaultSamplingProbability": 0.5,
      "perOperationStrategies": [{"operation": "one with a name that is long enough",
                                  "probabilisticSampling": {"samplingRate": 1}}]}})";
  bool is_read = false;
  for (std::size_t good = 0; !is_read; ++good) {
    ASSERT_LT(good, 100U);
    const weft_test::NoMemoryAfter limit(good);
    try {
      std::string why;
      is_read = remote_sampling::read_strategy(answer, why)->by_operation.has_value();
    } catch (const std::bad_alloc&) {
      // As good as no answer.
    }
  }
}

TEST(Memory, IsNotTakenByWhatAStrategyInJsonHoldsBesideItsNumbers) {
  std::string answer = R"({"probabilisticSampling":{"samplingRate":0.5},"other":[)";
  while (answer.size() < remote_sampling::kLargestAnswer - 100) answer += "{},";
  answer += "{}]}";
  std::string why;
  const std::size_t before = weft_test::allocations();
  EXPECT_TRUE(remote_sampling::read_strategy(answer, why));
  EXPECT_LT(weft_test::allocations() - before, 200U);
}

TEST_F(WithoutMemory, ABatchThatIsTooLargeIsAnswered) {
  const auto make = [] {
    return exporters::otlp_http({.endpoint = "http://127.0.0.1:1/", .max_request_size = 1024});
  };
  const detail::SharedBatch batch =
      records.batch(2, {.attributes = {{"large", std::string(5000, 'x')}}});
  for (std::size_t good = 0; good < 60; ++good) {
    const ExporterPtr exporter = make();
    const detail::Outcome outcome = outcome_of(*exporter, batch, 20ms, good);
    ASSERT_EQ(outcome.accepted + outcome.given_up, 2U) << good;
  }
}

// It makes a delivery of its own, which takes memory.
TEST_F(WithoutMemory, ABatchOfAForkedChildIsAnswered) {
  const ExporterPtr exporter = exporters::otlp_file({.path = "/dev/null"});
  const detail::SharedBatch batch = records.batch(kSpans);
  const pid_t child = ::fork();
  if (child == 0) {
    const detail::Outcome outcome = outcome_of(*exporter, batch, 0ms, 0);
    ::_exit(outcome.given_up == kSpans && !HasFailure() ? 0 : 1);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace weft::testing
