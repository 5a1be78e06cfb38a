// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <weft/detail/context_access.hpp>
#include <weft/executor.hpp>
#include <weft/request_context.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using weft::RequestContext;

constexpr auto kTraceId = "0af7651916cd43dd8448eb211c80319c";

weft::Context with_span() {
  weft::Context context;
  weft::detail::set_remote_span(context,
                                weft::SpanContext(*weft::TraceId::from_hex(kTraceId),
                                                  *weft::SpanId::from_hex("b7ad6b7169203331")));
  return context;
}

// Each test in a context of its own.
class RequestContexts : public ::testing::Test {
 protected:
  template <class F>
  static void in_a_request(F&& f) {
    weft::Context().run([&] {
      RequestContext::init();
      f();
    });
  }
};

TEST_F(RequestContexts, ThrowWhatIsReadBeforeInit) {
  EXPECT_THROW(RequestContext::get("tenant"), weft::ContextNotInitialized);
  EXPECT_THROW(RequestContext::get("tenant", "acme"), weft::ContextNotInitialized);
  EXPECT_THROW(RequestContext::all(), weft::ContextNotInitialized);
  EXPECT_THROW(RequestContext::user_id(), weft::ContextNotInitialized);
  EXPECT_THROW(RequestContext::trace_id(), weft::ContextNotInitialized);
}

TEST_F(RequestContexts, ThrowWhatIsSetBeforeInit) {
  EXPECT_THROW(RequestContext::set("tenant", "acme"), weft::ContextNotInitialized);
  EXPECT_THROW(RequestContext::set_user_id("u-1"), weft::ContextNotInitialized);
  EXPECT_THROW(RequestContext::set_trace_id("t-1"), weft::ContextNotInitialized);
}

TEST_F(RequestContexts, NotInitializedIsAContextError) {
  EXPECT_THROW(RequestContext::get("tenant"), weft::ContextError);
}

TEST_F(RequestContexts, GiveWhatWasSet) {
  in_a_request([] {
    RequestContext::set("tenant", "acme");
    EXPECT_EQ(RequestContext::get("tenant"), "acme");
  });
}

TEST_F(RequestContexts, GiveNothingForAnUnknownKey) {
  in_a_request([] { EXPECT_EQ(RequestContext::get("tenant"), std::nullopt); });
}

TEST_F(RequestContexts, GiveTheFallbackForAnUnknownKey) {
  in_a_request([] {
    EXPECT_EQ(RequestContext::get("tenant", "none"), "none");
    EXPECT_EQ(RequestContext::get("attempt", 3), 3);
    EXPECT_EQ(RequestContext::get<double>("share", 1), 1.0);
  });
}

TEST_F(RequestContexts, GiveTheValueRatherThanTheFallback) {
  in_a_request([] {
    RequestContext::set("attempt", 2);
    EXPECT_EQ(RequestContext::get("attempt", 3), 2);
  });
}

TEST_F(RequestContexts, TakeFirstValues) {
  weft::Context().run([] {
    RequestContext::init({{"tenant", "acme"}, {"attempt", 2}});
    EXPECT_EQ(RequestContext::get("tenant"), "acme");
    EXPECT_EQ(RequestContext::get<int>("attempt"), 2);
  });
}

TEST_F(RequestContexts, TakeOneFirstValue) {
  weft::Context().run([] {
    RequestContext::init({{"tenant", "acme"}});
    EXPECT_EQ(RequestContext::get("tenant"), "acme");
  });
}

TEST_F(RequestContexts, TakeFirstValuesFromAMap) {
  weft::Context().run([] {
    RequestContext::init(std::map<std::string, std::string>{{"tenant", "acme"}});
    EXPECT_EQ(RequestContext::get("tenant"), "acme");
  });
}

TEST_F(RequestContexts, ReplaceAValue) {
  in_a_request([] {
    RequestContext::set("tenant", "acme");
    RequestContext::set("tenant", 5);
    EXPECT_EQ(RequestContext::get<int>("tenant"), 5);
  });
}

TEST_F(RequestContexts, StartAfreshAtASecondInit) {
  in_a_request([] {
    RequestContext::set("tenant", "acme");
    RequestContext::init();
    EXPECT_EQ(RequestContext::get("tenant"), std::nullopt);
  });
}

TEST_F(RequestContexts, AreNotInitializedAfterClear) {
  in_a_request([] {
    RequestContext::clear();
    EXPECT_THROW(RequestContext::get("tenant"), weft::ContextNotInitialized);
  });
}

TEST_F(RequestContexts, MayBeClearedTwice) {
  in_a_request([] {
    RequestContext::clear();
    RequestContext::clear();
    EXPECT_FALSE(RequestContext::is_initialized());
  });
}

