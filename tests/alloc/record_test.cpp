// SPDX-License-Identifier: Apache-2.0
// Writing into a record and reading it back for an exporter needs no memory, and works without any.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "propagators/counted_new.hpp"
#include "span/touch.hpp"
#include "support/recording.hpp"

namespace {

using weft::testing::Recording;

// What `f` allocates on this thread.
template <class F>
std::size_t allocations_of(F&& f) {
  const std::size_t before = weft_test::allocations();
  f();
  return weft_test::allocations() - before;
}

TEST(RecordAllocations, OfAttributesAreNone) {
  const Recording recording;
  const std::string large(5000, 'x');
  EXPECT_EQ(allocations_of([&] {
              recording.put("integer", 1);
              recording.put("text", "text");
              recording.put("map", {{"inner", 1}});
              recording.put("bad", "\xFF");
              recording.put("large", large);
              recording.put("integer", 2);
            }),
            0U);
}

TEST(RecordAllocations, OfANestedValueAreNone) {
  const Recording recording;
  const std::vector<std::vector<int>> nested = {{1}, {2, 3}};
  EXPECT_EQ(allocations_of([&] { recording.put("nested", nested); }), 0U);
}

TEST(RecordAllocations, OfNameAndStatusAreNone) {
  const Recording recording;
  EXPECT_EQ(allocations_of([&] {
              recording.put_name("another");
              recording.put_status(weft::StatusCode::error, "declined");
            }),
            0U);
}

TEST(RecordAllocations, OfATouchAreNone) {
  const Recording recording;
  EXPECT_EQ(allocations_of([&] {
              const weft::detail::Touch touch(recording.ref(), *weft::detail::thread_data());
            }),
            0U);
}

TEST(RecordAllocations, OfEncodingAreNone) {
  const Recording recording;
  recording.put("large", std::string(5000, 'x'));
  std::vector<char> room(10'000);
  EXPECT_EQ(allocations_of([&] { weft::detail::encode_span(recording.record(), room.data()); }),
            0U);
}

TEST(RecordAllocations, OfEncodingWhatWasReplacedAreNone) {
  const Recording recording;
  recording.put("large", std::string(5000, 'x'));
  recording.put("large", std::string(6000, 'y'));
  std::vector<char> room(10'000);
  EXPECT_EQ(allocations_of([&] { weft::detail::encode_span(recording.record(), room.data()); }),
            0U);
}

TEST(RecordAllocations, OfReadingANameAreNone) {
  const Recording recording;
  EXPECT_EQ(allocations_of([&] { (void)recording.view().name(); }), 0U);
}

}  // namespace
