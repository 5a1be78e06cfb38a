// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <weft/resource.hpp>
#include <weft/version.hpp>

#include "tracer/environment.hpp"

// What a resource says of itself when nobody says it: the names of OpenTelemetry's semantic
// conventions, "Resource".

namespace weft::inline v0::detail {

/// SDK, service, process, host and operating system. What cannot be found out is left out.
Resource detected_resource();
/// What differs between a process and its forked child: `service.instance.id`, `process.pid`.
Resource process_identity();
/// OTEL_RESOURCE_ATTRIBUTES (all of it or, when any part cannot be decoded, nothing) and over it
/// OTEL_SERVICE_NAME.
Resource environment_resource(const Environment& environment);

/// A random UUID, version 4 (RFC 9562, 5.4).
std::string random_uuid();
/// `host.arch` for what uname calls the machine.
std::string_view host_arch(std::string_view machine) noexcept;
/// The value of a `NAME=value` line, unquoted, in a file like os-release; empty when absent.
std::string os_release_value(std::string_view text, std::string_view name);
/// The id in the text of a machine-id file; empty when that is not 32 hex digits.
std::string machine_id(std::string_view text);

}  // namespace weft::inline v0::detail
