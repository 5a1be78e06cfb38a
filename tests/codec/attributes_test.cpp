// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <weft/attributes.hpp>

#include <algorithm>
#include <cstddef>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

using weft::Attribute;
using weft::Attributes;
using weft::AttributeValue;
using List = std::vector<Attribute>;

// Two hundred attributes: far beyond what is kept inline.
Attributes many() {
  Attributes attributes;
  for (int i = 0; i < 200; ++i) attributes.set("key" + std::to_string(i), i);
  return attributes;
}

struct ThrowsAtSecond {
  struct Iterator {
    using value_type = Attribute;
    using difference_type = std::ptrdiff_t;
    int at = 0;
    Attribute operator*() const {
      if (at == 1) throw std::runtime_error("no element");
      return {"key" + std::to_string(at), at};
    }
    Iterator& operator++() {
      ++at;
      return *this;
    }
    void operator++(int) { ++at; }
    bool operator==(const Iterator& other) const = default;
  };
  Iterator begin() const { return {0}; }
  Iterator end() const { return {3}; }
};

TEST(Attributes, AreEmptyWhenMade) { EXPECT_TRUE(Attributes().empty()); }

TEST(Attributes, AreMadeFromABracedList) {
  EXPECT_EQ((Attributes{{"a", 1}, {"b", "two"}}).to_vector(), (List{{"a", 1}, {"b", "two"}}));
}

TEST(Attributes, AreMadeFromAMap) {
  EXPECT_EQ(Attributes(std::map<std::string, int>{{"a", 1}, {"b", 2}}).to_vector(),
            (List{{"a", 1}, {"b", 2}}));
}

TEST(Attributes, AreMadeFromARangeOfAttributes) {
  EXPECT_EQ(Attributes(List{{"a", 1}}).to_vector(), (List{{"a", 1}}));
}

TEST(Attributes, AreARangeOfAttributes) {
  const Attributes attributes{{"a", 1}, {"b", "two"}};
  std::vector<Attribute> seen;
  for (const auto& [key, value] : attributes) seen.push_back({key, value});
  EXPECT_EQ(seen, attributes.to_vector());
}

TEST(Attributes, AreAnEmptyRangeWhenMade) {
  const Attributes attributes;
  EXPECT_EQ(attributes.begin(), attributes.end());
}

TEST(Attributes, GiveAllButTheFirstToAnAlgorithm) {
  const Attributes attributes{{"a", 1}, {"b", 2}, {"c", 3}};
  EXPECT_EQ(std::ranges::count_if(attributes, [](const Attribute& one) { return one.key > "a"; }),
            2);
}

TEST(Attributes, CountTheirKeys) { EXPECT_EQ((Attributes{{"a", 1}, {"b", 2}}).size(), 2U); }

TEST(Attributes, FindAValue) { EXPECT_EQ((Attributes{{"a", 1}}).find("a"), AttributeValue(1)); }

TEST(Attributes, FindNothingForAnotherKey) {
  EXPECT_EQ((Attributes{{"a", 1}}).find("b"), std::nullopt);
}

TEST(Attributes, KeepTheLastValueOfAKey) {
  Attributes attributes{{"a", 1}, {"b", 2}};
  attributes.set("a", 3);
  EXPECT_EQ(attributes.find("a"), AttributeValue(3));
}

TEST(Attributes, CountAKeyThatWasSetTwiceOnce) {
  EXPECT_EQ((Attributes{{"a", 1}, {"a", 2}}).size(), 1U);
}

TEST(Attributes, DoNotCountAnOverwrittenKeyAsDropped) {
  EXPECT_EQ((Attributes{{"a", 1}, {"a", 2}}).dropped_count(), 0U);
}

TEST(Attributes, KeepOneOfTwoKeysThatAreTheSameOnceRepaired) {
  Attributes attributes;
  attributes.set("\xFE", 1);
  attributes.set("\xFF", 2);
  EXPECT_EQ(attributes.to_vector(), (List{{"\xEF\xBF\xBD", 2}}));
}

TEST(Attributes, OverwriteWithAnotherType) {
  Attributes attributes{{"a", 1}};
  attributes.set("a", "text");
  EXPECT_EQ(attributes.find("a"), AttributeValue("text"));
}

TEST(Attributes, OverwriteTheFirstOfMany) {
  Attributes attributes = many();
  attributes.set("key0", "other");
  EXPECT_EQ(attributes.size(), 200U);
  EXPECT_EQ(attributes.find("key0"), AttributeValue("other"));
}

TEST(Attributes, GrowToTheHeap) {
  const List all = many().to_vector();
  ASSERT_EQ(all.size(), 200U);
  for (int i = 0; i < 200; ++i) {
    ASSERT_EQ(all[static_cast<std::size_t>(i)], (Attribute{"key" + std::to_string(i), i}));
  }
}

