// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <weft/version.hpp>

#include "span/record.hpp"
#include "wire/buffer.hpp"
#include "wire/reply.hpp"

namespace weft::inline v0::delivery {

/// How many records a request took, from the front.
struct Encoded {
  std::size_t taken = 0;
  bool too_large = false;  // the first one exceeds the limit by itself: it is the one taken, unsent
};

/// What a reply means.
struct Verdict {
  enum class Kind { delivered, refused, again };
  Kind kind = Kind::again;
  std::size_t rejected = 0;  // of a delivered request
  std::optional<std::chrono::milliseconds> server_delay{};
  std::string message{};  // what to tell the user; empty: nothing
};

/// Where a request is text that is written on this machine: there is no answer but that it was.
inline Verdict judge_writing(const wire::Reply& reply) {
  const bool is_written = reply.kind == wire::Reply::Kind::answered;
  return {.kind = is_written ? Verdict::Kind::delivered : Verdict::Kind::again,
          .message = reply.why};
}

/// What one kind of exporter adds to the delivery: how records become a request, and what an answer
/// means. Belongs to the thread that runs the delivery.
class Protocol {
 public:
  virtual ~Protocol() = default;
  virtual std::string_view name() const noexcept = 0;
  /// Writes as many records as fit into `limit` bytes, from the front, at least one.
  virtual Encoded encode(std::span<detail::Record* const> records, std::size_t limit,
                         wire::Buffer& body) = 0;
  /// Bytes at the front of what `encode` wrote that are a frame around the message.
  virtual std::size_t frame_size() const noexcept { return 0; }
  /// Fills the frame once it is known how the message behind it travels.
  virtual void write_frame(char*, std::size_t, bool /*gzipped*/) const noexcept {}
  virtual Verdict judge(const wire::Reply& reply,
                        std::chrono::system_clock::time_point now) const = 0;
};

}  // namespace weft::inline v0::delivery
