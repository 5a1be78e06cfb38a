// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <weft/context.hpp>
#include <weft/detail/context_access.hpp>

#include <stdexcept>
#include <string>
#include <string_view>

namespace {

struct Opaque {
  int number = 0;
};
struct Named {
  std::string to_string() const { return "spelled"; }
};
enum class Level { low = 3 };

const weft::ContextVar<std::string> text{"text"};
const weft::ContextVar<int> number{"number"};
const weft::ContextVar<bool> flag{"flag"};
const weft::ContextVar<double> share{"share"};
const weft::ContextVar<Level> level{"level"};
const weft::ContextVar<const char*> pointer{"pointer"};
const weft::ContextVar<Opaque> opaque{"opaque"};
const weft::ContextVar<Named> named{"named"};

template <class F>
std::string dump_after(F&& set) {
  weft::Context context;
  context.run(std::forward<F>(set));
  return weft::dump(context);
}

TEST(Dump, OfAnEmptyContextSaysSo) { EXPECT_EQ(weft::dump(weft::Context()), "(nothing is set)"); }

TEST(Dump, QuotesText) {
  EXPECT_EQ(dump_after([] { text.set("u-1"); }), R"(text="u-1")");
}

TEST(Dump, SpellsWhatWouldBreakTheLine) {
  EXPECT_EQ(dump_after([] { text.set("a\nb\"c"); }), R"(text="a\nb\"c")");
}

TEST(Dump, CutsLongText) {
  EXPECT_LT(dump_after([] { text.set(std::string(10000, 'x')); }).size(), 400U);
}

TEST(Dump, WritesNumbers) {
  EXPECT_EQ(dump_after([] { number.set(-42); }), "number=-42");
  EXPECT_EQ(dump_after([] { share.set(0.25); }), "share=0.25");
}

TEST(Dump, WritesTruth) {
  EXPECT_EQ(dump_after([] { flag.set(true); }), "flag=true");
}

TEST(Dump, WritesTheNumberOfAnEnumerator) {
  EXPECT_EQ(dump_after([] { level.set(Level::low); }), "level=3");
}

TEST(Dump, WritesANullPointerToText) {
  EXPECT_EQ(dump_after([] { pointer.set(nullptr); }), "pointer=null");
}

TEST(Dump, AsksATypeThatSpellsItself) {
  EXPECT_EQ(dump_after([] { named.set({}); }), R"(named="spelled")");
}

TEST(Dump, NamesTheTypeOfWhatHasNoText) {
  EXPECT_NE(dump_after([] { opaque.set({}); }).find("Opaque>"), std::string::npos);
}

TEST(Dump, ShowsEveryVariable) {
  const std::string line = dump_after([] {
    text.set("t");
    number.set(1);
  });
  EXPECT_NE(line.find(R"(text="t")"), std::string::npos);
  EXPECT_NE(line.find("number=1"), std::string::npos);
}

TEST(Dump, ShowsTheRequestId) {
  EXPECT_EQ(dump_after([] { weft::request_id.set("r-1"); }), R"(request_id="r-1")");
}

TEST(Dump, ShowsTheSpan) {
  weft::Context context;
  weft::detail::set_remote_span(
      context, weft::SpanContext(*weft::TraceId::from_hex("0af7651916cd43dd8448eb211c80319c"),
                                 *weft::SpanId::from_hex("b7ad6b7169203331")));
  EXPECT_EQ(weft::dump(context).substr(0, 54),
            "span=0af7651916cd43dd8448eb211c80319c/b7ad6b7169203331");
}

TEST(Dump, AnItemWritesItsOwnValue) {
  weft::Context context;
  context.run([] { number.set(5); });
  std::string line;
  for (const auto item : context) item.append_value(line);
  EXPECT_EQ(line, "5");
}

TEST(LookupError, NamesTheVariable) {
  try {
    number.get();
    FAIL() << "it was set";
  } catch (const weft::LookupError& error) {
    EXPECT_EQ(std::string_view(error.what()), "number");
  }
}

}  // namespace
