// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <map>
#include <string>

#include <weft/exporters/transport_options.hpp>
#include <weft/version.hpp>

#include "report.hpp"

// What the exporters of the data model that use a network have in common.

namespace weft::inline v0::config {

using Headers = std::map<std::string, std::string>;

void read_headers(Section& section, Headers& headers);
void read_tls_files(Section& tls, exporters::TlsOptions& options);
exporters::Compression read_compression(Section& section);

/// All but what is in `tls`.
template <class Options>
void read_transport(Section& section, Options& options) {
  options.use_environment = false;
  if (const std::string* endpoint = section.text("endpoint")) options.endpoint = *endpoint;
  read_headers(section, options.headers);
  options.compression = read_compression(section);
  if (const auto* timeout = section.integer("timeout", "10000 ms is used")) {
    options.timeout = std::chrono::milliseconds(*timeout);
  }
}

}  // namespace weft::inline v0::config
