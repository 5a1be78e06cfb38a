// SPDX-License-Identifier: Apache-2.0
#include "delivery/http_verdict.hpp"

#include <string_view>

#include "delivery/printable.hpp"
#include "wire/retry_after.hpp"

namespace weft::inline v0::delivery {

namespace {

using wire::Reply;

bool is_retryable(long status) noexcept {
  return status == 429 || status == 502 || status == 503 || status == 504;
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
      return "Not Found: is it the URL of a receiver?";
    case 405:
      return "Method Not Allowed: is it the URL of a receiver?";
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
std::string describe(long status, const std::string& detail) {
  std::string text = "answered " + std::to_string(status);
  if (const auto phrase = reason_phrase(status); !phrase.empty()) text.append(" ").append(phrase);
  if (!detail.empty()) text.append(": ").append(detail);
  return text;
}

}  // namespace

bool is_success(const Reply& reply) noexcept {
  return reply.kind == Reply::Kind::answered && reply.status >= 200 && reply.status < 300;
}

Verdict judge_failure(const Reply& reply, const std::string& detail,
                      std::chrono::system_clock::time_point now) {
  switch (reply.kind) {
    case Reply::Kind::answered:
      break;
    case Reply::Kind::too_large:
      return {.kind = Verdict::Kind::refused, .message = "the reply exceeds max_response_size"};
    case Reply::Kind::unreadable:
      return {.kind = Verdict::Kind::refused, .message = printable(reply.why)};
    case Reply::Kind::no_answer:
      return {.kind = Verdict::Kind::again, .message = printable(reply.why)};
  }
  Verdict verdict{.kind = Verdict::Kind::refused, .message = describe(reply.status, detail)};
  if (is_retryable(reply.status)) {
    verdict.kind = Verdict::Kind::again;
    verdict.server_delay = wire::parse_retry_after(reply.retry_after, now);
  }
  return verdict;
}

}  // namespace weft::inline v0::delivery
