// SPDX-License-Identifier: Apache-2.0
//
// The same work as ours, done by opentelemetry-cpp, for scale. Built where the package is installed
// (peer.cmake); nothing of weft is in this program.
#include <benchmark/benchmark.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "allocation_count.hpp"
#include "bursts.hpp"
#include "google/protobuf/arena.h"
#include "measure.hpp"
#include "opentelemetry/context/runtime_context.h"
#include "opentelemetry/exporters/otlp/otlp_recordable.h"
#include "opentelemetry/exporters/otlp/otlp_recordable_utils.h"
#include "opentelemetry/proto/collector/trace/v1/trace_service.pb.h"
#include "opentelemetry/sdk/common/global_log_handler.h"
#include "opentelemetry/sdk/trace/batch_span_processor_factory.h"
#include "opentelemetry/sdk/trace/batch_span_processor_options.h"
#include "opentelemetry/sdk/trace/exporter.h"
#include "opentelemetry/sdk/trace/processor.h"
#include "opentelemetry/sdk/trace/samplers/always_off_factory.h"
#include "opentelemetry/sdk/trace/samplers/always_on_factory.h"
#include "opentelemetry/sdk/trace/simple_processor_factory.h"
#include "opentelemetry/sdk/trace/tracer_provider.h"
#include "opentelemetry/sdk/trace/tracer_provider_factory.h"
#include "opentelemetry/trace/context.h"
#include "opentelemetry/trace/propagation/http_trace_context.h"
#include "opentelemetry/trace/scope.h"
#include "opentelemetry/trace/tracer.h"

namespace {

namespace context = opentelemetry::context;
namespace nostd = opentelemetry::nostd;
namespace otlp = opentelemetry::exporter::otlp;
namespace sdk = opentelemetry::sdk;
namespace trace = opentelemetry::trace;

using Recordables = std::vector<std::unique_ptr<sdk::trace::Recordable>>;

constexpr std::size_t kBatch = 512;

// Takes spans in the form that the OTLP exporters record them in, and keeps or forgets them.
class Sink final : public sdk::trace::SpanExporter {
 public:
  explicit Sink(Recordables* kept) : kept_(kept) {}

  std::unique_ptr<sdk::trace::Recordable> MakeRecordable() noexcept override {
    return std::make_unique<otlp::OtlpRecordable>();
  }

  sdk::common::ExportResult Export(
      const nostd::span<std::unique_ptr<sdk::trace::Recordable>>& spans) noexcept override {
    if (kept_ != nullptr) {
      for (auto& span : spans) {
        kept_->push_back(std::move(span));
      }
    }
    exported_.fetch_add(spans.size(), std::memory_order_relaxed);
    return sdk::common::ExportResult::kSuccess;
  }

  bool ForceFlush(std::chrono::microseconds /*timeout*/) noexcept override { return true; }
  bool Shutdown(std::chrono::microseconds /*timeout*/) noexcept override { return true; }

  [[nodiscard]] std::uint64_t exported() const noexcept { return exported_.load(); }

