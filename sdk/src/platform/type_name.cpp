// SPDX-License-Identifier: Apache-2.0
#include "platform/type_name.hpp"

#include <cxxabi.h>

#include <cstdlib>
#include <memory>
#include <string_view>

namespace weft::inline v0::detail {

std::string type_name(const std::type_info& type) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> readable(
      abi::__cxa_demangle(type.name(), nullptr, nullptr, &status), &std::free);
  std::string name = readable != nullptr ? readable.get() : type.name();
  constexpr std::string_view kInline = "weft::v0::";
  constexpr std::string_view kPlain = "weft::";
  for (std::size_t at = name.find(kInline); at != std::string::npos;
       at = name.find(kInline, at + kPlain.size())) {
    name.replace(at, kInline.size(), kPlain);
  }
  return name;
}

}  // namespace weft::inline v0::detail
