// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>

namespace weft::testing {

inline constexpr std::size_t kPage = 4096;

/// A sparse file, page by page. A plain copy of a spool file is 100 MB of zeros on the disk.
struct Pages {
  std::map<std::size_t, std::string> used;  // those that are not all zero
  std::size_t size = 0;

  static Pages read(const std::filesystem::path& path) {
    Pages pages;
    pages.size = std::filesystem::file_size(path);
    std::ifstream stream(path, std::ios::binary);
    std::string page(kPage, '\0');
    for (std::size_t number = 0; stream.read(page.data(), kPage); ++number) {
      if (page.find_first_not_of('\0') != std::string::npos) pages.used[number] = page;
    }
    return pages;
  }
  void write(const std::filesystem::path& path) const {
    std::ofstream stream(path, std::ios::binary);
    for (const auto& [number, page] : used) {
      if (number * kPage >= size) break;
      stream.seekp(static_cast<std::streamoff>(number * kPage));
      stream.write(page.data(),
                   static_cast<std::streamsize>(std::min(kPage, size - number * kPage)));
    }
    stream.close();
    std::filesystem::resize_file(path, size);
  }
  void put(std::size_t at, std::string_view bytes) {
    used.at(at / kPage).replace(at % kPage, bytes.size(), bytes);
  }
};

}  // namespace weft::testing
