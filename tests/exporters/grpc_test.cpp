// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "exporters/records.hpp"
#include "exporters/scripted_server.hpp"
#include "otlp/grpc_protocol.hpp"
#include "otlp/grpc_settings.hpp"
#include "otlp/grpc_status.hpp"
#include "otlp/grpc_target.hpp"
#include "wire/base64.hpp"

// What needs no server: targets, options, frames, statuses. The rest is in grpc_receiver.py.

namespace weft::testing {

namespace {

using namespace std::string_literals;
using delivery::Verdict;
using otlp::GrpcCode;
using std::chrono::milliseconds;

constexpr std::chrono::system_clock::time_point kNow{};

std::string target(std::string_view text, bool insecure = false) {
  std::string why;
  const auto endpoint = otlp::parse_grpc_target(text, insecure, why);
  return endpoint ? endpoint->url : "none: " + why;
}

Verdict judge(const wire::Reply& reply) { return otlp::GrpcProtocol(100).judge(reply, kNow); }

wire::Reply answered(std::string status, std::string details = {}) {
  return {.kind = wire::Reply::Kind::answered,
          .status = 200,
          .complete = true,
          .grpc_status = std::move(status),
          .grpc_details = std::move(details)};
}

// A google.rpc.Status whose one detail is of this type and has this content.
std::string details(const std::string& type, const std::string& value) {
  const auto field = [](char tag, const std::string& content) {
    return std::string{tag, static_cast<char>(content.size())} + content;
  };
  const std::string any = field('\x0a', "type.googleapis.com/" + type) + field('\x12', value);
  return wire::to_base64("\x08\x08"s + field('\x1a', any));
}

// RetryInfo{retry_delay{seconds: 1, nanos: 500000}}.
const std::string kRetryInfo = "\x0a\x06\x08\x01\x10\xa0\xc2\x1e"s;

}  // namespace

TEST(GrpcTarget, HasThePathOfTheCallWhateverPathWasGiven) {
  const std::string call = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
  EXPECT_EQ(target("http://collector:4317"), "http://collector:4317" + call);
  EXPECT_EQ(target("https://collector/a/path?query"), "https://collector" + call);
  EXPECT_EQ(target("http://[::1]:4317/"), "http://[::1]:4317" + call);
}

TEST(GrpcTarget, IsPlainWithoutASchemeOnlyWhenAllowed) {
  EXPECT_TRUE(target("collector:4317").starts_with("https://collector:4317/"));
  EXPECT_TRUE(target("collector:4317", true).starts_with("http://collector:4317/"));
}

TEST(GrpcTarget, FollowsItsSchemeAndNotWhatIsSaidOfSecurity) {
  EXPECT_TRUE(target("https://collector:4317", true).starts_with("https://"));
  EXPECT_TRUE(target("http://collector:4317", false).starts_with("http://"));
}

TEST(GrpcTarget, MayBeWhatGrpcCallsDns) {
  for (const char* text :
       {"dns:collector:4317", "dns:///collector:4317", "dns://8.8.8.8/collector:4317"}) {
    EXPECT_TRUE(target(text).starts_with("https://collector:4317/")) << text;
  }
}

TEST(GrpcTarget, MayBeAUnixSocket) {
  std::string why;
  for (const char* text : {"unix:/run/otel.sock", "unix:///run/otel.sock"}) {
    const auto endpoint = otlp::parse_grpc_target(text, false, why);
    ASSERT_TRUE(endpoint.has_value());
    EXPECT_EQ(endpoint->unix_socket, "/run/otel.sock");
    EXPECT_FALSE(endpoint->tls);
  }
}

TEST(GrpcTarget, IsNoneForWhatNamesNoServer) {
  for (const char* text : {"ftp://collector", "unix:", "dns:///", "http://", "two words:1"}) {
    EXPECT_TRUE(target(text).starts_with("none: ")) << text;
  }
}

TEST(GrpcStatus, MayBeTriedAgainWhenItIsOneOfTheSpecifications) {
  const std::vector<GrpcCode> retryable{GrpcCode::cancelled,   GrpcCode::deadline_exceeded,
                                        GrpcCode::aborted,     GrpcCode::out_of_range,
                                        GrpcCode::unavailable, GrpcCode::data_loss};
  for (int code = 0; code <= 16; ++code) {
    const auto number = static_cast<GrpcCode>(code);
    EXPECT_EQ(otlp::is_retryable(number), std::ranges::count(retryable, number) == 1)
        << otlp::name_of(number);
  }
}

TEST(GrpcStatus, IsUnknownForANumberThatIsNone) {
  EXPECT_EQ(otlp::read_grpc_status("17"), GrpcCode::unknown);
  EXPECT_EQ(otlp::read_grpc_status("-1"), GrpcCode::unknown);
  EXPECT_EQ(otlp::read_grpc_status("abc"), GrpcCode::unknown);
  EXPECT_EQ(otlp::read_grpc_status("16"), GrpcCode::unauthenticated);
  EXPECT_FALSE(otlp::read_grpc_status("").has_value());
}

TEST(GrpcStatus, HasTheDelayOfARetryInfo) {
  const std::string trailer = details("google.rpc.RetryInfo", kRetryInfo);
  EXPECT_EQ(otlp::read_retry_delay(trailer), milliseconds{1001});
}

TEST(GrpcStatus, HasADelayOfNoughtForAnEmptyRetryInfo) {
  EXPECT_EQ(otlp::read_retry_delay(details("google.rpc.RetryInfo", "")), milliseconds{0});
}

TEST(GrpcStatus, HasNoDelayWithoutARetryInfo) {
  EXPECT_FALSE(otlp::read_retry_delay("").has_value());
  EXPECT_FALSE(otlp::read_retry_delay(details("google.rpc.DebugInfo", kRetryInfo)).has_value());
}

TEST(GrpcStatus, HasNoDelayForBytesThatAreNone) {
  for (const char* trailer : {"!", "CAgaJAo", "////", "AAAAA"}) {
    EXPECT_FALSE(otlp::read_retry_delay(trailer).has_value()) << trailer;
  }
}

TEST(GrpcReply, ThatIsExhaustedIsTriedAgainOnlyWhenTheServerSaysWhen) {
  EXPECT_EQ(judge(answered("8")).kind, Verdict::Kind::refused);
  const Verdict told = judge(answered("8", details("google.rpc.RetryInfo", kRetryInfo)));
  EXPECT_EQ(told.kind, Verdict::Kind::again);
  EXPECT_EQ(told.server_delay, milliseconds{1001});
}

TEST(GrpcReply, ThatIsFinalStaysSoWhateverDelayComesWithIt) {
  EXPECT_EQ(judge(answered("3", details("google.rpc.RetryInfo", kRetryInfo))).kind,
            Verdict::Kind::refused);
}

TEST(GrpcReply, ThatHasAStatusIsAnsweredEvenWhenTheConnectionBroke) {
  wire::Reply reply = answered("0");
  reply.complete = false;
  EXPECT_EQ(judge(reply).kind, Verdict::Kind::delivered);
}

TEST(GrpcReply, ThatEndsBeforeItsStatusIsTriedAgain) {
  wire::Reply reply = answered("");
  reply.complete = false;
  EXPECT_EQ(judge(reply).kind, Verdict::Kind::again);
}

TEST(GrpcReply, WithoutAStatusCountsByItsHttpStatus) {
  for (const long status : {429L, 502L, 503L, 504L}) {
    wire::Reply reply = answered("");
    reply.status = status;
    EXPECT_EQ(judge(reply).kind, Verdict::Kind::again) << status;
  }
  for (const long status : {200L, 301L, 400L, 401L, 403L, 404L, 408L, 500L}) {
    wire::Reply reply = answered("");
    reply.status = status;
    EXPECT_EQ(judge(reply).kind, Verdict::Kind::refused) << status;
  }
}

TEST(GrpcReply, WithAFrameThatIsNoneIsDeliveredAllTheSame) {
  for (const std::string& body : {"\x01\0\0\0\0"s, "\0\0\0\0\x05"s, "\0"s}) {
    wire::Reply reply = answered("0");
    reply.body = body;
    EXPECT_EQ(judge(reply).kind, Verdict::Kind::delivered);
    EXPECT_EQ(judge(reply).rejected, 0U);
  }
}

TEST(GrpcReply, ThatIsPackedIsUnderstood) {
  const std::string packed = zipped(
      "\x0a\x0a\x08\x02\x12\x06"
      "quota!"s);
  wire::Reply reply = answered("0");
  reply.body = "\x01\0\0\0"s + static_cast<char>(packed.size()) + packed;
  EXPECT_EQ(judge(reply).rejected, 2U);
}

TEST(GrpcReply, ThatIsTooLargeOnceUnpackedIsARefusal) {
  const std::string packed = zipped(std::string(101, '\0'));
  wire::Reply reply = answered("0");
  reply.body = "\x01\0\0\0"s + static_cast<char>(packed.size()) + packed;
  EXPECT_EQ(judge(reply).kind, Verdict::Kind::refused);
}

TEST(GrpcRequest, IsAFrameAndTheMessage) {
  Records records;
  otlp::GrpcProtocol protocol(100);
  wire::Buffer body;
  const detail::SharedBatch batch = records.batch(2);
  EXPECT_EQ(protocol.encode(batch.records(), 1U << 20U, body).taken, 2U);
  const std::size_t message = body.size() - protocol.frame_size();
  protocol.write_frame(body.data(), message, true);
  const std::string expected{'\x01', '\0', '\0', static_cast<char>(message >> 8U),
                             static_cast<char>(message & 0xFFU)};
  EXPECT_EQ(body.view().substr(0, 5), expected);
}

TEST(GrpcRequest, OfASpanThatExceedsTheLimitIsNotMade) {
  Records records;
  otlp::GrpcProtocol protocol(100);
  wire::Buffer body;
  const delivery::Encoded encoded = protocol.encode(records.batch(1).records(), 10, body);
  EXPECT_TRUE(encoded.too_large);
}

class GrpcOptions : public ::testing::Test {
 protected:
  delivery::DeliverySettings settings(exporters::OtlpGrpcOptions options = {}) {
    problems.clear();
    return otlp::grpc_delivery_settings(std::move(options), problems);
  }
  void TearDown() override {
    for (const char* name : {"ENDPOINT", "INSECURE", "PROTOCOL", "TIMEOUT"}) {
      ::unsetenv((std::string("OTEL_EXPORTER_OTLP_") + name).c_str());
    }
  }
  static bool has(const delivery::DeliverySettings& settings, const std::string& header) {
    return std::ranges::count(settings.http.headers, header) == 1;
  }
  std::vector<Error> problems;
};

TEST_F(GrpcOptions, DefaultToTheCollectorOnThisMachine) {
  EXPECT_TRUE(settings().http.endpoint.url.starts_with("http://localhost:4317/"));
  EXPECT_TRUE(problems.empty());
}

TEST_F(GrpcOptions, TakeTheEndpointForEverythingWithoutAPath) {
  ::setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4317", 1);
  EXPECT_EQ(settings().http.endpoint.url,
            "http://c:4317/opentelemetry.proto.collector.trace.v1.TraceService/Export");
}

TEST_F(GrpcOptions, ReadWhetherAnEndpointWithoutSchemeIsPlain) {
  ::setenv("OTEL_EXPORTER_OTLP_INSECURE", "TRUE", 1);
  EXPECT_FALSE(settings({.endpoint = "c:4317"}).http.endpoint.tls);
  ::setenv("OTEL_EXPORTER_OTLP_INSECURE", "yes", 1);
  EXPECT_TRUE(settings({.endpoint = "c:4317"}).http.endpoint.tls);
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].what,
            "OTEL_EXPORTER_OTLP_INSECURE=\"yes\": it is neither true nor false; false is used");
}

