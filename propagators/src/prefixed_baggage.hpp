// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <weft/baggage.hpp>
#include <weft/context.hpp>
#include <weft/propagation.hpp>
#include <weft/version.hpp>

#include "baggage_header.hpp"

// Baggage as Jaeger and OT send it: a header for each entry, its name a prefix and the key. Both
// formats name no limits; W3C's serve, so that a carrier cannot cost more than they do.

namespace weft::inline v0::propagators {

/// How a value is spelled in a header.
enum class ValueForm {
  url_encoded,  ///< `%XX`, and `+` for a space on the way in; U+FFFD for what is not UTF-8
  plain         ///< as it is: printable ASCII, tabs, and bytes from 0x80 on as UTF-8
};

/// The key behind `prefix`, in lowercase, since a header's name has no case that would survive;
/// none when the name does not begin with the prefix (any case), or goes on with no RFC 9110 token.
std::optional<std::string> read_prefixed_key(std::string_view name, std::string_view prefix);

/// The text that a header's value stands for; none when it is malformed.
std::optional<std::string> read_plain_value(std::string_view text);
std::optional<std::string> read_url_encoded_value(std::string_view text);

/// Adds to the baggage of `context` the entries in the carrier's headers: up to 64 and 8192 bytes
/// of keys and values, an entry whole or not at all. A callable, which cannot list its headers, has
/// none. Throws std::bad_alloc, and what the carrier throws, before it changes anything.
void read_prefixed_baggage(const CarrierReader& carrier, std::string_view prefix, ValueForm form,
                           Context& context);

/// Writes a header for each entry that has a key for it, and in the plain form a value, as far as
/// the limits go. Null is no entry.
void write_prefixed_baggage(const baggage::Entries* entries, std::string_view prefix,
                            ValueForm form, const CarrierWriter& carrier);

}  // namespace weft::inline v0::propagators
