// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <weft/version.hpp>

#include "delivery/protocol.hpp"
#include "otlp/json_request.hpp"

namespace weft::inline v0::otlp {

/// One batch, one line of JSON. OpenTelemetry Protocol File Exporter.
class FileProtocol final : public delivery::Protocol {
 public:
  std::string_view name() const noexcept override { return "otlp_file"; }
  delivery::Encoded encode(std::span<detail::Record* const> records, std::size_t limit,
                           wire::Buffer& body) override {
    return json_.write(records, limit, body, "\n");
  }
  delivery::Verdict judge(const wire::Reply& reply,
                          std::chrono::system_clock::time_point) const override {
    return delivery::judge_writing(reply);
  }

 private:
  JsonRequest json_;
};

}  // namespace weft::inline v0::otlp
