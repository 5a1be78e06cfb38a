// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <weft/exporters/transport_options.hpp>
#include <weft/version.hpp>

#include "platform/setting.hpp"

namespace weft::inline v0::delivery {

/// Which variable said an option, by the option's name; "" or none: no variable did.
using Sources = std::map<std::string, std::string, std::less<>>;

/// What an exporter's options come to and where each comes from, for people.
class Description {
 public:
  explicit Description(Sources sources) : sources_(std::move(sources)) {}

  void add(std::string name, std::string value, bool is_default);
  /// What all options of a transport have. `packs`: what the compression comes to. The values of
  /// headers are secrets mostly, and not told.
  template <class Options>
  void add_transport(const Options& options, bool packs) {
    const Options standard;
    add("timeout", std::to_string(options.timeout.count()) + " ms",
        options.timeout == standard.timeout);
    add("compression", packs ? "gzip" : "none", options.compression == standard.compression);
    add("headers", names_of(options.headers), options.headers.empty());
    add_file("tls.ca_file", options.tls.ca_file, options.tls.ca_pem, "the system's");
    add_file("tls.certificate_file", options.tls.certificate_file, options.tls.certificate_pem);
    add_file("tls.key_file", options.tls.key_file, options.tls.key_pem);
  }
  void add_endpoint(std::string_view endpoint, std::string_view standard);
  std::vector<detail::Setting> take() && { return std::move(settings_); }

 private:
  static std::string names_of(const std::map<std::string, std::string>& headers);
  void add_file(const char* name, const std::filesystem::path& file, const std::string& pem,
                std::string_view standard = "none");

  Sources sources_;
  std::vector<detail::Setting> settings_;
};

/// An option that not every transport has.
struct OwnOption {
  const char* name;
  std::string value;
  bool is_default;
};

/// All of a transport's options, where it sends first.
template <class Options>
std::vector<detail::Setting> describe(const Options& options, Sources sources,
                                      std::string_view standard_endpoint,
                                      std::initializer_list<OwnOption> own, bool packs) {
  Description description(std::move(sources));
  description.add_endpoint(options.endpoint, standard_endpoint);
  for (const OwnOption& option : own) description.add(option.name, option.value, option.is_default);
  description.add_transport(options, packs);
  return std::move(description).take();
}

}  // namespace weft::inline v0::delivery
