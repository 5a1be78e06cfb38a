// SPDX-License-Identifier: Apache-2.0
#include <weft/error.hpp>

#include <string>

namespace weft::inline v0 {

ContextError::ContextError(const std::string& what) : std::runtime_error(what) {}
ContextError::~ContextError() = default;

LookupError::LookupError(std::string_view name) : ContextError(std::string(name)) {}
LookupError::~LookupError() = default;

TokenUsedError::TokenUsedError(std::string_view name)
    : ContextError("the token of context variable '" + std::string(name) +
                   "' has already been used once") {}
TokenUsedError::~TokenUsedError() = default;

TokenVarError::TokenVarError(std::string_view name)
    : ContextError("the token was made by another variable than '" + std::string(name) + "'") {}
TokenVarError::~TokenVarError() = default;

TokenContextError::TokenContextError(std::string_view name)
    : ContextError("the token of context variable '" + std::string(name) +
                   "' was made in another Context") {}
TokenContextError::~TokenContextError() = default;

ContextEnteredError::ContextEnteredError() : ContextError("this Context is already entered") {}
ContextEnteredError::~ContextEnteredError() = default;

ContextNotInitialized::ContextNotInitialized()
    : ContextError(
          "there is no request context here: call RequestContext::init() when the request "
          "begins") {}
ContextNotInitialized::~ContextNotInitialized() = default;

RecursiveComputationError::RecursiveComputationError(std::string_view name)
    : ContextError("computing context variable '" + std::string(name) + "' needs its own value") {}
RecursiveComputationError::~RecursiveComputationError() = default;

}  // namespace weft::inline v0
