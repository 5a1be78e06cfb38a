// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include <weft/version.hpp>

#include "delivery/protocol.hpp"
#include "otlp/reply.hpp"

namespace weft::inline v0::otlp {

/// What a success means for the spans, given what its body says (none: it is unreadable). OTLP
/// specification, "Partial Success".
delivery::Verdict delivered(const std::optional<PartialSuccess>& partial);

}  // namespace weft::inline v0::otlp