TEST_F(GrpcOptions, TakeWhatIsNeitherTrueNorFalseForFalseAndAskNoFurther) {
  ::setenv("OTEL_EXPORTER_OTLP_INSECURE", "true", 1);
  ::setenv("OTEL_EXPORTER_OTLP_TRACES_INSECURE", "yes", 1);
  EXPECT_TRUE(settings({.endpoint = "c:4317"}).http.endpoint.tls);
  ::unsetenv("OTEL_EXPORTER_OTLP_TRACES_INSECURE");
}

TEST_F(GrpcOptions, ReadNoVariableWhenTheyAreToldSo) {
  ::setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4317", 1);
  EXPECT_TRUE(
      settings({.use_environment = false}).http.endpoint.url.starts_with("http://localhost:4317/"));
}

TEST_F(GrpcOptions, TellTheServerTheTimeout) {
  EXPECT_TRUE(has(settings(), "grpc-timeout: 10000m"));
  EXPECT_TRUE(has(settings({.timeout = milliseconds{99'999'999}}), "grpc-timeout: 99999999m"));
  EXPECT_TRUE(has(settings({.timeout = milliseconds{100'000'000}}), "grpc-timeout: 100000S"));
  EXPECT_TRUE(has(settings({.timeout = milliseconds::max()}), "grpc-timeout: 99999999S"));
}

TEST_F(GrpcOptions, TellTheServerOfNoTimeoutWhenThereIsNone) {
  for (const std::string& header : settings({.timeout = milliseconds{0}}).http.headers) {
    EXPECT_FALSE(header.starts_with("grpc-timeout")) << header;
  }
}

TEST_F(GrpcOptions, KeepTheHeadersOfTheProtocolTheirOwn) {
  const auto result = settings({.headers = {{"TE", "x"}, {"grpc-timeout", "1S"}, {"good", "1"}}});
  EXPECT_TRUE(has(result, "good: 1"));
  EXPECT_EQ(problems.size(), 2U);
}

TEST_F(GrpcOptions, NameAnEndpointThatIsNone) {
  settings({.endpoint = "ftp://c"});
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].what,
            "OtlpGrpcOptions::endpoint = \"ftp://c\": its scheme is neither http nor https; "
            "ignored");
}

}  // namespace weft::testing
