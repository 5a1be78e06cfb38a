// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <weft/context.hpp>

#include <string>

namespace {

const weft::ContextVar<std::string> user_id{"user_id"};
const weft::ContextVar<int> depth{"depth", 7};

TEST(ContextVar, GivesWhatWasSet) {
  weft::Context().run([] {
    user_id.set("u-1");
    EXPECT_EQ(user_id.get(), "u-1");
  });
}

TEST(ContextVar, GivesTheNewestValue) {
  weft::Context().run([] {
    user_id.set("u-1");
    user_id.set("u-2");
    EXPECT_EQ(user_id.get(), "u-2");
  });
}

TEST(ContextVar, GivesItsDefaultWhenUnset) { EXPECT_EQ(depth.get(), 7); }

TEST(ContextVar, ThrowsLookupErrorWhenUnsetAndWithoutDefault) {
  EXPECT_THROW((void)user_id.get(), weft::LookupError);
}

TEST(ContextVar, LookupErrorNamesTheVariable) {
  try {
    (void)user_id.get();
    FAIL() << "nothing was thrown";
  } catch (const weft::LookupError& error) {
    EXPECT_STREQ(error.what(), "user_id");
  }
}

TEST(ContextVar, LookupErrorIsAContextErrorAndARuntimeError) {
  EXPECT_THROW((void)user_id.get(), weft::ContextError);
  EXPECT_THROW((void)user_id.get(), std::runtime_error);
}

TEST(ContextVar, FindIsNullWhenUnset) { EXPECT_EQ(user_id.find(), nullptr); }

TEST(ContextVar, FindIgnoresTheDefault) { EXPECT_EQ(depth.find(), nullptr); }

TEST(ContextVar, FindPointsAtTheValue) {
  weft::Context().run([] {
    depth.set(3);
    ASSERT_NE(depth.find(), nullptr);
    EXPECT_EQ(*depth.find(), 3);
  });
}

TEST(ContextVar, GetOrPrefersTheValue) {
  weft::Context().run([] {
    user_id.set("u-1");
    EXPECT_EQ(user_id.get_or("anonymous"), "u-1");
  });
}

TEST(ContextVar, GetOrGivesTheFallbackWhenUnset) {
  EXPECT_EQ(user_id.get_or("anonymous"), "anonymous");
}

TEST(ContextVar, TheFallbackWinsOverTheDefault) { EXPECT_EQ(depth.get_or(9), 9); }

TEST(ContextVar, KnowsItsName) { EXPECT_EQ(user_id.name(), "user_id"); }

TEST(ContextVar, MayHaveAnEmptyName) {
  static const weft::ContextVar<int> nameless{""};
  EXPECT_THROW((void)nameless.get(), weft::LookupError);
}

TEST(ContextVar, TwoOfOneNameAreTwoVariables) {
  static const weft::ContextVar<int> first{"same"};
  static const weft::ContextVar<int> second{"same"};
  weft::Context().run([] {
    first.set(1);
    second.set(2);
    EXPECT_EQ(first.get(), 1);
  });
}

TEST(ContextVar, WorksAsAStaticMember) {
  struct Service {
    static const weft::ContextVar<int>& tenant() {
      static const weft::ContextVar<int> variable{"tenant", 1};
      return variable;
    }
  };
  weft::Context().run([] {
    Service::tenant().set(5);
    EXPECT_EQ(Service::tenant().get(), 5);
  });
}

TEST(ContextVar, AReferenceStaysGoodWhileOtherVariablesChange) {
  static const weft::ContextVar<std::string> other{"other"};
  weft::Context().run([] {
    user_id.set(std::string(100, 'u'));
    const std::string& kept = user_id.get();
    for (int i = 0; i < 100; ++i) other.set(std::string(100, 'o'));
    EXPECT_EQ(kept, std::string(100, 'u'));
  });
}

TEST(ContextVar, AReferenceStaysGoodWhileSnapshotsComeAndGo) {
  static const weft::ContextVar<std::string> other{"other"};
  weft::Context().run([] {
    user_id.set(std::string(100, 'u'));
    const std::string& kept = user_id.get();
    for (int i = 0; i < 10; ++i) {
      const weft::Context snapshot = weft::copy_context();
      other.set(std::to_string(i));  // the block is shared now: this copies it
    }
    EXPECT_EQ(kept, std::string(100, 'u'));
  });
}

TEST(ContextVar, AReferenceStaysGoodWhenTheBlockGrows) {
  weft::Context().run([] {
    user_id.set(std::string(100, 'u'));
    const std::string& kept = user_id.get();
    static const weft::ContextVar<int> more[32] = {
        weft::ContextVar<int>{"0"},  weft::ContextVar<int>{"1"},  weft::ContextVar<int>{"2"},
        weft::ContextVar<int>{"3"},  weft::ContextVar<int>{"4"},  weft::ContextVar<int>{"5"},
        weft::ContextVar<int>{"6"},  weft::ContextVar<int>{"7"},  weft::ContextVar<int>{"8"},
        weft::ContextVar<int>{"9"},  weft::ContextVar<int>{"10"}, weft::ContextVar<int>{"11"},
        weft::ContextVar<int>{"12"}, weft::ContextVar<int>{"13"}, weft::ContextVar<int>{"14"},
        weft::ContextVar<int>{"15"}, weft::ContextVar<int>{"16"}, weft::ContextVar<int>{"17"},
        weft::ContextVar<int>{"18"}, weft::ContextVar<int>{"19"}, weft::ContextVar<int>{"20"},
        weft::ContextVar<int>{"21"}, weft::ContextVar<int>{"22"}, weft::ContextVar<int>{"23"},
        weft::ContextVar<int>{"24"}, weft::ContextVar<int>{"25"}, weft::ContextVar<int>{"26"},
        weft::ContextVar<int>{"27"}, weft::ContextVar<int>{"28"}, weft::ContextVar<int>{"29"},
        weft::ContextVar<int>{"30"}, weft::ContextVar<int>{"31"}};
    for (const auto& variable : more) variable.set(1);
    EXPECT_EQ(kept, std::string(100, 'u'));
  });
}

TEST(ContextVar, ASnapshotKeepsAValueThatWasReplaced) {
  weft::Context().run([] {
    user_id.set("before");
    const weft::Context snapshot = weft::copy_context();
    user_id.set("after");
    EXPECT_EQ(snapshot.get(user_id), "before");
  });
}

}  // namespace
