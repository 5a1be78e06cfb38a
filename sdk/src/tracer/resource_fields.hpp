// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <weft/diagnostics.hpp>
#include <weft/resource.hpp>

namespace weft::inline v0::detail {

/// The fields `resource` and `schema_url` of ResourceSpans.
std::string encode_resource(const Resource& resource);

/// A ProcessContext (OTEP 4719): the resource, and how threads publish their spans (OTEP 4947).
std::string encode_process_context(const Resource& resource);

/// "queue_full 3, shutdown 1", for messages.
std::string describe(const Drops& drops);

}  // namespace weft::inline v0::detail
