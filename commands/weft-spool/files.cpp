// SPDX-License-Identifier: Apache-2.0
#include "weft-spool/files.hpp"

#include <algorithm>
#include <cstdio>
#include <system_error>

#include "span/spool_file.hpp"

namespace weft_spool {

namespace detail = weft::detail;

std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder,
                                            bool& is_readable) {
  std::vector<std::filesystem::path> found;
  std::error_code error;
  std::filesystem::directory_iterator entry(folder, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (!name.starts_with(".") &&
        (name.ends_with(detail::kSpoolSuffix) || name.ends_with(detail::kDamagedSuffix))) {
      found.push_back(entry->path());
    }
  }
  is_readable = !error;
  if (error) {
    std::fprintf(stderr, "weft-spool: %s: %s\n", folder.c_str(), error.message().c_str());
    return {};
  }
  std::ranges::sort(found);
  return found;
}

Entry look_at(const std::filesystem::path& path) {
  Entry entry;
  entry.path = path;
  if (path.filename().string().ends_with(detail::kDamagedSuffix)) {
    entry.claim = detail::Claim::damaged;
    entry.why = "was put aside";
    return entry;
  }
  entry.claim = detail::DeadFile::claim(path, true, entry.file, entry.why);
  return entry;
}

}  // namespace weft_spool
