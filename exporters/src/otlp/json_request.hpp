// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include <weft/version.hpp>

#include "delivery/protocol.hpp"
#include "otlp/request_encoder.hpp"
#include "span/record.hpp"
#include "wire/buffer.hpp"

namespace weft::inline v0::otlp {

/// Writes records as an ExportTraceServiceRequest in JSON: the bytes that protobuf would get, field
/// by field in their other form, so that both say the same.
class JsonRequest {
 public:
  /// As `Protocol::encode`; `tail` ends the text.
  delivery::Encoded write(std::span<detail::Record* const> records, std::size_t limit,
                          wire::Buffer& body, std::string_view tail = {});

 private:
  RequestEncoder encoder_;
  wire::Buffer message_;
};

}  // namespace weft::inline v0::otlp
