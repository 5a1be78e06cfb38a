// SPDX-License-Identifier: Apache-2.0
// Which span is current: the stack of open spans that belongs to a context.
#include <gtest/gtest.h>
#include <weft/context.hpp>

#include <atomic>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "context/context_access.hpp"
#include "support/open_span.hpp"

namespace {

using weft::testing::OpenSpan;
namespace detail = weft::detail;

// The first byte of the current span's id; 0 when there is none.
int current() {
  const detail::SpanNode* node = detail::top_span(detail::current_state());
  return node == nullptr ? 0 : node->identity.context.span_id().bytes()[0];
}

int span_of(const weft::Context& context) {
  const detail::SpanNode* node = detail::top_span(weft::ContextAccess::state(context));
  return node == nullptr ? 0 : node->identity.context.span_id().bytes()[0];
}

template <class F>
void in_fresh_context(F&& f) {
  weft::Context context;
  context.run(f);
}

TEST(SpanStack, TheInnermostIsCurrent) {
  in_fresh_context([] {
    const OpenSpan outer(1);
    const OpenSpan inner(2);
    EXPECT_EQ(current(), 2);
  });
}

TEST(SpanStack, ClosingRestoresTheOneBelow) {
  in_fresh_context([] {
    const OpenSpan outer(1);
    {
      const OpenSpan inner(2);
    }
    EXPECT_EQ(current(), 1);
  });
}

TEST(SpanStack, ClosingTheOuterFirstLeavesTheInnerCurrent) {
  in_fresh_context([] {
    auto outer = std::make_unique<OpenSpan>(1);
    const OpenSpan inner(2);
    outer.reset();
    EXPECT_EQ(current(), 2);
  });
}

TEST(SpanStack, ClosingTheInnerAfterTheOuterLeavesNone) {
  in_fresh_context([] {
    auto outer = std::make_unique<OpenSpan>(1);
    {
      const OpenSpan inner(2);
      outer.reset();
    }
    EXPECT_EQ(current(), 0);
  });
}

TEST(SpanStack, AnotherContextHasItsOwn) {
  in_fresh_context([] {
    const OpenSpan span(1);
    in_fresh_context([] { EXPECT_EQ(current(), 0); });
  });
}

TEST(SpanStack, ACopyHasTheCurrentSpan) {
  in_fresh_context([] {
    const OpenSpan span(1);
    EXPECT_EQ(span_of(weft::copy_context()), 1);
  });
}

TEST(SpanStack, ACopyKeepsItAfterItsEnd) {
  in_fresh_context([] {
    auto span = std::make_unique<OpenSpan>(1);
    const weft::Context copy = weft::copy_context();
    span.reset();
    EXPECT_EQ(span_of(copy), 1);
  });
}

TEST(SpanStack, ASpanOfACopyDoesNotShowInTheOriginal) {
  in_fresh_context([] {
    const OpenSpan span(1);
    weft::Context copy = weft::copy_context();
    copy.run([] {
      OpenSpan inner(2);
      inner.abandon();
    });
    EXPECT_EQ(current() * 10 + span_of(copy), 12);
  });
}

TEST(SpanStack, ASpanThatStaysOpenMovesWithItsContext) {
  weft::Context context;
  std::optional<OpenSpan> span;
  context.run([&] { span.emplace(3); });
  weft::Context moved = std::move(context);
  EXPECT_EQ(span_of(moved), 3);
}

TEST(SpanStack, ASpanThatMovedWithItsContextClosesThere) {
  weft::Context context;
  std::optional<OpenSpan> span;
  context.run([&] { span.emplace(3); });
  weft::Context moved = std::move(context);
  moved.run([&] { EXPECT_TRUE(span->close()); });
  EXPECT_EQ(span_of(moved), 0);
}

TEST(SpanStack, AnInheritedSpanStaysBelowWhenItsContextMoves) {
  in_fresh_context([] {
    const OpenSpan parent(1);
    weft::Context context = weft::copy_context();
    std::optional<OpenSpan> span;
    context.run([&] { span.emplace(2); });
    weft::Context moved = std::move(context);
    moved.run([&] { span->close(); });
    EXPECT_EQ(span_of(moved), 1);
  });
}

TEST(SpanStack, ClosingInAnotherContextIsRefused) {
  std::optional<OpenSpan> span;
  weft::Context context;
  context.run([&] { span.emplace(1); });
  EXPECT_FALSE(span->close());
}

TEST(SpanStack, ClosingInAnotherContextLeavesThatContextAlone) {
  std::optional<OpenSpan> span;
  weft::Context context;
  context.run([&] { span.emplace(1); });
  in_fresh_context([&] {
    const OpenSpan mine(2);
    span->close();
    EXPECT_EQ(current(), 2);
  });
}

TEST(SpanStack, OneThatWasClosedElsewhereIsNoLongerCurrent) {
  std::optional<OpenSpan> span;
  weft::Context context;
  context.run([&] { span.emplace(1); });
  span->close();
  EXPECT_EQ(span_of(context), 0);
}

TEST(SpanStack, OneInTheMiddleThatWasClosedElsewhereIsSkippedLater) {
  in_fresh_context([] {
    const OpenSpan outer(1);
    OpenSpan middle(2);
    {
      const OpenSpan inner(3);
      std::thread([&] { middle.close(); }).join();
    }
    EXPECT_EQ(current(), 1);
  });
}

TEST(SpanStack, ClosingAfterTheContextIsGoneIsRefused) {
  std::optional<OpenSpan> span;
  {
    weft::Context context;
    context.run([&] { span.emplace(1); });
  }
  EXPECT_FALSE(span->close());
}

TEST(SpanStack, ClosingAfterTheContextIsGoneSparesTheNodesNextSpan) {
  std::optional<OpenSpan> stale;
  {
    weft::Context context;
    context.run([&] { stale.emplace(1); });
  }
  in_fresh_context([&] {
    const OpenSpan next(2);  // most likely in the same node
    stale->close();
    EXPECT_EQ(current(), 2);
  });
}

TEST(SpanStack, ClosingAfterTheThreadIsGoneIsRefused) {
  std::optional<OpenSpan> span;
  std::thread([&] { span.emplace(1); }).join();
  EXPECT_FALSE(span->close());
}

TEST(SpanStack, HoldsMoreThanASlab) {
  in_fresh_context([] {
    std::vector<std::unique_ptr<OpenSpan>> spans;
    for (int i = 0; i < 1000; ++i) {
      spans.push_back(std::make_unique<OpenSpan>(static_cast<std::uint8_t>(1 + i % 200)));
    }
    while (spans.size() > 1) spans.pop_back();
    EXPECT_EQ(current(), 1);
  });
}

// A context goes while another thread closes the span that was left open in it: the node may be
// taken for another span at any moment.
TEST(SpanStack, ClosingRacesTheEndOfTheContext) {
  for (int round = 0; round < 300; ++round) {
    auto context = std::make_unique<weft::Context>();
    std::optional<OpenSpan> span;
    context->run([&] { span.emplace(1); });
    std::atomic<bool> go{false};
    std::jthread closer([&] {
      while (!go.load()) {
      }
      span->close();
    });
    go = true;
    context.reset();
    in_fresh_context([] {
      const OpenSpan next(2);
      ASSERT_EQ(current(), 2);
    });
  }
}

// A span is closed by another thread while its own opens and closes spans above it.
TEST(SpanStack, ClosingElsewhereRacesTheOwner) {
  for (int round = 0; round < 300; ++round) {
    in_fresh_context([] {
      OpenSpan outer(1);
      std::jthread closer([&] { outer.close(); });
      for (int i = 0; i < 20; ++i) {
        const OpenSpan inner(2);
        ASSERT_EQ(current(), 2);
      }
      closer.join();
      ASSERT_EQ(current(), 0);
    });
  }
}

}  // namespace
