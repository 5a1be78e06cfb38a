// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <string>

#include "exporters/scripted_server.hpp"
#include "remote_sampling/argument.hpp"
#include "remote_sampling/strategy.hpp"
#include "sampling/asking.hpp"
#include "support/recorded.hpp"

namespace weft::testing {
namespace {

using namespace std::chrono_literals;
using remote_sampling::make_strategy;
using remote_sampling::read_argument;
using remote_sampling::read_strategy;
using remote_sampling::StrategyNumbers;

std::optional<StrategyNumbers> read(std::string_view json) {
  std::string why;
  return read_strategy(json, why);
}

std::string reason(std::string_view json) {
  std::string why;
  EXPECT_FALSE(read_strategy(json, why)) << json;
  return why;
}

constexpr const char* kPerOperation =
    R"({"strategyType":"PROBABILISTIC","probabilisticSampling":{"samplingRate":0.9},
        "operationSampling":{"defaultSamplingProbability":0.25,"defaultLowerBoundTracesPerSecond":2,
        "perOperationStrategies":[{"operation":"foo","probabilisticSampling":{"samplingRate":0.5}}],
        "defaultUpperBoundTracesPerSecond":11.2}})";

TEST(StrategyJson, HasAProbability) {
  EXPECT_EQ(
      read(R"({"strategyType":"PROBABILISTIC","probabilisticSampling":{"samplingRate":0.42}})")
          ->probability,
      0.42);
}

TEST(StrategyJson, HasARate) {
  EXPECT_EQ(
      read(R"({"strategyType":"RATE_LIMITING","rateLimitingSampling":{"maxTracesPerSecond":42}})")
          ->traces_per_second,
      42);
}

TEST(StrategyJson, HasOperations) {
  const auto numbers = read(kPerOperation)->by_operation;
  ASSERT_TRUE(numbers);
  EXPECT_EQ(numbers->default_probability, 0.25);
  EXPECT_EQ(numbers->least_per_second, 2);
  ASSERT_EQ(numbers->probabilities.size(), 1U);
  EXPECT_EQ(numbers->probabilities[0], (std::pair<std::string, double>("foo", 0.5)));
}

TEST(StrategyJson, MayNameItsTypeByNumberOrWronglyOrNotAtAll) {
  for (const char* type : {"\"strategyType\":0,", "\"strategyType\":\"RATE_LIMITING\",", ""}) {
    const auto numbers =
        read("{" + std::string(type) + R"("probabilisticSampling":{"samplingRate":1}})");
    ASSERT_TRUE(numbers) << type;
    EXPECT_EQ(numbers->probability, 1);
  }
}

TEST(StrategyJson, TakesNullForAbsent) {
  const auto numbers =
      read(R"({"operationSampling":null,"probabilisticSampling":{"samplingRate":0.5},"x":[1]})");
  ASSERT_TRUE(numbers);
  EXPECT_FALSE(numbers->by_operation);
}

TEST(StrategyJson, LeavesOutOperationsThatMakeNoSense) {
  const auto numbers = read(R"({"operationSampling":{"defaultSamplingProbability":0.1,
      "perOperationStrategies":[{"operation":1},{"operation":"a"},null,"b",
        {"operation":"c","probabilisticSampling":{"samplingRate":2}},
        {"operation":"d","probabilisticSampling":{"samplingRate":1}}]}})");
  ASSERT_TRUE(numbers);
  ASSERT_EQ(numbers->by_operation->probabilities.size(), 1U);
  EXPECT_EQ(numbers->by_operation->probabilities[0].first, "d");
}

TEST(StrategyJson, ThatSaysNothingUsefulIsRefused) {
  for (const char* text :
       {"{}", R"({"probabilisticSampling":{"samplingRate":1.5}})",
        R"({"probabilisticSampling":{"samplingRate":"1"}})", R"({"probabilisticSampling":[]})",
        R"({"rateLimitingSampling":{"maxTracesPerSecond":-1}})"}) {
    EXPECT_EQ(reason(text), "the answer names no strategy that can be used") << text;
  }
  for (const char* text : {"", "[]", "nonsense", "{", "null"}) {
    EXPECT_EQ(reason(text), "the answer is no JSON object") << text;
  }
}

