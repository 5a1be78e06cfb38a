// SPDX-License-Identifier: Apache-2.0
#include "delivery/delivery.hpp"

#include <unistd.h>

#include <memory>
#include <new>
#include <utility>

namespace weft::inline v0::delivery {

Delivery::Delivery(DeliverySettings settings, std::vector<Error> problems)
    : settings_(std::move(settings)),
      name_(settings_.make_protocol()->name()),
      problems_(std::move(problems)),
      engine_(new Engine(settings_)) {}

Delivery::~Delivery() {
  const pid_t process = ::getpid();
  Engine* engine = engine_.load(std::memory_order_acquire);
  if (engine->process() == process) delete engine;
  for (auto& closed : closed_) {
    if (closed->process() != process) static_cast<void>(closed.release());
  }
}

Engine* Delivery::engine() const noexcept {
  Engine* engine = engine_.load(std::memory_order_acquire);
  if (engine->process() == ::getpid()) [[likely]]
    return engine;
  return replace_engine(engine);
}

// In a forked child. The parent's engine stays as it is, leaked: its lock may be held by a thread
// that does not exist here, and to close its connections would speak to the parent's peer.
Engine* Delivery::replace_engine(Engine* inherited) const noexcept {
  try {
    auto fresh = std::make_unique<Engine>(settings_);
    fresh->set_sink(inherited->sink());
    if (engine_.compare_exchange_strong(inherited, fresh.get(), std::memory_order_acq_rel)) {
      return fresh.release();
    }
    return inherited;
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

void Delivery::reopen(Engine& closed) {
  closed_.emplace_back(&closed);
  engine_.store(std::make_unique<Engine>(settings_).release(), std::memory_order_release);
}

void Delivery::submit(detail::SharedBatch batch, detail::Completion completion) noexcept {
  if (Engine* engine = this->engine()) {
    return engine->submit(std::move(batch), std::move(completion));
  }
  completion({.accepted = 0, .given_up = batch.size(), .reason = GiveUp::retry_exhausted});
}

void Delivery::set_error_sink(std::function<void(const Error&)> sink) noexcept {
  if (sink) {
    for (const Error& problem : std::exchange(problems_, {})) sink(problem);
  }
  Engine* current = engine();
  try {
    if (current != nullptr && current->is_closed()) reopen(*current);
  } catch (const std::bad_alloc&) {
    // It stays closed: what comes is given up, and counted.
  }
  current = engine();
  if (current != nullptr) current->set_sink(std::move(sink));
}

}  // namespace weft::inline v0::delivery
