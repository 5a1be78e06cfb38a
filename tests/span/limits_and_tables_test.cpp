// SPDX-License-Identifier: Apache-2.0
// The bounds of a pool, and the tables that records refer to.
#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "support/recording.hpp"

namespace {

namespace detail = weft::detail;
using detail::RecordPool;

constexpr std::size_t kHuge = std::numeric_limits<std::size_t>::max();

TEST(PoolLimits, BeyondAllAddressSpaceGiveNoPool) {
  EXPECT_EQ(RecordPool::open({.records = kHuge, .bytes = 4096}), nullptr);
  EXPECT_EQ(RecordPool::open({.records = kHuge / detail::kRecordSize + 2, .bytes = 4096}), nullptr);
}

TEST(PoolLimits, OfMoreRecordsThanAnIndexHoldsGiveNoPool) {
  EXPECT_EQ(RecordPool::open({.records = (std::size_t{1} << 32U) + 1, .bytes = 4096}), nullptr);
}

TEST(PoolLimits, OfMoreBytesThanAnOffsetHoldsAreCut) {
  EXPECT_NE(RecordPool::open({.records = 4, .bytes = kHuge}), nullptr);
}

TEST(PoolLimits, OfNothingGiveAPoolWithoutRecords) {
  RecordPool* pool = RecordPool::open({.records = 0, .bytes = 0});
  ASSERT_NE(pool, nullptr);
  EXPECT_EQ(pool->acquire(*detail::thread_data()), nullptr);
}

TEST(PoolTables, KeepWhatWasAdded) {
  RecordPool& pool = *RecordPool::open(weft::testing::small_pool());
  const std::uint16_t first = pool.add_scope("first");
  const std::uint16_t second = pool.add_scope("second");
  EXPECT_EQ(std::string(pool.scope(first)) + std::string(pool.scope(second)), "firstsecond");
}

TEST(PoolTables, KeepOneOfEach) {
  RecordPool& pool = *RecordPool::open(weft::testing::small_pool());
  const std::uint16_t first = pool.add_scope("same");
  pool.add_scope("other");
  EXPECT_EQ(pool.add_scope("same"), first);
}

TEST(PoolTables, KeepScopesAndResourcesApart) {
  RecordPool& pool = *RecordPool::open(weft::testing::small_pool());
  const std::uint16_t scope = pool.add_scope("scope");
  const std::uint16_t resource = pool.add_resource("resource");
  EXPECT_EQ(std::string(pool.scope(scope)) + std::string(pool.resource(resource)), "scoperesource");
}

// A program that makes tracers without end: its spans lose their scope and nothing else, and are
// never given to a scope that is not theirs.
TEST(PoolTables, ThatAreFullGiveTheEmptyScope) {
  RecordPool& pool = *RecordPool::open(weft::testing::small_pool());
  std::uint16_t last = 0;
  for (int i = 0; i < 5000; ++i) last = pool.add_scope("scope " + std::to_string(i));
  EXPECT_EQ(pool.scope(last), "");
}

TEST(PoolTables, WithoutRoomForTheTextGiveTheEmptyScope) {
  RecordPool& pool = *RecordPool::open(weft::testing::small_pool());
  pool.add_scope("small");
  EXPECT_EQ(pool.scope(pool.add_scope(std::string(10U << 20U, 's'))), "");
}

}  // namespace
