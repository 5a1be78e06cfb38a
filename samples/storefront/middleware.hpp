// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <weft/httplib.hpp>

#include "token_key.hpp"

namespace storefront {

using Handler = httplib::Server::Handler;

/// The bearer token that the request came with; a type of its own, so that no dump shows its text.
struct BearerToken {
  std::string text;
};

/// Gives `next` a request context: the trace's id, and a logger that is bound to the request. It is
/// gone when `next` returns, or when an exception leaves it.
Handler recorded(Handler next);

/// Calls `next` for the user that the request's bearer token names, `RequestContext::user_id()`
/// from then on. Without a good token the answer is 401, and the span "authenticate" says why.
Handler authenticated(TokenKey key, Handler next);

}  // namespace storefront
