// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <weft/span_context.hpp>

#include <cstdint>
#include <string>
#include <utility>

#include "context/current_context.hpp"
#include "context/span_node.hpp"
#include "platform/thread_data.hpp"

namespace weft::testing {

/// Ids whose every byte is `byte`, as though this process had made them.
inline weft::detail::SpanIdentity identity_of(std::uint8_t byte) {
  weft::TraceId::Bytes trace;
  trace.fill(byte);
  weft::SpanId::Bytes span;
  span.fill(byte);
  weft::detail::SpanIdentity identity;
  identity.context = weft::SpanContext(weft::TraceId(trace), weft::SpanId(span));
  identity.record.epoch = 1;
  return identity;
}

/// The request id that a span of `identity_of(byte)` gives.
inline std::string request_id_of(std::uint8_t byte) {
  return identity_of(byte).context.trace_id().to_hex();
}

/// What a context sees of an open span: current from here until `close`, which may be called in
/// another context or on another thread.
class OpenSpan {
 public:
  explicit OpenSpan(std::uint8_t byte) : OpenSpan(identity_of(byte)) {}
  explicit OpenSpan(const weft::detail::SpanIdentity& identity)
      : node_(weft::detail::push_span(*weft::detail::thread_data(), weft::detail::current_state(),
                                      identity)),
        word_(node_ != nullptr ? node_->word.load(std::memory_order_relaxed) : 0) {}
  OpenSpan(const OpenSpan&) = delete;
  OpenSpan& operator=(const OpenSpan&) = delete;
  ~OpenSpan() { close(); }

  /// False when it was not of the context that is current here.
  bool close() {
    weft::detail::SpanNode* node = std::exchange(node_, nullptr);
    return node == nullptr || weft::detail::pop_span(weft::detail::thread_data(), *node, word_);
  }
  /// Never closed: its context will let it go.
  void abandon() { node_ = nullptr; }

 private:
  weft::detail::SpanNode* node_;
  std::uint64_t word_;
};

}  // namespace weft::testing
