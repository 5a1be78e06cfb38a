// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>

namespace weft_spool {

/// Sends what lies in the folder, and says how far it is. Gives up when nothing goes for so long.
/// The exit status.
int send(const std::filesystem::path& folder, std::chrono::seconds longest_silence);

}  // namespace weft_spool
