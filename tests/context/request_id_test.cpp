// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <weft/context.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "support/open_span.hpp"

namespace {

using weft::request_id;
using weft::testing::OpenSpan;
using weft::testing::request_id_of;

std::string current() { return request_id.get().to_string(); }

// Each test in a context of its own.
template <class F>
void in_fresh_context(F&& f) {
  weft::Context context;
  context.run(f);
}

TEST(RequestId, IsEmptyByDefault) { EXPECT_EQ(current(), ""); }

TEST(RequestId, IsUnsetWhenNoSpanIsOpen) { EXPECT_EQ(request_id.find(), nullptr); }

TEST(RequestId, IsTheOpenSpansTraceId) {
  in_fresh_context([] {
    const OpenSpan span(1);
    EXPECT_EQ(current(), request_id_of(1));
  });
}

TEST(RequestId, IsUnsetAgainAfterTheSpan) {
  in_fresh_context([] {
    {
      const OpenSpan span(1);
    }
    EXPECT_EQ(request_id.find(), nullptr);
  });
}

TEST(RequestId, IsTheInnermostSpans) {
  in_fresh_context([] {
    const OpenSpan outer(1);
    const OpenSpan inner(2);
    EXPECT_EQ(current(), request_id_of(2));
  });
}

TEST(RequestId, IsTheOuterSpansAgain) {
  in_fresh_context([] {
    const OpenSpan outer(1);
    {
      const OpenSpan inner(2);
    }
    EXPECT_EQ(current(), request_id_of(1));
  });
}

TEST(RequestId, OneThatWasSetIsKeptByASpan) {
  in_fresh_context([] {
    request_id.set("upstream");
    const OpenSpan span(1);
    EXPECT_EQ(current(), "upstream");
  });
}

TEST(RequestId, OneThatWasSetIsThereAfterTheSpan) {
  in_fresh_context([] {
    request_id.set("upstream");
    {
      const OpenSpan span(1);
    }
    EXPECT_EQ(current(), "upstream");
  });
}

TEST(RequestId, OneThatWasSetInASpanGoesWithIt) {
  in_fresh_context([] {
    {
      const OpenSpan span(1);
      request_id.set("mine");
    }
    EXPECT_EQ(request_id.find(), nullptr);
  });
}

TEST(RequestId, WhatASpanReplacedComesBack) {
  in_fresh_context([] {
    request_id.set("upstream");
    {
      const OpenSpan span(1);
      request_id.set("mine");
      request_id.set("mine again");
    }
    EXPECT_EQ(current(), "upstream");
  });
}

TEST(RequestId, ATokenGivesTheSpansIdAsTheOldValue) {
  in_fresh_context([] {
    const OpenSpan span(1);
    const auto token = request_id.set("mine");
    ASSERT_TRUE(token.old_value().has_value());
    EXPECT_EQ(*token.old_value(), request_id_of(1));
  });
}

TEST(RequestId, ATokenRestoresTheSpansId) {
  in_fresh_context([] {
    const OpenSpan span(1);
    auto token = request_id.set("mine");
    request_id.reset(token);
    EXPECT_EQ(current(), request_id_of(1));
  });
}

TEST(RequestId, ATokenUsedAfterTheSpanLeavesNoDeadId) {
  in_fresh_context([] {
    auto span = std::make_unique<OpenSpan>(1);
    auto token = request_id.set("mine");
    span.reset();
    request_id.reset(token);
    EXPECT_EQ(request_id.find(), nullptr);
  });
}

TEST(RequestId, ASpanThatClosesOutOfOrderLeavesNoDeadId) {
  in_fresh_context([] {
    auto outer = std::make_unique<OpenSpan>(1);
    auto inner = std::make_unique<OpenSpan>(2);
    outer.reset();
    inner.reset();
    EXPECT_EQ(request_id.find(), nullptr);
  });
}

TEST(RequestId, WhatWasSetInASpanThatClosesOutOfOrderIsRestoredByTheOneAbove) {
  in_fresh_context([] {
    auto outer = std::make_unique<OpenSpan>(1);
    request_id.set("of outer");
    auto inner = std::make_unique<OpenSpan>(2);
    outer.reset();
    inner.reset();
    EXPECT_EQ(request_id.find(), nullptr);
  });
}

TEST(RequestId, WhatWasSetInBothOfTwoThatCloseOutOfOrderIsRestored) {
  in_fresh_context([] {
    auto outer = std::make_unique<OpenSpan>(1);
    request_id.set("of outer");
    auto inner = std::make_unique<OpenSpan>(2);
    request_id.set("of inner");
    outer.reset();
    inner.reset();
    EXPECT_EQ(request_id.find(), nullptr);
  });
}

TEST(RequestId, AnUpstreamIdSurvivesTwoThatCloseOutOfOrder) {
  in_fresh_context([] {
    request_id.set("upstream");
    auto outer = std::make_unique<OpenSpan>(1);
    request_id.set("of outer");
    auto inner = std::make_unique<OpenSpan>(2);
    request_id.set("of inner");
    outer.reset();
    inner.reset();
    EXPECT_EQ(current(), "upstream");
  });
}

TEST(RequestId, OfASpanThatWasClosedElsewhereIsGone) {
  in_fresh_context([] {
    OpenSpan span(1);
    std::thread([&] { span.close(); }).join();
    EXPECT_EQ(request_id.find(), nullptr);
  });
}

TEST(RequestId, SetInASpanThatWasClosedElsewhereIsGone) {
  in_fresh_context([] {
    OpenSpan span(1);
    request_id.set("mine");
    std::thread([&] { span.close(); }).join();
    EXPECT_EQ(request_id.find(), nullptr);
  });
}

TEST(RequestId, SetInASpanThatWasClosedElsewhereIsNotInASnapshot) {
  in_fresh_context([] {
    OpenSpan span(1);
    request_id.set("mine");
    std::thread([&] { span.close(); }).join();
    EXPECT_FALSE(weft::copy_context().contains(request_id));
  });
}

TEST(RequestId, MayBeSetAfterASpanThatWasClosedElsewhere) {
  in_fresh_context([] {
    const OpenSpan outer(1);
    OpenSpan inner(2);
    request_id.set("of inner");
    std::thread([&] { inner.close(); }).join();
    const auto token = request_id.set("of outer");
    EXPECT_EQ(*token.old_value(), request_id_of(1));
  });
}

TEST(RequestId, AContextKeepsTheSpanItWasCopiedWith) {
  in_fresh_context([] {
    auto span = std::make_unique<OpenSpan>(1);
    const weft::Context snapshot = weft::copy_context();
    span.reset();
    EXPECT_EQ(snapshot.get(request_id), request_id_of(1));
  });
}

TEST(RequestId, AnEmptyContextHasNone) {
  in_fresh_context([] {
    const OpenSpan span(1);
    weft::Context empty;
    empty.run([] { EXPECT_EQ(request_id.find(), nullptr); });
  });
}

TEST(RequestId, OfASpanCountsAsAnItem) {
  in_fresh_context([] {
    const OpenSpan span(1);
    EXPECT_EQ(weft::copy_context().size(), 1U);
  });
}

TEST(RequestId, OfASpanIsContained) {
  in_fresh_context([] {
    const OpenSpan span(1);
    EXPECT_TRUE(weft::copy_context().contains(request_id));
  });
}

TEST(RequestId, OfASpanIsShownByItems) {
  in_fresh_context([] {
    const OpenSpan span(1);
    const weft::Context snapshot = weft::copy_context();
    for (auto item : snapshot) {
      EXPECT_EQ(item.name(), "request_id");
      ASSERT_NE(item.get_if(request_id), nullptr);
      EXPECT_EQ(*item.get_if(request_id), request_id_of(1));
    }
  });
}

TEST(RequestId, AnItemOutlivesItsIterator) {
  in_fresh_context([] {
    const OpenSpan span(1);
    const weft::Context snapshot = weft::copy_context();
    const std::vector<weft::ContextItem> items(snapshot.begin(), snapshot.end());
    ASSERT_EQ(items.size(), 1U);
    EXPECT_EQ(*items[0].get_if(request_id), request_id_of(1));
  });
}

TEST(RequestId, OneThatWasSetIsOneItem) {
  in_fresh_context([] {
    const OpenSpan span(1);
    request_id.set("mine");
    EXPECT_EQ(weft::copy_context().size(), 1U);
  });
}

TEST(RequestId, OfARemoteSpanIsNone) {
  in_fresh_context([] {
    auto identity = weft::testing::identity_of(1);
    identity.record.epoch = 0;  // extracted: of no span of this process
    const OpenSpan span(identity);
    EXPECT_EQ(request_id.find(), nullptr);
  });
}

TEST(RequestId, IsCutAtItsCapacity) {
  EXPECT_EQ(weft::RequestId(std::string(500, 'x')).view().size(), weft::RequestId::kCapacity);
}

TEST(RequestId, AnotherVariableOfItsTypeIsAnOrdinaryOne) {
  static const weft::ContextVar<weft::RequestId> other{"other", weft::RequestId("default")};
  in_fresh_context([] {
    const OpenSpan span(1);
    EXPECT_EQ(other.get(), "default");
  });
}

}  // namespace
