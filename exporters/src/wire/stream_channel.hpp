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
  int file = -1;  // behind a standard stream; -1: whatever there is takes all at once
  std::chrono::milliseconds patience{};  // with a pipe that nobody reads
};

/// Writes each text to a stream; to a standard one what there is room for.
class StreamChannel final : public TextChannel {
 public:
  explicit StreamChannel(const StreamSettings& settings)
      : TextChannel(settings.patience), settings_(settings) {}

 private:
  std::string begin(std::string_view text) override;
  Taken take(std::string_view text) noexcept override;

  const StreamSettings settings_;
  bool is_flushed_ = false;
};

}  // namespace weft::inline v0::wire
