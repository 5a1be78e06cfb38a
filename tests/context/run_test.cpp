// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <weft/context.hpp>

#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

namespace {

const weft::ContextVar<int> depth{"depth", 0};

int get_depth() { return depth.get(); }

struct Service {
  int depth_plus(int more) const { return depth.get() + more; }
};

TEST(Run, SeesTheContextsValues) {
  weft::Context context;
  context.run([] { depth.set(5); });
  EXPECT_EQ(context.run(get_depth), 5);
}

TEST(Run, DoesNotSeeTheCallersValues) {
  weft::Context().run([] {
    depth.set(1);
    EXPECT_EQ(weft::Context().run(get_depth), 0);
  });
}

TEST(Run, WhatIsSetInsideStaysInside) {
  weft::Context().run([] {
    depth.set(1);
    weft::Context inner = weft::copy_context();
    inner.run([] { depth.set(2); });
    EXPECT_EQ(depth.get(), 1);
  });
}

TEST(Run, WhatIsSetInsideStaysInTheContext) {
  weft::Context inner;
  inner.run([] { depth.set(2); });
  EXPECT_EQ(inner.get(depth), 2);
}

TEST(Run, ReturnsWhatTheCallableReturns) {
  EXPECT_EQ(weft::Context().run([] { return std::string("result"); }), "result");
}

TEST(Run, ReturnsMoveOnlyResults) {
  EXPECT_EQ(*weft::Context().run([] { return std::make_unique<int>(4); }), 4);
}

TEST(Run, ReturnsReferencesAsReferences) {
  int number = 1;
  weft::Context().run([&]() -> int& { return number; }) = 2;
  EXPECT_EQ(number, 2);
}

TEST(Run, MayReturnNothing) {
  weft::Context context;
  static_assert(std::is_void_v<decltype(context.run([] {}))>);
  context.run([] {});
}

TEST(Run, PassesItsArgumentsOn) {
  EXPECT_EQ(weft::Context().run([](int a, int b) { return a - b; }, 5, 3), 2);
}

TEST(Run, PassesReferencesOn) {
  int number = 1;
  weft::Context().run([](int& n) { n = 2; }, number);
  EXPECT_EQ(number, 2);
}

TEST(Run, PassesMoveOnlyArgumentsOn) {
  EXPECT_EQ(
      weft::Context().run([](std::unique_ptr<int> p) { return *p; }, std::make_unique<int>(3)), 3);
}

TEST(Run, CallsMemberFunctions) {
  const Service service;
  EXPECT_EQ(weft::Context().run(&Service::depth_plus, service, 4), 4);
}

TEST(Run, CallsFunctionPointers) { EXPECT_EQ(weft::Context().run(&get_depth), 0); }

TEST(Run, CallsMoveOnlyCallables) {
  EXPECT_EQ(weft::Context().run([p = std::make_unique<int>(6)] { return *p; }), 6);
}

TEST(Run, PassesExceptionsOn) {
  EXPECT_THROW(weft::Context().run([] { throw std::runtime_error("out"); }), std::runtime_error);
}

TEST(Run, RestoresTheCallersContextAfterAnException) {
  weft::Context().run([] {
    depth.set(1);
    try {
      weft::Context().run([] {
        depth.set(2);
        throw std::runtime_error("out");
      });
    } catch (const std::runtime_error&) {
    }
    EXPECT_EQ(depth.get(), 1);
  });
}

TEST(Run, KeepsWhatWasSetBeforeAnException) {
  weft::Context context;
  try {
    context.run([] {
      depth.set(2);
      throw std::runtime_error("out");
    });
  } catch (const std::runtime_error&) {
  }
  EXPECT_EQ(context.get(depth), 2);
}

TEST(Run, MayBeCalledAgainAfterAnException) {
  weft::Context context;
  try {
    context.run([] { throw std::runtime_error("out"); });
  } catch (const std::runtime_error&) {
  }
  EXPECT_EQ(context.run([] { return 1; }), 1);
}

TEST(Run, Nests) {
  weft::Context outer;
  outer.run([] {
    depth.set(1);
    weft::Context inner;
    inner.run([] {
      depth.set(2);
      weft::Context innermost;
      innermost.run([] { depth.set(3); });
      EXPECT_EQ(depth.get(), 2);
    });
    EXPECT_EQ(depth.get(), 1);
  });
}

TEST(Run, OnATemporaryIsAPlaceOfItsOwn) {
  weft::Context().run([] {
    depth.set(1);
    weft::copy_context().run([] { depth.set(2); });
    EXPECT_EQ(depth.get(), 1);
  });
}

TEST(Run, AThousandContextsDeep) {
  struct Nest {
    static int descend(int left) {
      depth.set(left);
      if (left == 0) return depth.get();
      weft::Context inner = weft::copy_context();
      const int below = inner.run([left] { return descend(left - 1); });
      return below + (depth.get() == left ? 1 : 0);
    }
  };
  EXPECT_EQ(weft::Context().run([] { return Nest::descend(1000); }), 1000);
}

}  // namespace