TEST(StrategyJson, OfAKeyThatIsThereTwiceTakesTheLast) {
  EXPECT_EQ(read(R"({"probabilisticSampling":{"samplingRate":0.1},
                     "probabilisticSampling":{"samplingRate":0.2}})")
                ->probability,
            0.2);
  EXPECT_FALSE(read(R"({"rateLimitingSampling":{"maxTracesPerSecond":1},
                        "probabilisticSampling":{"samplingRate":0.2},
                        "probabilisticSampling":null})")
                   ->probability);
  const auto numbers = read(R"({"operationSampling":{"defaultSamplingProbability":0.1,
      "perOperationStrategies":[{"operation":"a","probabilisticSampling":{"samplingRate":1}}],
      "perOperationStrategies":[{"operation":"b","operation":"c",
        "probabilisticSampling":{"samplingRate":1}}]}})");
  ASSERT_EQ(numbers->by_operation->probabilities.size(), 1U);
  EXPECT_EQ(numbers->by_operation->probabilities[0].first, "c");
}

TEST(StrategyJson, OfANumberThatIsThereTwiceTakesTheLastWhateverItIs) {
  for (const std::string last : {"null", "\"text\"", "true", "[1]", "{}"}) {
    const auto twice = [&](const std::string& name) {
      const std::string key = '"' + name + "\":";
      return key + "0.5," + key + last;
    };
    EXPECT_NE(reason(R"({"probabilisticSampling":{)" + twice("samplingRate") + "}}"), "");
    EXPECT_NE(reason(R"({"rateLimitingSampling":{)" + twice("maxTracesPerSecond") + "}}"), "");
    EXPECT_NE(reason(R"({"operationSampling":{)" + twice("defaultSamplingProbability") + "}}"), "");
    const auto numbers =
        read(R"({"operationSampling":{"defaultSamplingProbability":0.1,)" +
             twice("defaultLowerBoundTracesPerSecond") +
             R"(,"perOperationStrategies":[{"operation":"a","probabilisticSampling":{)" +
             twice("samplingRate") + "}}]}}");
    EXPECT_EQ(numbers->by_operation->least_per_second, 0) << last;
    EXPECT_TRUE(numbers->by_operation->probabilities.empty()) << last;
  }
}

TEST(StrategyJson, ReadsNumbersInTheirPlaceAlone) {
  for (const char* text : {R"([{"probabilisticSampling":{"samplingRate":1}}])",
                           R"({"a":{"probabilisticSampling":{"samplingRate":1}}})",
                           R"({"probabilisticSampling":{"a":{"samplingRate":1}}})",
                           R"({"probabilisticSampling":[{"samplingRate":1}]})",
                           R"({"probabilisticSampling":{"samplingRate":[1]}})"}) {
    EXPECT_FALSE(reason(text).empty()) << text;
  }
  const auto numbers = read(R"({"operationSampling":{"defaultSamplingProbability":0,
      "perOperationStrategies":{"a":{"operation":"a","probabilisticSampling":{"samplingRate":1}}}}})");
  EXPECT_TRUE(numbers->by_operation->probabilities.empty());
}

/// Asks a strategy about roots.
class Asked {
 public:
  explicit Asked(std::string_view json) : strategy_(make_strategy(*read(json))) {}
  SamplingResult operator()(std::string_view name, std::uint64_t randomness) const {
    const Context root;
    const Attributes none;
    return strategy_->decide({root, trace_of(randomness), name, SpanKind::internal, none, {}});
  }

 private:
  std::unique_ptr<remote_sampling::Strategy> strategy_;
};

bool is_sampled(const SamplingResult& result) {
  return result.decision == SamplingDecision::record_and_sample;
}

TEST(Strategy, ByProbabilityMarksWhatItSamples) {
  const Asked asked(R"({"probabilisticSampling":{"samplingRate":0.5}})");
  const SamplingResult result = asked("any", kHighest);
  EXPECT_EQ(*result.attributes.find("sampler.type"), "probabilistic");
  EXPECT_EQ(*result.attributes.find("sampler.param"), 0.5);
  EXPECT_EQ(result.trace_state.view(), "ot=th:8");
  EXPECT_FALSE(is_sampled(asked("any", 0)));
}