 private:
  Recordables* kept_;
  std::atomic<std::uint64_t> exported_{0};
};

// A provider with one processor, and what a benchmark needs of it.
struct Pipeline {
  std::shared_ptr<sdk::trace::TracerProvider> provider;
  nostd::shared_ptr<trace::Tracer> tracer;
  Sink* sink = nullptr;  // owned by the processor
};

Pipeline pipeline_of(std::unique_ptr<sdk::trace::SpanProcessor> processor,
                     std::unique_ptr<sdk::trace::Sampler> sampler, Sink* sink) {
  Pipeline made;
  made.provider = sdk::trace::TracerProviderFactory::Create(
      std::move(processor), sdk::resource::Resource::Create({{"service.name", "benchmark"}}),
      std::move(sampler));
  made.tracer = made.provider->GetTracer("benchmark", "1.0.0");
  made.sink = sink;
  return made;
}

// The specification's defaults: a queue of 2048, batches of 512. Drops are counted here, and not
// written to stderr one by one, which would be measured too.
Pipeline batch_pipeline(std::unique_ptr<sdk::trace::Sampler> sampler) {
  using sdk::common::internal_log::GlobalLogHandler;
  GlobalLogHandler::SetLogLevel(sdk::common::internal_log::LogLevel::Error);
  auto sink = std::make_unique<Sink>(nullptr);
  Sink* const seen = sink.get();
  return pipeline_of(sdk::trace::BatchSpanProcessorFactory::Create(
                         std::move(sink), sdk::trace::BatchSpanProcessorOptions{}),
                     std::move(sampler), seen);
}

Pipeline keeping_pipeline(Recordables& kept) {
  auto sink = std::make_unique<Sink>(&kept);
  Sink* const seen = sink.get();
  return pipeline_of(sdk::trace::SimpleSpanProcessorFactory::Create(std::move(sink)),
                     sdk::trace::AlwaysOnSamplerFactory::Create(), seen);
}

// Made before a run and ended after it, by Google Benchmark, outside its threads and its clock.
Pipeline* running = nullptr;

void start_recording(const benchmark::State& /*state*/) {
  running = new Pipeline(batch_pipeline(sdk::trace::AlwaysOnSamplerFactory::Create()));
}

void start_unsampled(const benchmark::State& /*state*/) {
  running = new Pipeline(batch_pipeline(sdk::trace::AlwaysOffSamplerFactory::Create()));
}

void stop(const benchmark::State& /*state*/) {
  delete running;
  running = nullptr;
}

void span_with_4_attributes(trace::Tracer& tracer) {
  const auto span = tracer.StartSpan("GET /orders/{id}");
  const trace::Scope scope(span);
  span->SetAttribute("http.request.method", "GET");
  span->SetAttribute("http.route", "/orders/{id}");
  span->SetAttribute("http.response.status_code", std::int64_t{200});
  span->SetAttribute("order.total", 99.95);
  span->End();
}

void bare_span(trace::Tracer& tracer) {
  const auto span = tracer.StartSpan("GET /orders/{id}");
  const trace::Scope scope(span);
  span->End();
}

// Runs one span function, and reports allocations of all threads (the worker's too) and drops.
template <void (*Work)(trace::Tracer&), bool Recorded>
void measure_spans(benchmark::State& state) {
  trace::Tracer& tracer = *running->tracer;
  const allocation_count::Since allocations;
  if constexpr (Recorded) {
    bursts::run(state, [&] { Work(tracer); }, [] { running->provider->ForceFlush(); });
  } else {
    for (auto _ : state) {
      Work(tracer);
    }
  }
  if (state.thread_index() != 0) {
    return;
  }
  running->provider->ForceFlush();
  const auto spans =
      static_cast<std::uint64_t>(state.iterations()) * static_cast<std::uint64_t>(state.threads());
  state.counters["allocations"] = allocations.per(spans);
  if (Recorded) {
    const auto dropped = static_cast<double>(spans - running->sink->exported());
    state.counters["dropped_percent"] = 100.0 * dropped / static_cast<double>(spans);
  }
}

context::Context context_with_a_remote_span() {
  constexpr std::uint8_t kTraceId[16] = {0x4b, 0xf9, 0x2f, 0x35, 0x77, 0xb3, 0x4d, 0xa6,
                                         0xa3, 0xce, 0x92, 0x9d, 0x0e, 0x0e, 0x47, 0x36};
  constexpr std::uint8_t kSpanId[8] = {0x00, 0xf0, 0x67, 0xaa, 0x0b, 0xa9, 0x02, 0xb7};
  const trace::SpanContext identity(trace::TraceId(kTraceId), trace::SpanId(kSpanId),
                                    trace::TraceFlags(trace::TraceFlags::kIsSampled), true);
  context::Context root;
  return trace::SetSpan(root, nostd::shared_ptr<trace::Span>(new trace::DefaultSpan(identity)));
}

// Two headers in strings that keep their memory: what is measured is the propagator, not a map.
class Headers final : public context::propagation::TextMapCarrier {
 public:
  nostd::string_view Get(nostd::string_view key) const noexcept override {
    if (key == "traceparent") {
      return traceparent;
    }
    return key == "tracestate" ? nostd::string_view(tracestate) : nostd::string_view();
  }

  void Set(nostd::string_view key, nostd::string_view value) noexcept override {
    (key == "traceparent" ? traceparent : tracestate).assign(value.data(), value.size());
  }

