// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <weft/context.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace {

const weft::ContextVar<int> depth{"depth", 0};
const weft::ContextVar<int> other{"other"};
const weft::ContextVar<std::string> user_id{"user_id"};

template <class F>
std::string message_of(F&& f) {
  try {
    f();
  } catch (const weft::ContextError& error) {
    return error.what();
  }
  return "nothing was thrown";
}

// A context of its own for each test.
class Token : public testing::Test {
 protected:
  template <class F>
  static void in_fresh_context(F&& f) {
    weft::Context().run(std::forward<F>(f));
  }
};

TEST_F(Token, RestoresTheValueBefore) {
  in_fresh_context([] {
    depth.set(1);
    auto token = depth.set(2);
    depth.reset(token);
    EXPECT_EQ(depth.get(), 1);
  });
}

TEST_F(Token, RestoresUnset) {
  in_fresh_context([] {
    auto token = depth.set(2);
    depth.reset(token);
    EXPECT_EQ(depth.find(), nullptr);
  });
}

TEST_F(Token, RestoresExactlyWhatWasThereAtItsSet) {
  in_fresh_context([] {
    depth.set(1);
    auto token = depth.set(2);
    depth.set(3);
    depth.set(4);
    depth.reset(token);
    EXPECT_EQ(depth.get(), 1);
  });
}

TEST_F(Token, OldValueIsEmptyWhenItWasUnset) {
  in_fresh_context([] { EXPECT_EQ(depth.set(1).old_value(), std::nullopt); });
}

TEST_F(Token, OldValueIsTheValueBefore) {
  in_fresh_context([] {
    depth.set(1);
    EXPECT_EQ(depth.set(2).old_value(), 1);
  });
}

TEST_F(Token, OldValueStaysAfterTheReset) {
  in_fresh_context([] {
    user_id.set("u-1");
    auto token = user_id.set("u-2");
    user_id.reset(token);
    user_id.set("u-3");
    EXPECT_EQ(token.old_value(), "u-1");
  });
}

TEST_F(Token, OldValueOfASmallTypeStaysAfterTheReset) {
  in_fresh_context([] {
    depth.set(1);
    auto token = depth.set(2);
    depth.reset(token);
    depth.set(3);
    EXPECT_EQ(token.old_value(), 1);
  });
}

TEST_F(Token, OldValueOfASmallTypeMovesWithAUsedToken) {
  in_fresh_context([] {
    depth.set(1);
    auto token = depth.set(2);
    depth.reset(token);
    const auto moved = std::move(token);
    EXPECT_EQ(moved.old_value(), 1);
  });
}

TEST_F(Token, OldValueStaysEmptyAfterTheReset) {
  in_fresh_context([] {
    auto token = depth.set(1);
    depth.reset(token);
    EXPECT_EQ(token.old_value(), std::nullopt);
  });
}

TEST_F(Token, OldValueOfASmallTypeOutlivesItsContextAfterTheReset) {
  std::optional<weft::Token<int>> token;
  {
    weft::Context context;
    context.run([&] {
      depth.set(1);
      token = depth.set(2);
      depth.reset(*token);
    });
  }
  EXPECT_EQ(token->old_value(), 1);
}

TEST_F(Token, KnowsItsVariable) {
  in_fresh_context([] { EXPECT_EQ(&depth.set(1).var(), &depth); });
}

TEST_F(Token, DroppingOneResetsNothing) {
  in_fresh_context([] {
    depth.set(1);
    {
      auto token = depth.set(2);
    }
    EXPECT_EQ(depth.get(), 2);
  });
}

TEST_F(Token, MayBeATemporary) {
  in_fresh_context([] {
    depth.reset(depth.set(2));
    EXPECT_EQ(depth.find(), nullptr);
  });
}

TEST_F(Token, UsedTwiceThrows) {
  in_fresh_context([] {
    auto token = depth.set(1);
    depth.reset(token);
    EXPECT_THROW(depth.reset(token), weft::TokenUsedError);
  });
}

TEST_F(Token, OfAnotherVariableThrows) {
  in_fresh_context([] {
    auto token = depth.set(1);
    EXPECT_THROW(other.reset(token), weft::TokenVarError);
  });
}

TEST_F(Token, OfAnotherVariableOfTheSameNameThrows) {
  static const weft::ContextVar<int> twin{"depth"};
  in_fresh_context([] {
    auto token = depth.set(1);
    EXPECT_THROW(twin.reset(token), weft::TokenVarError);
  });
}

TEST_F(Token, OfAnotherContextThrows) {
  in_fresh_context([] {
    auto token = depth.set(1);
    weft::Context inner;
    inner.run([&] { EXPECT_THROW(depth.reset(token), weft::TokenContextError); });
  });
}

TEST_F(Token, OfTheContextThatThisOneWasCopiedFromThrows) {
  in_fresh_context([] {
    auto token = depth.set(1);
    weft::Context copy = weft::copy_context();
    copy.run([&] { EXPECT_THROW(depth.reset(token), weft::TokenContextError); });
  });
}

TEST_F(Token, MadeInsideRunThrowsOutside) {
  in_fresh_context([] {
    std::optional<weft::Token<int>> token;
    weft::Context inner;
    inner.run([&] { token = depth.set(1); });
    EXPECT_THROW(depth.reset(*token), weft::TokenContextError);
  });
}

