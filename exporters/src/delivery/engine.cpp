// SPDX-License-Identifier: Apache-2.0
#include "delivery/engine.hpp"

#include <unistd.h>

#include <exception>
#include <new>
#include <thread>
#include <utility>

#include "wire/quiet_pipes.hpp"

namespace weft::inline v0::delivery {

Engine::Engine(const DeliverySettings& settings)
    : settings_(settings),
      process_(::getpid()),
      protocol_(settings.make_protocol()),
      schedule_(settings.retry),
      places_(settings.max_in_flight) {
  random_.seed();
}

Engine::~Engine() {
  close();
  delete channel_.load(std::memory_order_acquire);
}

void Engine::submit(detail::SharedBatch batch, detail::Completion completion) noexcept {
  const std::size_t size = batch.size();
  Packet parcel;
  try {
    parcel = Packet(Parcel{std::make_shared<PendingBatch>(), 0, size});
  } catch (const std::bad_alloc&) {
    tell_no_memory("a batch is dropped");
    return completion({.accepted = 0, .given_up = size, .reason = GiveUp::retry_exhausted});
  }
  PendingBatch& pending = *parcel->batch;
  pending.batch = std::move(batch);
  pending.completion = std::move(completion);
  pending.born = settings_.clockwork.now();
  pending.left = size;
  Settlement settlement;
  outstanding_.fetch_add(1, std::memory_order_relaxed);
  {
    const std::lock_guard lock(mutex_);
    pending.number = ++batches_;
    if (size == 0) {
      settlement.accept(*parcel, 0);
    } else if (closed_) {
      settlement.give_up(*parcel, size, GiveUp::shutdown);
    } else {
      queue_.push(std::move(parcel));
    }
  }
  settlement.tell(sink_, outstanding_);
  interrupt_wait();
}

void Engine::wake() noexcept {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  interrupt_wait();
}

void Engine::hurry() noexcept {
  {
    const std::lock_guard lock(mutex_);
    schedule_.hurry();
  }
  interrupt_wait();
}

// What was written into a request needs its records no more, and goes on its way: its answer finds
// nothing to settle.
std::size_t Engine::shed(const detail::SharedBatch& batch, detail::Shed which) noexcept {
  Settlement settlement;
  std::size_t spans = 0;
  const auto give_up = [&](const Parcel& parcel) {
    if (!parcel.batch->batch.is(batch)) return false;
    spans += parcel.count;
    settlement.give_up(parcel, parcel.count, GiveUp::queue_full);
    return true;
  };
  {
    const std::lock_guard lock(mutex_);
    if (which == detail::Shed::all || schedule_.ailing()) queue_.remove_if(give_up);
    for (Place& place : places_) {
      const bool is_open = which == detail::Shed::all && place.parcel;
      if (is_open && give_up(*place.parcel)) place.parcel = {};
    }
  }
  settlement.tell(sink_, outstanding_);
  return spans;
}

// Without a channel there is no wait to interrupt: a first run looks at the queue before it waits.
void Engine::interrupt_wait() noexcept {
  if (wire::Channel* channel = channel_.load(std::memory_order_acquire)) channel->wake();
}

void Engine::close() noexcept {
  Settlement settlement;
  {
    std::unique_lock lock(mutex_);
    closed_ = true;
    // The records must not go away under the thread that reads them: microseconds.
    encoded_.wait(lock, [&] { return !encoding_; });
    queue_.remove_if([&](const Parcel& parcel) {
      settlement.give_up(parcel, parcel.count, GiveUp::shutdown);
      return true;
    });
    for (Place& place : places_) {
      const Packet parcel = std::exchange(place.parcel, {});
      if (parcel) settlement.give_up(*parcel, parcel->count, GiveUp::shutdown);
    }
    in_flight_ = 0;
    wire::Channel* channel = channel_.load(std::memory_order_acquire);
    // Otherwise the thread that runs does it; libcurl is its own.
    if (channel != nullptr && !running_) channel->cancel_all();
  }
  settlement.tell(sink_, outstanding_);
  interrupt_wait();
}

bool Engine::is_closed() noexcept {
  const std::lock_guard lock(mutex_);
  return closed_;
}

bool Engine::begin_run() noexcept {
  const std::lock_guard lock(mutex_);
  if (running_ || closed_) return false;
  running_ = true;
  return true;
}

void Engine::end_run() noexcept {
  const std::lock_guard lock(mutex_);
  running_ = false;
  if (closed_) {
    if (wire::Channel* channel = channel_.load(std::memory_order_acquire)) channel->cancel_all();
  }
}

void Engine::run(Deadline until) noexcept {
  if (!begin_run()) return;
  const wire::QuietPipes quiet;
  try {
    drive(until);
  } catch (const std::exception&) {
    tell_no_memory("trying again");
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
  }
  end_run();
}

void Engine::tell_no_memory(const char* fate) const noexcept {
  try {
    tell_error(sink_,
               {ErrorCode::resource_exhausted, std::string("no memory for exports; ") + fate});
  } catch (const std::bad_alloc&) {
    // None for a message either.
  }
}

void Engine::drive(Deadline until) {
  if (channel_.load(std::memory_order_relaxed) == nullptr) {
    channel_.store(settings_.open_channel(settings_).release(), std::memory_order_release);
  }
  wire::Channel& channel = *channel_.load(std::memory_order_relaxed);
  while (true) {
    fill_places();
    channel.perform();
    settle_replies();
    const auto wait = time_to_wait(until);
    if (!wait) return;
    channel.wait(*wait);
  }
}

std::optional<std::chrono::milliseconds> Engine::time_to_wait(Deadline until) {
  const Time now = settings_.clockwork.now();
  const std::lock_guard lock(mutex_);
  if (closed_ || std::exchange(woken_, false) || now >= until) return std::nullopt;
  Time next = until;
  const std::size_t places = schedule_.ailing() ? 1 : places_.size();
  if (!queue_.empty() && in_flight_ < places) next = std::min(next, schedule_.ready_at());
  if (next <= now) return std::chrono::milliseconds{0};
  return std::chrono::ceil<std::chrono::milliseconds>(next - now);
}

}  // namespace weft::inline v0::delivery
