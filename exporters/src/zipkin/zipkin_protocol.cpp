// SPDX-License-Identifier: Apache-2.0
#include "zipkin/zipkin_protocol.hpp"

#include <algorithm>

#include <weft/exporter.hpp>

#include "delivery/http_verdict.hpp"
#include "delivery/printable.hpp"
#include "zipkin/zipkin_span.hpp"

namespace weft::inline v0::zipkin {

delivery::Encoded ZipkinProtocol::encode(std::span<detail::Record* const> records,
                                         std::size_t limit, wire::Buffer& body) {
  std::size_t taken = 0;
  text_ = "[";
  for (const SpanView span : SpanBatch(records)) {
    const std::size_t before = text_.size();
    if (taken > 0) text_ += ',';
    codec::JsonWriter json(text_);
    write_span(json, span.data());
    if (text_.size() + 1 > limit) {
      text_.resize(before);
      break;
    }
    ++taken;
  }
  if (taken == 0) return {1, true};
  text_ += ']';
  std::ranges::copy(text_, body.reserve(text_.size()));
  body.set_size(text_.size());
  text_ = {};
  return {taken, false};
}

delivery::Verdict ZipkinProtocol::judge(const wire::Reply& reply,
                                        std::chrono::system_clock::time_point now) const {
  if (delivery::is_success(reply)) return {.kind = delivery::Verdict::Kind::delivered};
  return delivery::judge_failure(reply, delivery::printable(reply.body), now);
}

}  // namespace weft::inline v0::zipkin
