// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "codec/byte_writer.hpp"

namespace weft::testing {

/// Writes into areas of the given sizes, one after the other; fails when the last is full.
class AreaWriter final : public weft::codec::ByteWriter {
 public:
  explicit AreaWriter(std::vector<std::size_t> sizes)
      : ByteWriter(nullptr, nullptr, nullptr, 0), areas_(sizes.size()), offsets_(sizes.size()) {
    for (std::size_t i = 0; i < sizes.size(); ++i) areas_[i].resize(sizes[i]);
    enter(0, 0);
  }

  /// What was written, in one piece.
  std::string text() {
    std::string whole;
    for (std::uint32_t i = 0; i < offset(); ++i) whole += *at(i);
    return whole;
  }

 private:
  bool next_area() noexcept override {
    if (current_ + 1 == areas_.size()) return false;
    enter(current_ + 1, offset());
    return true;
  }
  char* at(std::uint32_t offset) noexcept override {
    std::size_t area = current_;
    while (offset < offsets_[area]) --area;
    return areas_[area].data() + (offset - offsets_[area]);
  }
  void enter(std::size_t area, std::uint32_t offset) noexcept {
    current_ = area;
    offsets_[area] = offset;
    char* begin = areas_[area].data();
    set_area(begin, begin, begin + areas_[area].size(), offset);
  }

  std::vector<std::vector<char>> areas_;
  std::vector<std::uint32_t> offsets_;
  std::size_t current_ = 0;
};

}  // namespace weft::testing
