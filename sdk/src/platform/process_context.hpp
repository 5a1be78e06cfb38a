// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include <weft/version.hpp>

namespace weft::inline v0::detail {

/// Tells profilers outside the process who it is (OTEP 4719): a mapping named `OTEL_CTX` that
/// leads to `payload`, an encoded ProcessContext, of which a copy is kept. A later call replaces
/// it. False when the system offers no way to name a mapping; nothing is published then.
/// One caller at a time. In the child of a fork nothing is published until it calls this.
bool publish_process_context(std::string_view payload) noexcept;
/// Takes it back; nothing when nothing is published.
void withdraw_process_context() noexcept;

}  // namespace weft::inline v0::detail