  std::string traceparent;
  std::string tracestate;
};

void attach_detach(benchmark::State& state) {
  const context::Context other = context_with_a_remote_span();
  measure::calls(state, [&] {
    auto token = context::RuntimeContext::Attach(other);
    benchmark::DoNotOptimize(token.get());
  });
}

void inject(benchmark::State& state) {
  trace::propagation::HttpTraceContext propagator;
  const context::Context current = context_with_a_remote_span();
  Headers headers;
  measure::calls(state, [&] {
    propagator.Inject(headers, current);
    benchmark::DoNotOptimize(headers.traceparent.data());
  });
}

void extract(benchmark::State& state) {
  trace::propagation::HttpTraceContext propagator;
  Headers headers;
  headers.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  context::Context root;
  measure::calls(state, [&] {
    auto extracted = propagator.Extract(headers, root);
    benchmark::DoNotOptimize(extracted);
  });
}

// From recordables to the bytes of a request, as the OTLP exporter goes: a message on an arena,
// filled by copying, then serialised. One iteration is one span of a batch of 512.
void encode(benchmark::State& state) {
  Recordables spans;
  const Pipeline pipeline = keeping_pipeline(spans);
  for (std::size_t i = 0; i < kBatch; ++i) {
    span_with_4_attributes(*pipeline.tracer);
  }
  std::string bytes;
  const allocation_count::Since allocations;
  while (state.KeepRunningBatch(kBatch)) {
    google::protobuf::ArenaOptions options;
    options.initial_block_size = 1024;
    options.max_block_size = 65536;
    google::protobuf::Arena arena(options);
    using Request = opentelemetry::proto::collector::trace::v1::ExportTraceServiceRequest;
    auto* const request = google::protobuf::Arena::CreateMessage<Request>(&arena);
    otlp::OtlpRecordableUtils::PopulateRequest({spans.data(), spans.size()}, request);
    request->SerializeToString(&bytes);
    benchmark::DoNotOptimize(bytes.data());
  }
  state.counters["allocations"] = allocations.per(static_cast<std::uint64_t>(state.iterations()));
  state.counters["bytes"] = static_cast<double>(bytes.size()) / static_cast<double>(kBatch);
}

void recorded_span_4_attributes(benchmark::State& state) {
  measure_spans<span_with_4_attributes, true>(state);
}

void recorded_bare_span(benchmark::State& state) { measure_spans<bare_span, true>(state); }

void unsampled_span_4_attributes(benchmark::State& state) {
  measure_spans<span_with_4_attributes, false>(state);
}

void recording(benchmark::internal::Benchmark* benchmark) {
  measure::allow_fixed_iterations(benchmark);
  benchmark->Setup(start_recording)->Teardown(stop);
}

void unsampled(benchmark::internal::Benchmark* benchmark) {
  measure::allow_fixed_iterations(benchmark);
  benchmark->Setup(start_unsampled)->Teardown(stop);
}

BENCHMARK(recorded_span_4_attributes)->Name("peer/recorded_span_4_attributes")->Apply(recording);
BENCHMARK(recorded_span_4_attributes)
    ->Name("peer/recorded_span_4_attributes")
    ->Apply(recording)
    ->Threads(2);
BENCHMARK(recorded_bare_span)->Name("peer/bare_span")->Apply(recording);
BENCHMARK(unsampled_span_4_attributes)->Name("peer/unsampled_span_4_attributes")->Apply(unsampled);
BENCHMARK(unsampled_span_4_attributes)
    ->Name("peer/unsampled_span_4_attributes")
    ->Apply(unsampled)
    ->Threads(2);
BENCHMARK(attach_detach)->Name("peer/attach_detach")->Apply(measure::allow_fixed_iterations);
BENCHMARK(attach_detach)->Name("peer/attach_detach")->Apply(measure::on_threads);
BENCHMARK(inject)->Name("peer/inject")->Apply(measure::allow_fixed_iterations);
BENCHMARK(extract)->Name("peer/extract")->Apply(measure::allow_fixed_iterations);
BENCHMARK(encode)->Name("peer/encode")->Apply(measure::allow_fixed_iterations);

}  // namespace

BENCHMARK_MAIN();
