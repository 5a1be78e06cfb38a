// SPDX-License-Identifier: Apache-2.0
#include "delivery/description.hpp"

#include "wire/endpoint.hpp"

namespace weft::inline v0::delivery {

using detail::Origin;

void Description::add(std::string name, std::string value, bool is_default) {
  const auto said = sources_.find(name);
  if (said != sources_.end() && !said->second.empty()) {
    settings_.push_back({std::move(name), std::move(value), Origin::environment, said->second});
  } else {
    settings_.push_back(
        {std::move(name), std::move(value), is_default ? Origin::built_in : Origin::code});
  }
}

void Description::add_endpoint(std::string_view endpoint, std::string_view standard) {
  add("endpoint", wire::without_password(endpoint), endpoint == standard);
}

std::string Description::names_of(const std::map<std::string, std::string>& headers) {
  std::string names;
  for (const auto& [name, value] : headers) names += (names.empty() ? "" : ", ") + name;
  return names.empty() ? "none" : names;
}

void Description::add_file(const char* name, const std::filesystem::path& file,
                           const std::string& pem, std::string_view standard) {
  if (!pem.empty()) return add(name, "(given as text)", false);
  add(name, file.empty() ? std::string(standard) : file.string(), file.empty());
}

}  // namespace weft::inline v0::delivery
