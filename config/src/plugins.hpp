// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <weft/config.hpp>
#include <weft/version.hpp>

namespace weft::inline v0::config {

// What users registered under a name; empty when nobody did.
ExporterProvider exporter_provider(const std::string& name);
ProcessorProvider processor_provider(const std::string& name);
SamplerProvider sampler_provider(const std::string& name);

}  // namespace weft::inline v0::config