TEST(Attributes, GrowAtEveryByte) {
  for (std::size_t size = 150; size < 300; ++size) {
    Attributes attributes{{"first", 1}};
    attributes.set("second", std::string(size, 'x'));
    ASSERT_EQ(attributes.find("second"), AttributeValue(std::string(size, 'x'))) << size;
    ASSERT_EQ(attributes.find("first"), AttributeValue(1)) << size;
  }
}

TEST(Attributes, GrowWithinANestedValue) {
  for (std::size_t size = 0; size < 300; ++size) {
    const std::vector<std::string> value = {std::string(size, 'x'), "y"};
    Attributes attributes{{"first", 1}};
    attributes.set("second", value);
    ASSERT_EQ(attributes.find("second"), AttributeValue(AttributeValue::Array{value[0], "y"}));
  }
}

TEST(Attributes, KeepAHugeValue) {
  const std::string huge(10'000'000, 'x');
  Attributes attributes{{"small", 1}, {"huge", huge}};
  EXPECT_EQ(attributes.find("huge"), AttributeValue(huge));
}

TEST(Attributes, DropAValueBeyondTheirBound) {
  const std::string text(300U << 20U, 'x');
  Attributes attributes{{"small", 1}};
  attributes.set("beyond", text);
  EXPECT_EQ(attributes.size() * 10 + attributes.dropped_count(), 11U);
}

TEST(Attributes, KeepWhatWasThereWhenAValueIsBeyondTheirBound) {
  const std::string text(300U << 20U, 'x');
  Attributes attributes{{"key", 1}};
  attributes.set("key", text);
  EXPECT_EQ(attributes.find("key"), AttributeValue(1));
}

TEST(Attributes, CopiesAreValues) {
  const Attributes original = many();
  Attributes copy = original;
  copy.set("key0", "changed");
  EXPECT_EQ(original.find("key0"), AttributeValue(0));
}

TEST(Attributes, CopiesHoldWhatTheOriginalHolds) {
  const Attributes small{{"a", 1}};
  EXPECT_EQ(Attributes(small).to_vector(), small.to_vector());
  const Attributes large = many();
  EXPECT_EQ(Attributes(large).to_vector(), large.to_vector());
}

TEST(Attributes, MovingTakesEverything) {
  Attributes small{{"a", 1}};
  EXPECT_EQ(Attributes(std::move(small)).to_vector(), (List{{"a", 1}}));
  Attributes large = many();
  EXPECT_EQ(Attributes(std::move(large)).size(), 200U);
}

TEST(Attributes, MovedFromAreEmptyAndUsable) {
  for (Attributes from : {Attributes{{"a", 1}}, many()}) {
    const Attributes to = std::move(from);
    EXPECT_TRUE(from.empty());  // NOLINT(bugprone-use-after-move)
    from.set("b", 2);
    EXPECT_EQ(from.to_vector(), (List{{"b", 2}}));
  }
}

TEST(Attributes, AreAssigned) {
  Attributes target = many();
  target = Attributes{{"a", 1}};
  EXPECT_EQ(target.to_vector(), (List{{"a", 1}}));
  target = many();
  EXPECT_EQ(target.size(), 200U);
}

TEST(Attributes, SelfAssignmentKeepsThem) {
  Attributes attributes = many();
  const Attributes& same = attributes;
  attributes = same;
  EXPECT_EQ(attributes.size(), 200U);
}

TEST(Attributes, ARangeThatThrowsCostsThatAttributeAlone) {
  struct Throwing {
    const int* begin() const { throw std::runtime_error("no beginning"); }
    const int* end() const { return nullptr; }
  };
  const Throwing throwing;
  Attributes attributes{{"a", 1}};
  attributes.set("b", throwing);
  attributes.set("c", 3);
  EXPECT_EQ(attributes.to_vector(), (List{{"a", 1}, {"c", 3}}));
  EXPECT_EQ(attributes.dropped_count(), 1U);
}

TEST(Attributes, ARangeOfThemThatThrowsKeepsThoseBefore) {
  const Attributes attributes{ThrowsAtSecond()};
  EXPECT_EQ(attributes.to_vector(), (List{{"key0", 0}}));
  EXPECT_EQ(attributes.dropped_count(), 1U);
}

TEST(Attributes, HoldEmptyTextsAndArrays) {
  const Attributes attributes{{"a", ""}, {"b", std::vector<int>()}};
  EXPECT_EQ(attributes.to_vector(), (List{{"a", ""}, {"b", AttributeValue::Array()}}));
}

}  // namespace
