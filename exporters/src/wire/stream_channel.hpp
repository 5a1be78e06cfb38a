// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <iosfwd>
#include <string>
#include <string_view>

#include <weft/version.hpp>

#include "wire/text_channel.hpp"

namespace weft::inline v0::wire {

struct StreamSettings {
  std::ostream* out = nullptr;
  std::chrono::milliseconds patience{};  // with a pipe that nobody reads
};

/// What a stream writes to now; -1: memory, say, which takes all at once. By its buffer, which is
/// not always the one that it began with.
int descriptor_of(std::ostream& out) noexcept;

/// Writes each text to a stream; where there is a descriptor behind it what that has room for.
class StreamChannel final : public TextChannel {
 public:
  explicit StreamChannel(const StreamSettings& settings)
      : TextChannel(settings.patience), settings_(settings) {}

 private:
  std::string begin(std::string_view text) override;
  Taken take(std::string_view text) noexcept override;

  const StreamSettings settings_;
  int file_ = -1;
  bool is_flushed_ = false;
};

}  // namespace weft::inline v0::wire