TEST(Strategy, ByRateMarksWhatItSamples) {
  const Asked asked(R"({"rateLimitingSampling":{"maxTracesPerSecond":2}})");
  EXPECT_EQ(*asked("any", 0).attributes.find("sampler.type"), "ratelimiting");
  EXPECT_EQ(*asked("any", 0).attributes.find("sampler.param"), 2.0);
  EXPECT_FALSE(is_sampled(asked("any", 0)));
}

TEST(Strategy, ByOperationTakesTheNamedOnesProbability) {
  const Asked asked(R"({"operationSampling":{"defaultSamplingProbability":0,
      "perOperationStrategies":[{"operation":"foo","probabilisticSampling":{"samplingRate":1}}]}})");
  EXPECT_TRUE(is_sampled(asked("foo", 0)));
  EXPECT_FALSE(is_sampled(asked("bar", kHighest)));
}

TEST(Strategy, ByOperationGuaranteesALeastRateForEach) {
  const Asked asked(kPerOperation);
  for (const char* name : {"foo", "bar"}) {
    EXPECT_TRUE(is_sampled(asked(name, 0))) << name;
    const SamplingResult second = asked(name, 0);
    EXPECT_EQ(*second.attributes.find("sampler.type"), "lowerbound") << name;
    EXPECT_EQ(second.trace_state.view(), "") << name;
    EXPECT_FALSE(is_sampled(asked(name, 0))) << name;
  }
}

TEST(Strategy, ByOperationCountsWhatTheProbabilitySamplesTowardsTheLeastRate) {
  const Asked asked(kPerOperation);
  EXPECT_EQ(*asked("foo", kHighest).attributes.find("sampler.type"), "probabilistic");
  EXPECT_EQ(*asked("foo", kHighest).attributes.find("sampler.type"), "probabilistic");
  EXPECT_FALSE(is_sampled(asked("foo", 0)));
}

/// A running telemetry whose sampler asks a scripted server.
class Remote {
 public:
  explicit Remote(std::vector<std::string> answers, std::chrono::milliseconds interval = 5ms,
                  Answer::Then finally = Answer::Then::reply) {
    for (std::string& answer : answers) server.then({.body = std::move(answer)});
    server.then({.then = finally});
    recorded.emplace(
        Options{.service_name = "my shop",
                .sampler = samplers::jaeger_remote({.endpoint = endpoint(),
                                                    .polling_interval = interval,
                                                    .initial_sampler = samplers::always_off()})});
  }
  std::string endpoint() const {
    return "http://127.0.0.1:" + std::to_string(server.port()) + "/sampling";
  }
  /// Whether roots are sampled, once that was so; within a generous time.
  bool becomes(bool sampled) const {
    const auto give_up = std::chrono::steady_clock::now() + 20s;
    while (std::chrono::steady_clock::now() < give_up) {
      if (tracer.start("root", {.root = true}).context().is_sampled() == sampled) return true;
      std::this_thread::sleep_for(1ms);
    }
    return false;
  }

  ScriptedServer server;
  std::optional<Recorded> recorded;
};

constexpr const char* kAll = R"({"probabilisticSampling":{"samplingRate":1}})";
constexpr const char* kNone = R"({"probabilisticSampling":{"samplingRate":0}})";

TEST(JaegerRemote, DecidesByTheInitialSamplerUntilTheFirstAnswer) {
  Remote remote({}, 5ms, Answer::Then::hang);
  auto root = tracer.start("root");
  EXPECT_FALSE(root.context().is_sampled());
}

TEST(JaegerRemote, AsksForTheServiceByItsName) {
  const Remote remote({kAll});
  ASSERT_TRUE(remote.becomes(true));
  const Received request = remote.server.received()[0];
  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.target, "/sampling?service=my%20shop");
}

TEST(JaegerRemote, TakesEachNewStrategy) {
  Remote remote({kAll, kAll, kNone});
  ASSERT_TRUE(remote.becomes(true));
  // Every later answer is empty, and changes nothing.
  ASSERT_TRUE(remote.becomes(false));
}

