// SPDX-License-Identifier: Apache-2.0
#include "middleware.hpp"

#include <optional>
#include <string_view>
#include <utility>

#include <weft/weft.hpp>

#include "log.hpp"
#include "service.hpp"

namespace storefront {
namespace {

using httplib::Request;
using httplib::Response;

constexpr weft::Tracer kTracer{"storefront.middleware", WEFT_VERSION_STRING};

std::string bearer_token(const Request& request) {
  constexpr std::string_view kScheme = "Bearer ";
  const std::string header = request.get_header_value("Authorization");
  if (!header.starts_with(kScheme)) throw TokenError("there is no bearer token");
  return header.substr(kScheme.size());
}

/// Sets the user; false when there is none.
bool let_in(const TokenKey& key, const Request& request) {
  auto span = kTracer.start("authenticate");
  try {
    BearerToken token{bearer_token(request)};
    weft::RequestContext::set_user_id(key.verify(token.text));
    weft::RequestContext::set("bearer_token", std::move(token));
    return true;
  } catch (const TokenError& error) {
    span.set_attribute("error.type", "storefront::TokenError");
    span.set_status(weft::StatusCode::error, error.what());
    log("WARN", std::string("refused: ") + error.what());
    return false;
  }
}

}  // namespace

Handler recorded(Handler next) {
  return [next = std::move(next)](const Request& request, Response& response) {
    const auto scope = weft::RequestContext::scope();
    weft::RequestContext::set_trace_id(weft::current_span().context().trace_id().to_hex());
    weft::RequestContext::set("logger", std::make_shared<const Logger>("method=" + request.method +
                                                                       " path=" + request.path));
    next(request, response);
  };
}

Handler authenticated(TokenKey key, Handler next) {
  return
      [key = std::move(key), next = std::move(next)](const Request& request, Response& response) {
        if (!let_in(key, request)) {
          response.set_header("WWW-Authenticate", "Bearer error=\"invalid_token\"");
          return answer_error(response, 401, "a valid bearer token is needed");
        }
        weft::current_span().set_attribute("user.id", weft::RequestContext::user_id());
        next(request, response);
      };
}

}  // namespace storefront
