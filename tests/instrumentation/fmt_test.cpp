// SPDX-License-Identifier: Apache-2.0
// Log fields in lines that {fmt} and spdlog format.
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>
#include <weft/fmt.hpp>
#include <weft/weft.hpp>

#include <memory>
#include <sstream>
#include <string>

namespace {

constexpr weft::Tracer tracer{"test"};

std::string streamed(const weft::LogFields& fields) {
  std::ostringstream out;
  out << fields;
  return out.str();
}

TEST(Fmt, WritesLogFieldsAsAStreamDoes) {
  auto span = tracer.start("request");
  EXPECT_EQ(fmt::format("{}", weft::log_fields()), streamed(weft::log_fields()));
}

TEST(Fmt, WritesTheLongestFieldsWhole) {
  auto span = tracer.start("request");
  const auto id = weft::request_id.scoped(std::string(weft::RequestId::kCapacity, 'r'));
  EXPECT_EQ(fmt::format("{}", weft::log_fields()), streamed(weft::log_fields()));
}

TEST(Fmt, WritesEmptyFieldsWhereNothingIsCurrent) {
  EXPECT_EQ(fmt::format("{}", weft::log_fields()), "request_id= trace_id= span_id=");
}

TEST(Fmt, WritesOneField) {
  auto span = tracer.start("request");
  EXPECT_EQ(fmt::format("{}", weft::log_fields().span_id), span.context().span_id().to_hex());
}

TEST(Fmt, WritesARequestId) {
  EXPECT_EQ(fmt::format("[{:>5}]", weft::RequestId("r-1")), "[  r-1]");
}

TEST(Fmt, WritesIds) {
  auto span = tracer.start("request");
  EXPECT_EQ(fmt::format("{}/{}", span.context().trace_id(), span.context().span_id()),
            span.context().trace_id().to_hex() + "/" + span.context().span_id().to_hex());
}

TEST(Spdlog, WritesLogFields) {
  auto span = tracer.start("request");
  std::ostringstream out;
  spdlog::logger logger("test", std::make_shared<spdlog::sinks::ostream_sink_st>(out));
  logger.set_pattern("%v");
  logger.info("charged {} {}", 7, weft::log_fields());
  EXPECT_EQ(out.str(), "charged 7 " + streamed(weft::log_fields()) + "\n");
}

}  // namespace
