// SPDX-License-Identifier: Apache-2.0
//
// From ended records to the bytes of a request, as the OTLP exporter goes. The spans are recorded
// through the public API; encoding has none, so this one reaches inside.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "measure.hpp"
#include "otlp/request_encoder.hpp"
#include "processor/async_exporter.hpp"
#include "spans.hpp"

namespace {

using weft::detail::AsyncExporter;
using weft::detail::Completion;
using weft::detail::SharedBatch;

constexpr std::size_t kBatch = 512;

// Keeps the batch that it gets until the end.
class Keeping final : public weft::SpanExporter, public AsyncExporter {
 public:
  std::shared_ptr<AsyncExporter> async_exporter() override { return self_.lock(); }
  weft::ExportResult export_spans(const weft::SpanBatch& /*batch*/) override {
    return weft::ExportResult::failure;  // not called: it has an asynchronous face
  }

  std::string_view name() const noexcept override { return "keeping"; }
  void submit(SharedBatch batch, Completion completion) noexcept override {
    batch_ = std::move(batch);
    completion_ = std::move(completion);
  }
  void run(weft::Deadline /*until*/) noexcept override {}
  void wake() noexcept override {}
  bool idle() const noexcept override { return true; }
  void close(weft::Deadline /*deadline*/) noexcept override {
    if (completion_) std::exchange(completion_, nullptr)({.accepted = batch_.size()});
  }
  void set_error_sink(std::function<void(const weft::Error&)> /*sink*/) noexcept override {}

  static std::shared_ptr<Keeping> make() {
    auto made = std::make_shared<Keeping>();
    made->self_ = made;
    return made;
  }
  std::span<weft::detail::Record* const> records() const noexcept { return batch_.records(); }

 private:
  std::weak_ptr<Keeping> self_;
  SharedBatch batch_;
  Completion completion_;
};

// One iteration is one span of a batch of 512.
void encode(benchmark::State& state) {
  const auto kept = Keeping::make();
  auto telemetry =
      weft::init({.service_name = "benchmark",
                  .exporters = {kept},
                  .batch = {.max_export_batch_size = kBatch, .worker = {.none = true}}});
  for (std::size_t i = 0; i < kBatch; ++i) spans::with_4_attributes();
  telemetry.run_once();
  weft::v0::otlp::RequestEncoder encoder;
  std::string bytes;
  const allocation_count::Since allocations;
  while (state.KeepRunningBatch(kBatch)) {
    encoder.plan(kept->records(), std::size_t{64} << 20U);
    bytes.resize(encoder.size());
    encoder.write(bytes.data());
    benchmark::DoNotOptimize(bytes.data());
    benchmark::ClobberMemory();
  }
  state.counters["allocations"] = allocations.per(static_cast<std::uint64_t>(state.iterations()));
  state.counters["bytes"] = static_cast<double>(bytes.size()) / static_cast<double>(kBatch);
}

BENCHMARK(encode)->Name("weft/encode")->Apply(measure::allow_fixed_iterations);

}  // namespace

BENCHMARK_MAIN();
