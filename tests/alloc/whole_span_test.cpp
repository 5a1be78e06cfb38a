// SPDX-License-Identifier: Apache-2.0
// A span in steady state allocates nothing: not on the thread that makes it, nor on the worker for
// each span.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "propagators/counted_new.hpp"
#include "support/recorded.hpp"

namespace {

using weft::testing::tracer;

class Draining : public weft::SpanExporter {
 public:
  weft::ExportResult export_spans(const weft::SpanBatch&) override {
    return weft::ExportResult::success;
  }
};

weft::Telemetry start() {
  return weft::init({.exporters = {std::make_shared<Draining>()},
                     .batch = {.max_queue_size = 256, .max_export_batch_size = 64}});
}

// What a thousand calls of `f` allocate on this thread in steady state. The least of several
// rounds: an allocation of a span's would be in each, one that a queue needs to grow, while the
// worker waits for a processor, is not.
template <class F>
std::size_t allocations_in_steady_state(F&& f) {
  std::size_t least = SIZE_MAX;
  for (int round = 0; round < 20 && least != 0; ++round) {
    const std::size_t before = weft_test::allocations();
    for (int i = 0; i < 1000; ++i) f();
    least = std::min(least, weft_test::allocations() - before);
  }
  return least;
}

TEST(Allocations, OfASpanWithAttributesAreNone) {
  auto telemetry = start();
  EXPECT_EQ(allocations_in_steady_state([] {
              auto span = tracer.start("charge", {{"amount", 42}, {"card", "visa"}});
              span.set_attribute("approved", true);
              span.add_event("checked", {{"rule", 7}});
              span.set_status(weft::StatusCode::error, "declined");
            }),
            0U);
}

TEST(Allocations, OfASpanWithOptionsAreNone) {
  auto telemetry = start();
  EXPECT_EQ(allocations_in_steady_state([] {
              auto span = tracer.start(
                  "charge", {.kind = weft::SpanKind::client, .attributes = {{"amount", 42}}});
            }),
            0U);
}

TEST(Allocations, OfASpanWithListsAreNone) {
  auto telemetry = start();
  const std::vector<int> items{1, 2, 3};
  EXPECT_EQ(allocations_in_steady_state([&] {
              auto span = tracer.start("charge", {{"items", items}, {"map", {{"inner", 1}}}});
            }),
            0U);
}

TEST(Allocations, OfASpanWhoseBodyOutgrowsItsRecordAreNone) {
  auto telemetry = start();
  const std::string large(5000, 'x');
  EXPECT_EQ(allocations_in_steady_state(
                [&] { auto span = tracer.start("charge", {{"large", large}, {"after", 1}}); }),
            0U);
}

TEST(Allocations, OfADetachedSpanAreNone) {
  auto telemetry = start();
  EXPECT_EQ(allocations_in_steady_state([] {
              auto job = tracer.start_detached("job");
              auto scope = job.activate();
            }),
            0U);
}

TEST(Allocations, OfAnUnsampledSpanAreNone) {
  auto telemetry = weft::init(
      {.sampler = weft::samplers::always_off(), .exporters = {std::make_shared<Draining>()}});
  EXPECT_EQ(allocations_in_steady_state([] {
              auto span = tracer.start("charge", {{"amount", 42}});
              span.set_attribute("approved", true);
            }),
            0U);
}

TEST(Allocations, OfASpanWithoutInitAreNone) {
  EXPECT_EQ(allocations_in_steady_state([] { auto span = tracer.start("charge"); }), 0U);
}

}  // namespace