TEST_F(RequestContexts, LeaveNoVariableAfterClear) {
  in_a_request([] {
    RequestContext::clear();
    EXPECT_EQ(weft::copy_context().size(), 0U);
  });
}

TEST_F(RequestContexts, KeepNumbersForWhateverNumberHoldsThem) {
  in_a_request([] {
    RequestContext::set("n", 300);
    EXPECT_EQ(RequestContext::get<std::int64_t>("n"), 300);
    EXPECT_EQ(RequestContext::get<unsigned short>("n"), 300);
    EXPECT_EQ(RequestContext::get<std::uint8_t>("n"), std::nullopt);
  });
}

TEST_F(RequestContexts, GiveNoNegativeNumberAsAnUnsignedOne) {
  in_a_request([] {
    RequestContext::set("n", -1);
    EXPECT_EQ(RequestContext::get<std::uint64_t>("n"), std::nullopt);
    EXPECT_EQ(RequestContext::get<std::int8_t>("n"), -1);
  });
}

TEST_F(RequestContexts, KeepTheLargestNumbers) {
  in_a_request([] {
    RequestContext::set("n", UINT64_MAX);
    EXPECT_EQ(RequestContext::get<std::uint64_t>("n"), UINT64_MAX);
    EXPECT_EQ(RequestContext::get<std::int64_t>("n"), std::nullopt);
  });
}

TEST_F(RequestContexts, KeepTruthAndFractions) {
  in_a_request([] {
    RequestContext::set("flag", true);
    RequestContext::set("share", 0.5F);
    EXPECT_EQ(RequestContext::get<bool>("flag"), true);
    EXPECT_EQ(RequestContext::get<double>("share"), 0.5);
  });
}

TEST_F(RequestContexts, KeepValuesOfAUsersType) {
  struct User {
    int id;
  };
  in_a_request([] {
    RequestContext::set("user", User{7});
    EXPECT_EQ(RequestContext::get<User>("user").value().id, 7);
  });
}

TEST_F(RequestContexts, GiveNothingForAnotherType) {
  in_a_request([] {
    RequestContext::set("tenant", "acme");
    EXPECT_EQ(RequestContext::get<int>("tenant"), std::nullopt);
    EXPECT_EQ(RequestContext::get<std::vector<int>>("tenant"), std::nullopt);
  });
}

TEST_F(RequestContexts, KeepEveryKindOfText) {
  in_a_request([] {
    const std::string text = "acme";
    RequestContext::set("a", text);
    RequestContext::set("b", std::string_view(text));
    RequestContext::set("c", text.c_str());
    RequestContext::set("d", std::string(text));
    for (const char* key : {"a", "b", "c", "d"}) EXPECT_EQ(RequestContext::get(key), "acme");
  });
}

TEST_F(RequestContexts, GiveTheUser) {
  in_a_request([] {
    RequestContext::set_user_id("u-1");
    EXPECT_EQ(RequestContext::user_id(), "u-1");
  });
}

TEST_F(RequestContexts, HaveNoUserUntilOneIsSet) {
  in_a_request([] { EXPECT_THROW(RequestContext::user_id(), weft::LookupError); });
}

TEST_F(RequestContexts, TakeAnUnknownUserForNone) {
  in_a_request([] {
    RequestContext::set_user_id("unknown");
    EXPECT_THROW(RequestContext::user_id(), weft::LookupError);
  });
}

TEST_F(RequestContexts, TakeAnEmptyUserForNone) {
  in_a_request([] {
    RequestContext::set_user_id("");
    EXPECT_THROW(RequestContext::user_id(), weft::LookupError);
  });
}

TEST_F(RequestContexts, NameTheIdThatIsMissing) {
  in_a_request([] {
    try {
      RequestContext::user_id();
      FAIL() << "it did not throw";
    } catch (const weft::LookupError& error) {
      EXPECT_EQ(std::string_view(error.what()), "user_id");
    }
  });
}

TEST_F(RequestContexts, GiveTheTraceThatWasSet) {
  in_a_request([] {
    RequestContext::set_trace_id("t-1");
    EXPECT_EQ(RequestContext::trace_id(), "t-1");
  });
}

TEST_F(RequestContexts, HaveNoTraceWhereNoneIsSetAndNoSpanIsOpen) {
  in_a_request([] { EXPECT_THROW(RequestContext::trace_id(), weft::LookupError); });
}

TEST_F(RequestContexts, TakeAnUnknownTraceForNone) {
  with_span().run([] {
    RequestContext::init();
    RequestContext::set_trace_id("unknown");
    EXPECT_THROW(RequestContext::trace_id(), weft::LookupError);
  });
}