TEST(JaegerRemote, KeepsTheLastGoodStrategy) {
  Remote remote({kAll});
  ASSERT_TRUE(remote.becomes(true));
  remote.server.then({.status = 500, .body = "collector error"});
  remote.server.then({.then = Answer::Then::close});
  remote.server.then({.body = "{}"});
  ASSERT_TRUE(remote.server.wait_for(remote.server.count() + 5, 20s));
  EXPECT_TRUE(tracer.start("root", {.root = true}).context().is_sampled());
}

TEST(JaegerRemote, SaysWhatKeepsItFromAStrategy) {
  Remote remote({});
  remote.server.then({.status = 500, .body = "collector error: no storage"});
  remote.becomes(false);
  ASSERT_TRUE(remote.server.wait_for(3, 20s));
  const std::string told = remote.recorded->errors()[0].what;
  EXPECT_NE(told.find("/sampling\" gave no strategy: "), std::string::npos) << told;
}

TEST(JaegerRemote, LetsChildrenFollowTheirParent) {
  Remote remote({kNone});
  remote.becomes(false);
  auto span = tracer.start(
      "served", {.parent = extract(std::map<std::string, std::string>{
                     {"traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}})});
  EXPECT_TRUE(span.context().is_sampled());
}

TEST(JaegerRemote, MarksRootsAloneForAdaptiveSampling) {
  Remote remote({kAll});
  ASSERT_TRUE(remote.becomes(true));
  {
    auto outer = tracer.start("outer");
    auto inner = tracer.start("inner");
  }
  EXPECT_EQ(*remote.recorded->span("outer").find("sampler.type"), "probabilistic");
  EXPECT_EQ(remote.recorded->span("inner").find("sampler.type"), nullptr);
}

TEST(JaegerRemote, EndsAtOnceWhileTheServerHangs) {
  const auto begin = std::chrono::steady_clock::now();
  {
    ScriptedServer server;
    server.then({.then = Answer::Then::hang});
    Recorded recorded({.sampler = samplers::jaeger_remote({.endpoint = server.url()})});
    auto root = tracer.start("root");
    ASSERT_TRUE(server.wait_for(1, 20s));
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 4s);
}

TEST(JaegerRemote, SaysWhatIsWrongWithItsOptions) {
  EXPECT_NE(told_by([] { samplers::jaeger_remote({.endpoint = "ftp://h/x"}); }).find("endpoint=\""),
            std::string::npos);
  EXPECT_NE(told_by([] {
              samplers::jaeger_remote({.polling_interval = 0ms});
            }).find("polling_interval=\"0 ms\" is not above zero; 60000 ms is used"),
            std::string::npos);
}

TEST(JaegerRemoteArgument, HasThreeParts) {
  const auto options =
      read_argument("endpoint=http://h/s?a=b, pollingIntervalMs=5000,initialSamplingRate=0.25");
  EXPECT_EQ(options.endpoint, "http://h/s?a=b");
  EXPECT_EQ(options.polling_interval, 5000ms);
  EXPECT_EQ(options.initial_sampler->description(), "ProbabilitySampler{0.250000}");
}

TEST(JaegerRemoteArgument, LosesOnlyThePartThatIsWrong) {
  std::string told = told_by([] {
    const auto options =
        read_argument("pollingIntervalMs=-1,initialSamplingRate=2,what=ever,endpoint=http://h/s");
    EXPECT_EQ(options.endpoint, "http://h/s");
    EXPECT_EQ(options.polling_interval, 60000ms);
    EXPECT_EQ(options.initial_sampler, nullptr);
  });
  for (const char* part : {"pollingIntervalMs=-1", "initialSamplingRate=2", "what=ever"}) {
    EXPECT_NE(told.find(part), std::string::npos) << part;
  }
}

TEST(JaegerRemote, IsChosenByTheEnvironment) {
  ScriptedServer server;
  server.then({.body = kAll});
  ::setenv("OTEL_TRACES_SAMPLER", "parentbased_jaeger_remote", 1);
  ::setenv("OTEL_TRACES_SAMPLER_ARG",
           ("endpoint=" + server.url() + ",initialSamplingRate=0").c_str(), 1);
  Recorded recorded({.service_name = "s"});
  static_cast<void>(tracer.start_detached("root"));
  ASSERT_TRUE(server.wait_for(1, 20s));
  EXPECT_EQ(server.received()[0].target, "/v1/traces?service=s");
}

}  // namespace
}  // namespace weft::testing
