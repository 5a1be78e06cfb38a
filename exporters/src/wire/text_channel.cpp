// SPDX-License-Identifier: Apache-2.0
#include "wire/text_channel.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <exception>

namespace weft::inline v0::wire {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

std::string seconds(milliseconds time) {
  return time < std::chrono::seconds(1) ? std::to_string(time.count()) + " ms"
                                        : std::to_string(time.count() / 1000) + " s";
}

}  // namespace

TextChannel::TextChannel(milliseconds patience)
    : patience_(patience), wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

TextChannel::~TextChannel() {
  if (wake_ >= 0) ::close(wake_);
}

void TextChannel::send(std::size_t, std::string_view body, bool) {
  rest_ = body;
  is_under_way_ = true;
  is_begun_ = false;
  full_ = -1;
  last_taken_ = steady_clock::now();
  warning_.clear();
  try {
    if (std::string why = begin(body); !why.empty()) finish(std::move(why));
  } catch (const std::exception&) {
    finish({});  // no memory: as good as no room
  }
}

void TextChannel::perform() noexcept {
  if (!is_under_way_) return;
  try {
    go_on();
  } catch (const std::exception&) {
    finish({});
  }
}

void TextChannel::go_on() {
  if (!torn_.empty() && !take_from(torn_)) return;
  if (take_from(rest_)) finish({});
}

// True when all of it was taken. False: some of it waits, or the whole was given up.
bool TextChannel::take_from(std::string_view& text) {
  const Taken taken = take(text);
  text.remove_prefix(taken.size);
  is_begun_ = is_begun_ || (&text == &rest_ && taken.size != 0);
  full_ = taken.full;
  const Time now = steady_clock::now();
  if (taken.size != 0) last_taken_ = now;
  if (taken.why != nullptr) {
    finish(taken.error != 0 ? std::string(taken.why) + ": " + std::strerror(taken.error)
                            : std::string(taken.why));
  } else if (text.empty()) {
    return true;
  } else if (now >= give_up_at()) {
    finish("nobody has read it for " + seconds(patience_));
  }
  return false;
}

TextChannel::Time TextChannel::give_up_at() const noexcept {
  const bool is_owed = is_begun_ && repair().empty();
  return is_owed ? Time::max() : last_taken_ + patience_;
}

void TextChannel::finish(std::string why) noexcept {
  Reply reply;
  if (rest_.empty() && why.empty()) {
    reply.kind = Reply::Kind::answered;
    reply.complete = warning_.empty();
    reply.why = std::move(warning_);
  } else {
    reply.why = std::move(why);
    if (is_begun_) torn_ = repair();
  }
  is_under_way_ = false;
  full_ = -1;
  reply_ = std::move(reply);
}

std::optional<Channel::Finished> TextChannel::next_finished() {
  if (!reply_) return std::nullopt;
  Finished finished{0, *std::exchange(reply_, std::nullopt)};
  return finished;
}

void TextChannel::wait(milliseconds longest) noexcept {
  constexpr milliseconds kBlind{50};
  longest = std::clamp(longest, milliseconds{0}, wake_ < 0 ? kBlind : milliseconds{3'600'000});
  if (is_under_way_ && give_up_at() != Time::max()) {
    const auto left = std::chrono::ceil<milliseconds>(give_up_at() - steady_clock::now());
    longest = std::clamp(left, milliseconds{0}, longest);
  }
  pollfd targets[] = {{wake_, POLLIN, 0}, {full_, POLLOUT, 0}};
  ::poll(targets, 2, static_cast<int>(longest.count()));
  std::uint64_t rings = 0;
  if (wake_ >= 0) static_cast<void>(!::read(wake_, &rings, sizeof rings));
}

void TextChannel::wake() noexcept {
  const std::uint64_t one = 1;
  if (wake_ >= 0) static_cast<void>(!::write(wake_, &one, sizeof one));
}

// Another channel may go on where this one stops, so a torn text is ended at once if it can be.
void TextChannel::cancel_all() noexcept {
  if (is_under_way_ && is_begun_) {
    torn_ = repair();
    torn_.remove_prefix(take(torn_).size);
  }
  is_under_way_ = false;
  full_ = -1;
  reply_.reset();
}

}  // namespace weft::inline v0::wire
