// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <weft/attribute_value.hpp>
#include <weft/version.hpp>

namespace weft::inline v0::console {

/// What a span says may come from anywhere, so nothing of it may steer the terminal: control
/// characters become escapes, long text is cut with "…".
std::string shown(std::string_view text);

/// `"visa"`, `42`, `[1, 2]`, `{a=1}`, `0x00ff`.
std::string shown_value(const AttributeValue& value);

/// ` key=value key=value`; "" for none.
std::string shown_attributes(const std::vector<Attribute>& attributes);

/// Three digits and a unit: `850 ns`, `1.53 ms`, `153 ms`, `12.4 s`.
std::string shown_duration(std::chrono::nanoseconds time);

/// `2026-11-21T09:40:12.123456Z`.
std::string shown_time(std::chrono::system_clock::time_point time);

}  // namespace weft::inline v0::console
