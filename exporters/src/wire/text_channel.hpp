// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <weft/version.hpp>

#include "wire/channel.hpp"

namespace weft::inline v0::wire {

/// One text at a time to something of this machine that may not take it now: a pipe that is full.
/// The rest waits without holding the thread, as a request waits for its answer; when nothing of it
/// was taken for `patience` it counts as not delivered.
class TextChannel : public Channel {
 public:
  ~TextChannel() override;
  TextChannel(const TextChannel&) = delete;
  TextChannel& operator=(const TextChannel&) = delete;

  void send(std::size_t place, std::string_view body, bool gzipped) override;
  void perform() noexcept override;
  std::optional<Finished> next_finished() override;
  void wait(std::chrono::milliseconds longest) noexcept override;
  void wake() noexcept override;
  void cancel_all() noexcept override;

 protected:
  struct Taken {
    std::size_t size = 0;
    int full = -1;              // what has no room for the rest now: a descriptor
    const char* why = nullptr;  // not null: no more of it is taken
    int error = 0;              // errno, where it says more
  };

  explicit TextChannel(std::chrono::milliseconds patience);
  /// Before the first byte of a text; "" or why none can be written.
  virtual std::string begin(std::string_view text) = 0;
  /// As much of it as goes at once.
  virtual Taken take(std::string_view text) noexcept = 0;
  /// What ends a text that was taken in part, so that the next one begins on a line of its own.
  /// Empty: nothing does, so the rest is owed, and waits for whoever reads as long as it takes.
  virtual std::string_view repair() const noexcept { return "\n"; }
  /// For the user, with a text that was delivered all the same.
  void warn(std::string what) { warning_ = std::move(what); }

 private:
  using Time = std::chrono::steady_clock::time_point;

  void go_on();
  bool take_from(std::string_view& text);
  Time give_up_at() const noexcept;
  void finish(std::string why) noexcept;

  const std::chrono::milliseconds patience_;
  int wake_ = -1;          // eventfd; -1: there was none to be had
  std::string_view rest_;  // of the text that is being written
  std::string_view torn_;  // what ends the one before
  Time last_taken_{};
  bool is_under_way_ = false;
  bool is_begun_ = false;  // some of the text was taken
  int full_ = -1;
  std::string warning_;
  std::optional<Reply> reply_;
};

}  // namespace weft::inline v0::wire
