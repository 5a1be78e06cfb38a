// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "span/dead_file.hpp"

namespace weft_spool {

/// One file of a spool folder, looked at.
struct Entry {
  std::filesystem::path path;
  weft::detail::Claim claim{};
  std::string why;
  std::unique_ptr<weft::detail::DeadFile> file;  // when it could be claimed
};

/// The spool files of a folder, oldest first, and those that were put aside. Empty, and a line on
/// stderr, when it cannot be read.
std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder, bool& is_readable);
Entry look_at(const std::filesystem::path& path);

}  // namespace weft_spool