TEST_F(Token, WorksWhenItsContextIsEnteredAgain) {
  std::optional<weft::Token<int>> token;
  weft::Context context;
  context.run([&] { token = depth.set(1); });
  context.run([&] { depth.reset(*token); });
  EXPECT_FALSE(context.contains(depth));
}

TEST_F(Token, UsedIsFoundBeforeAnotherVariable) {
  in_fresh_context([] {
    auto token = depth.set(1);
    depth.reset(token);
    EXPECT_THROW(other.reset(token), weft::TokenUsedError);
  });
}

TEST_F(Token, UsedIsFoundBeforeAnotherContext) {
  in_fresh_context([] {
    auto token = depth.set(1);
    depth.reset(token);
    weft::Context().run([&] { EXPECT_THROW(depth.reset(token), weft::TokenUsedError); });
  });
}

TEST_F(Token, AnotherVariableIsFoundBeforeAnotherContext) {
  in_fresh_context([] {
    auto token = depth.set(1);
    weft::Context().run([&] { EXPECT_THROW(other.reset(token), weft::TokenVarError); });
  });
}

TEST_F(Token, AResetThatFailedForItsVariableLeavesItUsable) {
  in_fresh_context([] {
    auto token = depth.set(1);
    EXPECT_THROW(other.reset(token), weft::TokenVarError);
    depth.reset(token);
    EXPECT_EQ(depth.find(), nullptr);
  });
}

TEST_F(Token, AResetThatFailedForItsContextLeavesItUsable) {
  in_fresh_context([] {
    auto token = depth.set(1);
    weft::Context().run([&] { EXPECT_THROW(depth.reset(token), weft::TokenContextError); });
    depth.reset(token);
    EXPECT_EQ(depth.find(), nullptr);
  });
}

TEST_F(Token, AFailedResetChangesNothing) {
  in_fresh_context([] {
    auto token = depth.set(1);
    other.set(5);
    EXPECT_THROW(other.reset(token), weft::TokenVarError);
    EXPECT_EQ(other.get(), 5);
  });
}

TEST_F(Token, MovedFromCountsAsUsed) {
  in_fresh_context([] {
    auto token = depth.set(1);
    auto moved = std::move(token);
    EXPECT_THROW(depth.reset(token), weft::TokenUsedError);  // NOLINT(bugprone-use-after-move)
  });
}

TEST_F(Token, MovedToResets) {
  in_fresh_context([] {
    depth.set(1);
    auto token = depth.set(2);
    auto moved = std::move(token);
    depth.reset(moved);
    EXPECT_EQ(depth.get(), 1);
  });
}

TEST_F(Token, AssignedToForgetsWhatItRemembered) {
  static const weft::ContextVar<std::shared_ptr<int>> shared{"shared"};
  in_fresh_context([] {
    auto value = std::make_shared<int>(1);
    const std::weak_ptr<int> watch = value;
    shared.set(std::move(value));
    auto token = shared.set(nullptr);
    token = shared.set(nullptr);
    EXPECT_TRUE(watch.expired());
  });
}

TEST_F(Token, SelfAssignmentKeepsIt) {
  in_fresh_context([] {
    auto token = depth.set(1);
    auto& same = token;
    token = std::move(same);
    depth.reset(token);
    EXPECT_EQ(depth.find(), nullptr);
  });
}

TEST_F(Token, UsedTwiceSaysSo) {
  in_fresh_context([] {
    auto token = depth.set(1);
    depth.reset(token);
    EXPECT_EQ(message_of([&] { depth.reset(token); }),
              "the token of context variable 'depth' has already been used once");
  });
}

TEST_F(Token, OfAnotherVariableSaysSo) {
  in_fresh_context([] {
    auto token = depth.set(1);
    EXPECT_EQ(message_of([&] { other.reset(token); }),
              "the token was made by another variable than 'other'");
  });
}

TEST_F(Token, OfAnotherContextSaysSo) {
  in_fresh_context([] {
    auto token = depth.set(1);
    weft::Context().run([&] {
      EXPECT_EQ(message_of([&] { depth.reset(token); }),
                "the token of context variable 'depth' was made in another Context");
    });
  });
}

TEST_F(Token, ResetsOutOfOrder) {
  in_fresh_context([] {
    auto first = depth.set(1);
    auto second = depth.set(2);
    depth.reset(first);
    depth.reset(second);
    EXPECT_EQ(depth.get(), 1);
  });
}

TEST_F(Token, KeepsTheOldValueAliveAfterItsContextIsGone) {
  std::optional<weft::Token<std::string>> token;
  {
    weft::Context context;
    context.run([&] {
      user_id.set(std::string(100, 'u'));
      token = user_id.set("later");
    });
  }
  EXPECT_EQ(token->old_value(), std::string(100, 'u'));
}

TEST_F(Token, OfAContextThatIsGoneThrows) {
  std::optional<weft::Token<int>> token;
  {
    weft::Context context;
    context.run([&] { token = depth.set(1); });
  }
  weft::Context().run([&] { EXPECT_THROW(depth.reset(*token), weft::TokenContextError); });
}

TEST_F(Token, AResetOnASharedBlockLeavesTheSnapshotAlone) {
  in_fresh_context([] {
    auto token = depth.set(1);
    const weft::Context snapshot = weft::copy_context();
    depth.reset(token);
    EXPECT_EQ(snapshot.get(depth), 1);
  });
}

}  // namespace
