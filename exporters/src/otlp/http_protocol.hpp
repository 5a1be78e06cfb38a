// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <weft/exporters/otlp_http.hpp>
#include <weft/version.hpp>

#include "delivery/protocol.hpp"
#include "otlp/json_request.hpp"
#include "otlp/request_encoder.hpp"

namespace weft::inline v0::otlp {

/// OTLP/HTTP: requests, and what the replies to them mean. OTLP specification, "OTLP/HTTP
/// Response".
class HttpProtocol final : public delivery::Protocol {
 public:
  explicit HttpProtocol(exporters::Encoding encoding) noexcept : encoding_(encoding) {}
  std::string_view name() const noexcept override { return "otlp_http"; }
  delivery::Encoded encode(std::span<detail::Record* const> records, std::size_t limit,
                           wire::Buffer& body) override;
  delivery::Verdict judge(const wire::Reply& reply,
                          std::chrono::system_clock::time_point now) const override;

 private:
  const exporters::Encoding encoding_;
  RequestEncoder encoder_;
  JsonRequest json_;
};

}  // namespace weft::inline v0::otlp
