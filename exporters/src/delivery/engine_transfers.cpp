// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <new>
#include <string>
#include <utility>

#include "delivery/engine.hpp"
#include "delivery/messages.hpp"

// The half of the engine that its one thread does: from the queue to the wire, and what the answer
// means for the batch.

namespace weft::inline v0::delivery {

void Engine::fill_places() {
  for (std::size_t i = 0; i < places_.size(); ++i) {
    Place& place = places_[i];
    while (!place.busy) {
      Packet parcel = take_next();
      if (!parcel) break;
      place.busy = load(place, std::move(parcel));
      if (place.busy) send(i);
    }
  }
}

Packet Engine::take_next() {
  const Time now = settings_.clockwork.now();
  const std::lock_guard lock(mutex_);
  const std::size_t places = schedule_.ailing() ? 1 : places_.size();
  if (closed_ || queue_.empty() || in_flight_ >= places || now < schedule_.ready_at()) return {};
  encoding_ = true;
  return queue_.pop();
}

std::optional<Encoded> Engine::encode(Place& place, const Parcel& parcel) noexcept {
  try {
    return protocol_->encode(parcel.records(), settings_.max_request_size, place.text);
  } catch (...) {
    return std::nullopt;  // no memory: as good as no connection
  }
}

// Writes the request; true when there is one to send. What did not fit goes back to the queue.
bool Engine::load(Place& place, Packet parcel) noexcept {
  const std::optional<Encoded> encoded = encode(place, *parcel);
  Settlement settlement;
  bool loaded = false;
  {
    const std::lock_guard lock(mutex_);
    encoding_ = false;
    if (closed_) {
      settlement.give_up(*parcel, parcel->count, GiveUp::shutdown);
    } else if (!encoded || !cut(parcel, encoded->taken)) {
      keep_or_give_up(std::move(parcel), settings_.clockwork.now(), {.message = "no memory"},
                      settlement);
    } else {
      loaded = !encoded->too_large;
      if (loaded) {
        place.parcel = std::move(parcel);
        place.sent_at = settings_.clockwork.now();
        ++in_flight_;
      } else {
        give_up_too_large(*parcel, settlement);
      }
    }
  }
  encoded_.notify_all();
  settlement.tell(sink_, outstanding_);
  return loaded;
}

// False: no memory, and it is whole.
bool Engine::cut(Packet& parcel, std::size_t taken) noexcept {
  if (taken == parcel->count) return true;
  try {
    queue_.push(parcel.split_after(taken));
    return true;
  } catch (const std::bad_alloc&) {
    return false;
  }
}

void Engine::give_up_too_large(const Parcel& parcel, Settlement& settlement) const noexcept {
  settlement.give_up(parcel, 1, GiveUp::too_large);
  settlement.report(ErrorCode::data_dropped, [&] {
    return settings_.peer + ": a span exceeds max_request_size (" +
           std::to_string(settings_.max_request_size) + " bytes): dropped";
  });
}

void Engine::send(std::size_t index) {
  Place& place = places_[index];
  try {
    const std::size_t frame = protocol_->frame_size();
    const std::string_view message = place.text.view().substr(frame);
    const bool gzipped = gzip_.pack(message, place.packed, settings_.packing, frame);
    // Plain text among members of gzip would cost its reader all that comes after it.
    if (settings_.packing == wire::Packing::always && !gzipped) throw std::bad_alloc();
    wire::Buffer& body = gzipped ? place.packed : place.text;
    protocol_->write_frame(body.data(), body.size() - frame, gzipped);
    channel_.load(std::memory_order_relaxed)->send(index, body.view(), gzipped);
  } catch (const std::exception&) {
    settle(place, {.why = "no memory"});
  }
}

void Engine::settle_replies() {
  while (auto finished = channel_.load(std::memory_order_relaxed)->next_finished()) {
    settle(places_[finished->place], finished->reply);
  }
}

Verdict Engine::judge(const wire::Reply& reply) noexcept {
  try {
    return protocol_->judge(reply, settings_.clockwork.wall_time());
  } catch (...) {
    return {};  // no memory for the words: again
  }
}

void Engine::settle(Place& place, const wire::Reply& reply) noexcept {
  place.text.clear();
  place.packed.clear();
  place.busy = false;
  const Verdict verdict = judge(reply);
  Settlement settlement;
  {
    const std::lock_guard lock(mutex_);
    Packet parcel = std::exchange(place.parcel, {});
    if (closed_) return;
    --in_flight_;
    if (!parcel) return settle_shed(place, verdict);
    switch (verdict.kind) {
      case Verdict::Kind::delivered:
        accept(*parcel, verdict, settlement);
        schedule_.succeeded();
        break;
      case Verdict::Kind::refused:
        refuse(*parcel, verdict, settlement);
        schedule_.succeeded();
        break;
      case Verdict::Kind::again:
        keep_or_give_up(std::move(parcel), place.sent_at, verdict, settlement);
        break;
    }
  }
  settlement.tell(sink_, outstanding_);
}

// The spans were answered for; what the reply says of the endpoint counts all the same.
void Engine::settle_shed(const Place& place, const Verdict& verdict) noexcept {
  if (verdict.kind != Verdict::Kind::again) {
    schedule_.succeeded();
  } else if (settings_.retry.enabled) {
    schedule_.failed(settings_.clockwork.now(), place.sent_at, verdict.server_delay, chance());
  }
}

std::string Engine::prefix(const Verdict& verdict) const {
  return settings_.peer + ": " + verdict.message + "; ";
}

void Engine::accept(const Parcel& parcel, const Verdict& verdict,
                    Settlement& settlement) const noexcept {
  const std::size_t rejected = std::min(verdict.rejected, parcel.count);
  if (rejected > 0) {
    settlement.report(ErrorCode::partial_success, [&] {
      return prefix(verdict) + std::to_string(rejected) + " of " + spans(parcel.count) +
             " rejected";
    });
    settlement.give_up(parcel, rejected, GiveUp::rejected);
  } else if (!verdict.message.empty()) {
    settlement.report(ErrorCode::partial_success,
                      [&] { return prefix(verdict) + spans(parcel.count) + " accepted"; });
  }
  if (rejected < parcel.count) settlement.accept(parcel, parcel.count - rejected);
}

void Engine::refuse(const Parcel& parcel, const Verdict& verdict,
                    Settlement& settlement) const noexcept {
  settlement.report(ErrorCode::export_failed,
                    [&] { return prefix(verdict) + spans(parcel.count) + " dropped"; });
  settlement.give_up(parcel, parcel.count, GiveUp::rejected);
}

void Engine::keep_or_give_up(Packet parcel, Time sent_at, const Verdict& verdict,
                             Settlement& settlement) noexcept {
  const std::size_t tried = parcel->count;
  if (!settings_.retry.enabled) {
    settlement.report(ErrorCode::export_failed,
                      [&] { return prefix(verdict) + spans(tried) + " dropped, retry is off"; });
    settlement.give_up(*parcel, tried, GiveUp::retry_exhausted);
    return;
  }
  const Time now = settings_.clockwork.now();
  schedule_.failed(now, sent_at, verdict.server_delay, chance());
  queue_.push(std::move(parcel));
  // Nothing is sent before the endpoint is ready: what is too old by then is over now.
  Time next_try = schedule_.ready_at();
  if (verdict.server_delay) next_try = std::max(next_try, now + *verdict.server_delay);
  const std::size_t dropped = drop_older_than(next_try - settings_.retry.max_age, settlement);
  settlement.report(ErrorCode::export_failed, [&] {
    return prefix(verdict) +
           (dropped == 0 ? spans(tried) + " kept, next try in " + duration(next_try - now)
                         : spans(dropped) + " dropped, too old for a next try (max_age is " +
                               duration(settings_.retry.max_age) + ")");
  });
}

std::size_t Engine::drop_older_than(Time oldest, Settlement& settlement) noexcept {
  std::size_t dropped = 0;
  queue_.remove_if([&](const Parcel& waiting) {
    if (waiting.batch->born >= oldest) return false;
    dropped += waiting.count;
    settlement.give_up(waiting, waiting.count, GiveUp::retry_exhausted);
    return true;
  });
  return dropped;
}

double Engine::chance() {
  if (settings_.clockwork.chance) return settings_.clockwork.chance();
  return static_cast<double>(random_.next() >> 11U) * 0x1p-53;
}

}  // namespace weft::inline v0::delivery
