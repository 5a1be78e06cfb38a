// SPDX-License-Identifier: Apache-2.0
#include "delivery/printable.hpp"

#include "codec/utf8.hpp"

namespace weft::inline v0::delivery {

std::string printable(std::string_view text) {
  constexpr std::size_t kLongest = 300;
  const std::string_view kept = codec::first_characters(text, kLongest);
  std::string line(codec::repaired_size(kept), '\0');
  codec::write_repaired(kept, line.data());
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  if (kept.size() < text.size()) line += " [cut]";
  return line;
}

}  // namespace weft::inline v0::delivery
