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
    Parcel parcel;
    while (!place.busy && take_next(parcel)) {
      place.busy = load(place, std::move(parcel));
      if (place.busy) send(i);
    }
  }
}

bool Engine::take_next(Parcel& parcel) {
  const Time now = settings_.clockwork.now();
  const std::lock_guard lock(mutex_);
  const std::size_t places = schedule_.ailing() ? 1 : places_.size();
  if (closed_ || queue_.empty() || in_flight_ >= places || now < schedule_.ready_at()) return false;
  parcel = queue_.pop();
  encoding_ = true;
  return true;
}

std::optional<Encoded> Engine::encode(Place& place, const Parcel& parcel) noexcept {
  try {
    return protocol_->encode(parcel.records(), settings_.max_request_size, place.text);
  } catch (...) {
    return std::nullopt;  // no memory: as good as no connection
  }
}

// Writes the request; true when there is one to send. What did not fit goes back to the queue.
bool Engine::load(Place& place, Parcel parcel) {
  const std::optional<Encoded> encoded = encode(place, parcel);
  Settlement settlement;
  bool loaded = false;
  {
    const std::lock_guard lock(mutex_);
    encoding_ = false;
    if (closed_) {
      settlement.give_up(parcel, parcel.count, GiveUp::shutdown);
    } else if (!encoded) {
      keep_or_give_up(std::move(parcel), settings_.clockwork.now(), {.message = "no memory"},
                      settlement);
    } else {
      if (encoded->taken < parcel.count) queue_.push(parcel.split_after(encoded->taken));
      if (encoded->too_large) {
        settlement.give_up(parcel, 1, GiveUp::too_large);
        settlement.report(ErrorCode::data_dropped,
                          settings_.peer + ": a span exceeds max_request_size (" +
                              std::to_string(settings_.max_request_size) + " bytes): dropped");
      } else {
        place.parcel = std::move(parcel);
        place.sent_at = settings_.clockwork.now();
        ++in_flight_;
        loaded = true;
      }
    }
  }
  encoded_.notify_all();
  settlement.tell(sink_, outstanding_);
  return loaded;
}

void Engine::send(std::size_t index) {
  Place& place = places_[index];
  try {
    const std::size_t frame = protocol_->frame_size();
    const std::string_view message = place.text.view().substr(frame);
    const bool gzipped = gzip_.pack(message, place.packed, settings_.packing, frame);
    wire::Buffer& body = gzipped ? place.packed : place.text;
    protocol_->write_frame(body.data(), body.size() - frame, gzipped);
    channel_.load(std::memory_order_relaxed)->send(index, body.view(), gzipped);
  } catch (const std::bad_alloc&) {
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

void Engine::settle(Place& place, const wire::Reply& reply) {
  place.text.clear();
  place.packed.clear();
  place.busy = false;
  const Verdict verdict = judge(reply);
  Settlement settlement;
  {
    const std::lock_guard lock(mutex_);
    Parcel parcel = std::exchange(place.parcel, {});
    if (closed_) return;
    --in_flight_;
    if (!parcel) return settle_shed(place, verdict);
    switch (verdict.kind) {
      case Verdict::Kind::delivered: {
        const std::size_t rejected = std::min(verdict.rejected, parcel.count);
        report_delivered(parcel, verdict, settlement);
        if (rejected > 0) settlement.give_up(parcel, rejected, GiveUp::rejected);
        if (rejected < parcel.count) settlement.accept(parcel, parcel.count - rejected);
        schedule_.succeeded();
        break;
      }
      case Verdict::Kind::refused:
        refuse(parcel, verdict, settlement);
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

void Engine::report_delivered(const Parcel& parcel, const Verdict& verdict,
                              Settlement& settlement) const {
  if (verdict.rejected > 0) {
    settlement.report(ErrorCode::partial_success,
                      prefix(verdict) + std::to_string(std::min(verdict.rejected, parcel.count)) +
                          " of " + spans(parcel.count) + " rejected");
  } else if (!verdict.message.empty()) {
    settlement.report(ErrorCode::partial_success,
                      prefix(verdict) + spans(parcel.count) + " accepted");
  }
}

void Engine::refuse(const Parcel& parcel, const Verdict& verdict, Settlement& settlement) {
  settlement.report(ErrorCode::export_failed, prefix(verdict) + spans(parcel.count) + " dropped");
  settlement.give_up(parcel, parcel.count, GiveUp::rejected);
}

void Engine::keep_or_give_up(Parcel parcel, Time sent_at, const Verdict& verdict,
                             Settlement& settlement) {
  if (!settings_.retry.enabled) {
    settlement.report(ErrorCode::export_failed,
                      prefix(verdict) + spans(parcel.count) + " dropped, retry is off");
    settlement.give_up(parcel, parcel.count, GiveUp::retry_exhausted);
    return;
  }
  const Time now = settings_.clockwork.now();
  schedule_.failed(now, sent_at, verdict.server_delay, chance());
  const std::size_t tried = parcel.count;
  queue_.push(std::move(parcel));
  // Nothing is sent before the endpoint is ready: what is too old by then is over now.
  Time next_try = schedule_.ready_at();
  if (verdict.server_delay) next_try = std::max(next_try, now + *verdict.server_delay);
  std::size_t dropped = 0;
  queue_.remove_if([&](const Parcel& waiting) {
    if (waiting.batch->born + settings_.retry.max_age >= next_try) return false;
    dropped += waiting.count;
    settlement.give_up(waiting, waiting.count, GiveUp::retry_exhausted);
    return true;
  });
  const std::string fate = dropped == 0
                               ? spans(tried) + " kept, next try in " + duration(next_try - now)
                               : spans(dropped) + " dropped, too old for a next try (max_age is " +
                                     duration(settings_.retry.max_age) + ")";
  settlement.report(ErrorCode::export_failed, prefix(verdict) + fate);
}

double Engine::chance() {
  if (settings_.clockwork.chance) return settings_.clockwork.chance();
  return static_cast<double>(random_.next() >> 11U) * 0x1p-53;
}

}  // namespace weft::inline v0::delivery
