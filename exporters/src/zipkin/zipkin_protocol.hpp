// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <weft/version.hpp>

#include "delivery/protocol.hpp"

namespace weft::inline v0::zipkin {

/// A list of spans in Zipkin's JSON, version 2; any status of success takes them all.
class ZipkinProtocol final : public delivery::Protocol {
 public:
  std::string_view name() const noexcept override { return "zipkin"; }
  delivery::Encoded encode(std::span<detail::Record* const> records, std::size_t limit,
                           wire::Buffer& body) override;
  delivery::Verdict judge(const wire::Reply& reply,
                          std::chrono::system_clock::time_point now) const override;

 private:
  std::string text_;
};

}  // namespace weft::inline v0::zipkin
