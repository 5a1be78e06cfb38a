// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "http_conventions.hpp"

// cpp-httplib 0.11 percent-decodes the values of headers. Two ways round it.
namespace weft::inline v0::httplib::detail {

/// The header fields in a request's head as it came over the wire: request line, fields, blank
/// line. Lines that are no field are left out, as the library does.
HeaderList parse_head(std::string_view head);

/// What is left to do with a `baggage` value that was decoded once: encodes what may not stand in
/// one. Commas and semicolons that were encoded cannot be told from separators any more.
std::string encode_baggage_again(std::string_view decoded);

}  // namespace weft::inline v0::httplib::detail
