// SPDX-License-Identifier: Apache-2.0
//
// Headers out and in, by the default propagators (W3C trace context and baggage) and the calls that
// users make. The peer's rows have its trace context alone.
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "measure.hpp"
#include "spans.hpp"

namespace {

constexpr std::string_view kTraceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

// Two headers in strings that keep their memory: what is measured is the propagator, not a map.
struct Headers {
  void operator()(std::string_view name, std::string_view value) {
    (name == "traceparent" ? traceparent : others).assign(value);
  }
  std::optional<std::string_view> operator()(std::string_view name) const {
    if (name == "traceparent") return traceparent;
    return std::nullopt;
  }
  std::string traceparent;
  std::string others;
};

// The same with a tracestate of two members.
struct HeadersWithState {
  std::optional<std::string_view> operator()(std::string_view name) const {
    if (name == "traceparent") return traceparent;
    if (name == "tracestate") return tracestate;
    return std::nullopt;
  }
  std::string traceparent{kTraceparent};
  std::string tracestate{"rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"};
};

std::map<std::string, std::string> request_of_eight_headers() {
  return {{"accept", "*/*"},
          {"accept-encoding", "gzip, deflate"},
          {"connection", "keep-alive"},
          {"content-length", "128"},
          {"content-type", "application/json"},
          {"host", "orders.example"},
          {"traceparent", std::string(kTraceparent)},
          {"user-agent", "curl/7.88.1"}};
}

weft::Context with_a_remote_span() {
  return weft::extract(
      std::map<std::string, std::string>{{"traceparent", std::string(kTraceparent)}});
}

void inject(benchmark::State& state) {
  const weft::Context context = with_a_remote_span();
  Headers headers;
  measure::calls(state, [&] {
    weft::inject([&](std::string_view name, std::string_view value) { headers(name, value); },
                 context);
    benchmark::DoNotOptimize(headers.traceparent.data());
  });
}

void inject_current(benchmark::State& state) {
  const auto span = spans::kTracer.start("GET /orders/{id}");
  Headers headers;
  measure::calls(state, [&] {
    weft::inject([&](std::string_view name, std::string_view value) { headers(name, value); });
    benchmark::DoNotOptimize(headers.traceparent.data());
  });
}

// A header that is there already is replaced in its place.
void inject_map(benchmark::State& state) {
  const auto span = spans::kTracer.start("GET /orders/{id}");
  auto headers = request_of_eight_headers();
  measure::calls(state, [&] {
    weft::inject(headers);
    benchmark::DoNotOptimize(&headers);
  });
}

void extract(benchmark::State& state) {
  Headers headers;
  headers.traceparent = kTraceparent;
  const Headers& received = headers;
  measure::calls(state, [&] {
    const weft::Context context =
        weft::extract([&](std::string_view name) { return received(name); });
    benchmark::DoNotOptimize(&context);
  });
}

void extract_tracestate(benchmark::State& state) {
  const HeadersWithState received;
  measure::calls(state, [&] {
    const weft::Context context =
        weft::extract([&](std::string_view name) { return received(name); });
    benchmark::DoNotOptimize(&context);
  });
}

void extract_map(benchmark::State& state) {
  const auto headers = request_of_eight_headers();
  measure::calls(state, [&] {
    const weft::Context context = weft::extract(headers);
    benchmark::DoNotOptimize(&context);
  });
}

BENCHMARK(inject)->Name("weft/inject")->Apply(measure::allow_fixed_iterations);
BENCHMARK(inject)->Name("weft/inject")->Apply(measure::on_threads);
BENCHMARK(inject_current)->Name("weft/inject_current")->Apply(measure::allow_fixed_iterations);
BENCHMARK(inject_map)->Name("weft/inject_map")->Apply(measure::allow_fixed_iterations);
BENCHMARK(extract)->Name("weft/extract")->Apply(measure::allow_fixed_iterations);
BENCHMARK(extract)->Name("weft/extract")->Apply(measure::on_threads);
BENCHMARK(extract_tracestate)
    ->Name("weft/extract_tracestate")
    ->Apply(measure::allow_fixed_iterations);
BENCHMARK(extract_map)->Name("weft/extract_map")->Apply(measure::allow_fixed_iterations);

}  // namespace

BENCHMARK_MAIN();
