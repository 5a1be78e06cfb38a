// SPDX-License-Identifier: Apache-2.0
#include "otlp/http_protocol.hpp"

#include <string>
#include <string_view>

#include "otlp/reply.hpp"
#include "wire/retry_after.hpp"

namespace weft::inline v0::otlp {

namespace {

using delivery::Verdict;
using wire::HttpReply;

bool is_retryable(long status) noexcept {
  return status == 429 || status == 502 || status == 503 || status == 504;
}

bool is_protobuf(const HttpReply& reply) noexcept {
  return reply.content_type.starts_with("application/x-protobuf");
}

std::string_view reason_phrase(long status) noexcept {
  switch (status) {
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found: is it the URL of an OTLP receiver?";
    case 405:
      return "Method Not Allowed: is it the URL of an OTLP receiver?";
    case 408:
      return "Request Timeout";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 429:
      return "Too Many Requests";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    default:
      return status >= 300 && status < 400 ? "a redirect, which is not followed" : "";
  }
}

// "answered 503 Service Unavailable: the queue is full"
std::string describe(const HttpReply& reply) {
  std::string text = "answered " + std::to_string(reply.status);
  if (const auto phrase = reason_phrase(reply.status); !phrase.empty()) {
    text.append(" ").append(phrase);
  }
  const std::string message =
      is_protobuf(reply) ? read_status_message(reply.body) : printable(reply.body);
  if (!message.empty()) text.append(": ").append(message);
  return text;
}

Verdict judge_success(const HttpReply& reply) {
  Verdict verdict{.kind = Verdict::Kind::delivered};
  // Some receivers answer "ok" or JSON, whatever they were asked: they took the spans all the same.
  if (!is_protobuf(reply)) return verdict;
  const auto partial = read_response(reply.body);
  if (!partial) {
    verdict.message = "answered 200 with a body that is no ExportTraceServiceResponse";
  } else if (partial->rejected_spans > 0) {
    verdict.rejected = partial->rejected_spans;
    verdict.message =
        "partial success: " + (partial->message.empty() ? "no reason given" : partial->message);
  } else if (!partial->message.empty()) {
    verdict.message = "the receiver warns: " + partial->message;
  }
  return verdict;
}

Verdict judge_answer(const HttpReply& reply, std::chrono::system_clock::time_point now) {
  if (reply.status >= 200 && reply.status < 300) return judge_success(reply);
  Verdict verdict{.kind = Verdict::Kind::refused, .message = describe(reply)};
  if (is_retryable(reply.status)) {
    verdict.kind = Verdict::Kind::again;
    verdict.server_delay = wire::parse_retry_after(reply.retry_after, now);
  }
  return verdict;
}

}  // namespace

delivery::Encoded HttpProtocol::encode(std::span<detail::Record* const> records, std::size_t limit,
                                       wire::Buffer& body) {
  const std::size_t taken = encoder_.plan(records, limit);
  if (taken == 0) return {1, true};
  encoder_.write(body.reserve(encoder_.size()));
  body.set_size(encoder_.size());
  return {taken, false};
}

Verdict HttpProtocol::judge(const HttpReply& reply,
                            std::chrono::system_clock::time_point now) const {
  switch (reply.kind) {
    case HttpReply::Kind::answered:
      return judge_answer(reply, now);
    case HttpReply::Kind::too_large:
      return {.kind = Verdict::Kind::refused, .message = "the reply exceeds max_response_size"};
    case HttpReply::Kind::unreadable:
      return {.kind = Verdict::Kind::refused, .message = printable(reply.why)};
    case HttpReply::Kind::no_answer:
      break;
  }
  return {.kind = Verdict::Kind::again, .message = printable(reply.why)};
}

}  // namespace weft::inline v0::otlp
