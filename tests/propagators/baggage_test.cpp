// SPDX-License-Identifier: Apache-2.0
#include <weft/baggage.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <thread>

#include <weft/executor.hpp>

namespace {

namespace baggage = weft::baggage;
using Entries = std::vector<baggage::Entry>;

// Each test starts with nothing and leaves nothing.
class Baggage : public testing::Test {
 protected:
  void run(void (*body)()) { weft::Context().run(body); }
};

TEST_F(Baggage, IsEmptyAtFirst) {
  run([] {
    EXPECT_FALSE(baggage::get("k"));
    EXPECT_TRUE(baggage::all().empty());
    baggage::remove("k");
    baggage::clear();
    EXPECT_EQ(weft::copy_context().size(), 0u);
  });
}

TEST_F(Baggage, WhatIsSetIsThereInOrder) {
  run([] {
    baggage::set("b", "2");
    baggage::set("a", "1", "meta");
    EXPECT_EQ(baggage::get("a"), "1");
    EXPECT_EQ(baggage::all(), (Entries{{"b", "2"}, {"a", "1", "meta"}}));
  });
}

TEST_F(Baggage, ANumberIsItsText) {
  run([] {
    baggage::set("zero", 0);
    baggage::set("least", std::numeric_limits<std::int64_t>::min());
    baggage::set("most", std::numeric_limits<std::uint64_t>::max(), "meta");
    baggage::set("ratio", 0.1);
    baggage::set("float", 0.1F);
    baggage::set("truth", true);
    baggage::set("letter", 'c');
    const auto scope = baggage::scoped("scoped", 7U);
    EXPECT_EQ(baggage::all(), (Entries{{"zero", "0"},
                                       {"least", "-9223372036854775808"},
                                       {"most", "18446744073709551615", "meta"},
                                       {"ratio", "0.1"},
                                       {"float", "0.1"},
                                       {"truth", "true"},
                                       {"letter", "c"},
                                       {"scoped", "7"}}));
  });
}

TEST_F(Baggage, ASecondSetReplacesValueAndMetadataInPlace) {
  run([] {
    baggage::set("a", "1", "meta");
    baggage::set("b", "2");
    baggage::set("a", "3");
    EXPECT_EQ(baggage::all(), (Entries{{"a", "3"}, {"b", "2"}}));
  });
}

TEST_F(Baggage, KeysDifferByCase) {
  run([] {
    baggage::set("a", "1");
    EXPECT_FALSE(baggage::get("A"));
  });
}

TEST_F(Baggage, AnEmptyKeyIsIgnored) {
  run([] {
    baggage::set("", "1");
    const auto scope = baggage::scoped("", "2");
    EXPECT_TRUE(baggage::all().empty());
  });
}

TEST_F(Baggage, AnEmptyValueIsAValue) {
  run([] {
    baggage::set("a", "");
    EXPECT_EQ(baggage::get("a"), "");
  });
}

TEST_F(Baggage, RemoveTakesOneAndClearTakesAll) {
  run([] {
    baggage::set("a", "1");
    baggage::set("b", "2");
    baggage::set("c", "3");
    baggage::remove("b");
    EXPECT_EQ(baggage::all(), (Entries{{"a", "1"}, {"c", "3"}}));
    baggage::clear();
    EXPECT_TRUE(baggage::all().empty());
  });
}

TEST_F(Baggage, AScopeRestoresWhatWasThere) {
  run([] {
    baggage::set("a", "1");
    {
      const auto outer = baggage::scoped("a", "2", "meta");
      const auto inner = baggage::scoped("b", "3");
      EXPECT_EQ(baggage::all(), (Entries{{"a", "2", "meta"}, {"b", "3"}}));
    }
    EXPECT_EQ(baggage::all(), (Entries{{"a", "1"}}));
  });
}

TEST_F(Baggage, ASnapshotKeepsWhatItHeld) {
  run([] {
    baggage::set("a", "1");
    const weft::Context snapshot = weft::copy_context();
    baggage::set("a", "2");
    EXPECT_EQ(baggage::all(snapshot), (Entries{{"a", "1"}}));
    EXPECT_EQ(baggage::get("a"), "2");
  });
}

TEST_F(Baggage, FollowsABoundCallableToAnotherThread) {
  run([] {
    baggage::set("a", "1");
    std::optional<std::string> seen;
    std::thread(weft::bind([&seen] { seen = baggage::get("a"); })).join();
    EXPECT_EQ(seen, "1");
  });
}

TEST_F(Baggage, IsOneVariableOfTheContext) {
  run([] {
    baggage::set("a", "1");
    baggage::set("b", "2");
    const weft::Context context = weft::copy_context();
    EXPECT_EQ(context.size(), 1u);
    EXPECT_EQ((*context.begin()).name(), "baggage");
  });
}

}  // namespace