TEST_F(RequestContexts, GiveTheCurrentSpansTraceWhereNoneIsSet) {
  with_span().run([] {
    RequestContext::init();
    EXPECT_EQ(RequestContext::trace_id(), kTraceId);
    EXPECT_EQ(RequestContext::get("trace_id"), kTraceId);
  });
}

TEST_F(RequestContexts, GiveTheTraceThatWasSetRatherThanTheSpans) {
  with_span().run([] {
    RequestContext::init();
    RequestContext::set_trace_id("t-1");
    EXPECT_EQ(RequestContext::trace_id(), "t-1");
  });
}

TEST_F(RequestContexts, ListEveryKeyAndValue) {
  in_a_request([] {
    RequestContext::set("tenant", "acme");
    RequestContext::set("attempt", 2);
    RequestContext::set_user_id("u-1");
    RequestContext::set_trace_id("t-1");
    EXPECT_EQ(RequestContext::all(),
              (std::map<std::string, std::string>{
                  {"tenant", "acme"}, {"attempt", "2"}, {"user_id", "u-1"}, {"trace_id", "t-1"}}));
  });
}

TEST_F(RequestContexts, ListTheSpansTrace) {
  with_span().run([] {
    RequestContext::init();
    EXPECT_EQ(RequestContext::all(), (std::map<std::string, std::string>{{"trace_id", kTraceId}}));
  });
}

TEST_F(RequestContexts, EndWithTheirScope) {
  weft::Context().run([] {
    {
      auto guard = RequestContext::scope({{"tenant", "acme"}});
    }
    EXPECT_FALSE(RequestContext::is_initialized());
  });
}

TEST_F(RequestContexts, EndWithTheirScopeWhenAnExceptionLeaves) {
  weft::Context().run([] {
    try {
      auto guard = RequestContext::scope();
      RequestContext::set("tenant", "acme");
      throw std::runtime_error("out");
    } catch (const std::runtime_error&) {
    }
    EXPECT_FALSE(RequestContext::is_initialized());
  });
}

TEST_F(RequestContexts, AreBackAfterAnInnerScope) {
  in_a_request([] {
    RequestContext::set("tenant", "outer");
    {
      auto guard = RequestContext::scope();
      RequestContext::set("tenant", "inner");
    }
    EXPECT_EQ(RequestContext::get("tenant"), "outer");
  });
}

TEST_F(RequestContexts, AreNotDisturbedByAScopeThatClosesElsewhere) {
  struct Kept {
    weft::RequestScope scope = RequestContext::scope({{"tenant", "inside"}});
  };
  weft::Context first;
  std::unique_ptr<Kept> kept;
  first.run([&] { kept = std::make_unique<Kept>(); });
  in_a_request([&] {
    RequestContext::set("tenant", "mine");
    kept.reset();
    EXPECT_EQ(RequestContext::get("tenant"), "mine");
  });
}

TEST_F(RequestContexts, AreInheritedByABoundCallable) {
  in_a_request([] {
    RequestContext::set("tenant", "acme");
    std::thread(weft::bind([] { EXPECT_EQ(RequestContext::get("tenant"), "acme"); })).join();
  });
}

TEST_F(RequestContexts, AreCopiesInABoundCallable) {
  in_a_request([] {
    RequestContext::set("tenant", "acme");
    std::thread(weft::bind([] { RequestContext::set("tenant", "other"); })).join();
    EXPECT_EQ(RequestContext::get("tenant"), "acme");
  });
}

TEST_F(RequestContexts, OfACopyDoNotSeeWhatIsSetAfterwards) {
  in_a_request([] {
    RequestContext::set("tenant", "before");
    weft::Context copy = weft::copy_context();
    RequestContext::set("tenant", "after");
    copy.run([] { EXPECT_EQ(RequestContext::get("tenant"), "before"); });
  });
}

TEST_F(RequestContexts, AreNotClearedInACopy) {
  in_a_request([] {
    weft::Context copy = weft::copy_context();
    RequestContext::clear();
    copy.run([] { EXPECT_TRUE(RequestContext::is_initialized()); });
  });
}

TEST_F(RequestContexts, AreOneItemOfTheContext) {
  in_a_request([] {
    RequestContext::set("tenant", "acme");
    EXPECT_EQ(weft::dump(weft::copy_context()), R"(request_context="tenant=acme")");
  });
}

TEST_F(RequestContexts, HoldManyKeys) {
  in_a_request([] {
    for (int i = 0; i < 1000; ++i) RequestContext::set(std::to_string(i), i);
    for (int i = 0; i < 1000; ++i) {
      ASSERT_EQ(RequestContext::get<int>(std::to_string(i)), i);
    }
  });
}

}  // namespace
