// SPDX-License-Identifier: Apache-2.0
#include <weft/log_fields.hpp>

#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include <weft/context.hpp>
#include <weft/context_var.hpp>
#include <weft/detail/context_access.hpp>
#include <weft/span_context.hpp>
#include <weft/tracer.hpp>

namespace {

constexpr auto kTraceId = "0af7651916cd43dd8448eb211c80319c";
constexpr auto kSpanId = "b7ad6b7169203331";

weft::Context with_span(bool is_remote) {
  weft::Context context;
  weft::detail::set_remote_span(
      context, weft::SpanContext(*weft::TraceId::from_hex(kTraceId),
                                 *weft::SpanId::from_hex(kSpanId), {}, {}, is_remote));
  return context;
}

std::string line(const weft::LogFields& fields) {
  std::ostringstream out;
  out << fields;
  return out.str();
}

TEST(LogFields, AreEmptyWhereNothingIsCurrent) {
  weft::Context().run(
      [] { EXPECT_EQ(line(weft::log_fields()), "request_id= trace_id= span_id="); });
}

TEST(LogFields, NameTheCurrentSpanAndItsRequest) {
  with_span(true).run([] {
    const auto span = weft::Tracer("test").start("below");
    EXPECT_EQ(line(weft::log_fields()), std::string("request_id=") + kTraceId +
                                            " trace_id=" + kTraceId +
                                            " span_id=" + span.context().span_id().to_hex());
  });
}

TEST(LogFields, ShowARequestIdThatWasSet) {
  with_span(false).run([] {
    const auto scope = weft::request_id.scoped("req-1");
    EXPECT_EQ(weft::log_fields().request_id, "req-1");
    EXPECT_EQ(weft::log_fields().trace_id, kTraceId);
  });
}

TEST(LogFields, NameARemoteSpanToo) {
  with_span(true).run([] { EXPECT_EQ(weft::log_fields().span_id, kSpanId); });
}

TEST(LogFields, OutliveTheContext) {
  const weft::LogFields fields = with_span(false).run([] { return weft::log_fields(); });
  EXPECT_EQ(fields.trace_id.to_string(), kTraceId);
  EXPECT_FALSE(fields.span_id.empty());
}

}  // namespace
