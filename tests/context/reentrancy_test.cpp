// SPDX-License-Identifier: Apache-2.0
// Values whose constructors and destructors call back into the library, at the worst moments.
#include <gtest/gtest.h>
#include <weft/context.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "support/on_destruction.hpp"

namespace {

using weft::testing::OnDestruction;

const weft::ContextVar<OnDestruction> trigger{"trigger"};
const weft::ContextVar<std::string> text{"text"};
const weft::ContextVar<int> depth{"depth", 0};

TEST(Reentrancy, ADestructorMaySetItsOwnVariableWhileItIsReplaced) {
  weft::Context().run([] {
    bool called = false;
    trigger.set(OnDestruction([&] {
      called = true;
      trigger.set(OnDestruction());
    }));
    trigger.set(OnDestruction());  // the temporary token drops the old value
    EXPECT_TRUE(called);
  });
}

TEST(Reentrancy, ADestructorMaySetAnotherVariableWhileItsOwnIsReset) {
  weft::Context().run([] {
    auto token = trigger.set(OnDestruction([] { text.set(std::string(100, 'd')); }));
    trigger.reset(token);
    EXPECT_EQ(text.get(), std::string(100, 'd'));
  });
}

TEST(Reentrancy, ADestructorSeesItsVariableResetAlready) {
  weft::Context().run([] {
    bool was_set = true;
    auto token = trigger.set(OnDestruction([&] { was_set = trigger.find() != nullptr; }));
    trigger.reset(token);
    EXPECT_FALSE(was_set);
  });
}

TEST(Reentrancy, ADestructorMayTakeASnapshot) {
  weft::Context().run([] {
    weft::Context snapshot;
    text.set("t");
    auto token = trigger.set(OnDestruction([&] { snapshot = weft::copy_context(); }));
    trigger.reset(token);
    EXPECT_EQ(snapshot.get(text), "t");
  });
}

TEST(Reentrancy, ADestructorMaySetWhileItsContextIsDestroyed) {
  bool called = false;
  {
    weft::Context context;
    context.run([&] {
      text.set(std::string(100, 'a'));
      trigger.set(OnDestruction([&] {
        called = true;
        auto scope = depth.scoped(3);
      }));
    });
  }
  EXPECT_TRUE(called);
}

TEST(Reentrancy, ADestructorMayEnterTheContextThatIsAssignedTo) {
  weft::Context context;
  context.run([&] {
    trigger.set(OnDestruction([&] { context.run([] { text.set(std::string(100, 'z')); }); }));
  });
  weft::Context fresh;
  fresh.run([] { depth.set(5); });
  context = fresh;
  EXPECT_EQ(context.get(depth), 5);
}

TEST(Reentrancy, ADestructorMayReadATokenThatIsAssignedTo) {
  weft::Context().run([] {
    static const weft::ContextVar<std::shared_ptr<OnDestruction>> held{"held"};
    std::optional<weft::Token<std::shared_ptr<OnDestruction>>> token;
    bool was_empty = false;
    held.set(std::make_shared<OnDestruction>([&] { was_empty = *token->old_value() == nullptr; }));
    token = held.set(nullptr);
    token = held.set(nullptr);
    EXPECT_TRUE(was_empty);
  });
}

TEST(Reentrancy, AConstructorMaySetTheSameVariable) {
  struct SetsWhenMoved {
    std::function<void()> f;
    explicit SetsWhenMoved(std::function<void()> g) : f(std::move(g)) {}
    SetsWhenMoved(SetsWhenMoved&& other) : f(std::move(other.f)) {
      if (f) std::exchange(f, nullptr)();
    }
  };
  static const weft::ContextVar<SetsWhenMoved> variable{"sets when moved"};
  weft::Context().run([] {
    variable.set(SetsWhenMoved([] { variable.set(SetsWhenMoved([] { depth.set(2); })); }));
    EXPECT_EQ(depth.get(), 2);
  });
}

TEST(Reentrancy, AConstructorMayTakeASnapshot) {
  struct SnapshotsWhenMoved {
    weft::Context* into = nullptr;
    explicit SnapshotsWhenMoved(weft::Context* target) : into(target) {}
    SnapshotsWhenMoved(SnapshotsWhenMoved&& other) noexcept : into(other.into) {
      *into = weft::copy_context();
    }
  };
  static const weft::ContextVar<SnapshotsWhenMoved> variable{"snapshots when moved"};
  weft::Context().run([] {
    weft::Context snapshot;
    variable.set(SnapshotsWhenMoved(&snapshot));
    EXPECT_FALSE(snapshot.contains(variable));
  });
}

TEST(Reentrancy, AChainOfSnapshotsWithinValuesIsFreed) {
  static const weft::ContextVar<weft::Context> previous{"previous"};
  auto value = std::make_shared<int>(1);
  const std::weak_ptr<int> watch = value;
  static const weft::ContextVar<std::shared_ptr<int>> shared{"shared"};
  weft::Context().run([&] {
    shared.set(std::move(value));
    for (int i = 0; i < 100; ++i) previous.set(weft::copy_context());
  });
  EXPECT_TRUE(watch.expired());
}

}  // namespace
