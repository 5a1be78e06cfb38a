// SPDX-License-Identifier: Apache-2.0
#include "context/computation.hpp"

#include <array>
#include <atomic>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

#include <weft/context_var.hpp>
#include <weft/detail/computation.hpp>
#include <weft/error.hpp>

#include "context/context_block.hpp"
#include "context/recycles.hpp"

namespace weft::inline v0::detail {

/// Something is being computed. The chain of those that wait for it from within is carried by the
/// context, so that it is known also on the threads and in the tasks that the work moves to.
struct Turn : std::enable_shared_from_this<Turn> {
  const ContextState* state = nullptr;
  const VariableBase* variable = nullptr;
  std::shared_ptr<const Turn> outer{};  // the computation that asked for this one
  std::uint32_t process = 0;            // a forked child has none of its parent's
  Turn* next = nullptr;                 // of all that are under way
};

namespace {

constinit const ContextVar<std::shared_ptr<const Turn>> computing{"computing"};

// Guards the values of contexts against callers of get_or_compute alone: the others' reads and
// writes must not overlap them. A few, so that requests rarely meet.
struct alignas(64) Stripe {
  std::mutex mutex;
  std::atomic<std::uint32_t> finished{0};  // what those who wait look at
};
constexpr std::size_t kStripes = 16;
constinit std::array<Stripe, kStripes> stripes;

// Held for a moment at the beginning and the end of a computation; never while one runs.
struct UnderWay {
  std::mutex mutex;
  Turn* turns = nullptr;
  TurnWait* waits = nullptr;
  std::uint32_t process = 0;
};
constinit UnderWay under_way;

Stripe& stripe_of(const ContextState& state) noexcept {
  const auto address = reinterpret_cast<std::uintptr_t>(&state);
  return stripes[(address >> 6U) * 0x9e3779b97f4a7c15U >> 60U];
}

const Turn* innermost() noexcept {
  const auto* found = computing.find();
  return found != nullptr ? found->get() : nullptr;
}

bool is_in_chain(const Turn* chain, const Turn& turn) noexcept {
  for (; chain != nullptr; chain = chain->outer.get()) {
    if (chain == &turn) return true;
  }
  return false;
}

// Whether `turn` ends only after one in `chain`. There is no circle among those who wait: nobody
// begins to wait who would close one.
bool needs(const Turn& turn, const Turn* chain) noexcept {
  if (is_in_chain(chain, turn)) return true;
  for (const TurnWait* wait = under_way.waits; wait != nullptr; wait = wait->next) {
    if (is_in_chain(wait->by, turn) && needs(*wait->target, chain)) return true;
  }
  return false;
}

Turn* find_turn(const ContextState& state, const VariableBase& variable) noexcept {
  for (Turn* turn = under_way.turns; turn != nullptr; turn = turn->next) {
    if (turn->state == &state && turn->variable == &variable) return turn;
  }
  return nullptr;
}

template <class Entry>
void take_out(Entry*& list, const Entry& gone) noexcept {
  for (Entry** link = &list; *link != nullptr; link = &(*link)->next) {
    if (*link != &gone) continue;
    *link = gone.next;
    return;
  }
}

void note_wait(TurnWait& wait, const Turn& target, const Turn* chain) {
  if (needs(target, chain)) throw RecursiveComputationError(target.variable->name());
  wait.by = chain;
  wait.target = target.shared_from_this();
  wait.next = std::exchange(under_way.waits, &wait);
}

// Blocks until something of that stripe has finished. The lock is held before and after.
void wait_for(const Turn& target, const Turn* chain, std::unique_lock<std::mutex>& lock) {
  TurnWait wait;
  note_wait(wait, target, chain);
  std::atomic<std::uint32_t>& finished = stripe_of(*target.state).finished;
  const std::uint32_t before = finished.load(std::memory_order_relaxed);
  lock.unlock();
  finished.wait(before, std::memory_order_acquire);
  lock.lock();
  take_out(under_way.waits, wait);
}

// A coroutine that waits for `turn`, taken off the list; null: no more.
void* next_coroutine(const Turn& turn) noexcept {
  const std::lock_guard lock(under_way.mutex);
  for (TurnWait* wait = under_way.waits; wait != nullptr; wait = wait->next) {
    if (wait->target.get() != &turn || wait->coroutine == nullptr) continue;
    take_out(under_way.waits, *wait);
    return std::exchange(wait->coroutine, nullptr);
  }
  return nullptr;
}

void finish(Turn& turn) noexcept {
  std::atomic<std::uint32_t>& finished = stripe_of(*turn.state).finished;
  {
    const std::lock_guard lock(under_way.mutex);
    if (turn.process == under_way.process) take_out(under_way.turns, turn);
    finished.fetch_add(1, std::memory_order_release);
  }
  finished.notify_all();
  // One at a time: the first may destroy the second.
  while (void* coroutine = next_coroutine(turn)) {
    std::coroutine_handle<>::from_address(coroutine).resume();
  }
}

}  // namespace

Computation::Computation(ContextState& state, const VariableBase& variable, Waits waits)
    : state_(state), variable_(variable) {
  find();
  if (value_ != nullptr) return;
  turn_ = std::make_shared<Turn>();
  turn_->state = &state_;
  turn_->variable = &variable_;
  if (const auto* outer = computing.find()) turn_->outer = *outer;
  if (waits == Waits::by_suspending) return;
  {
    std::unique_lock lock(under_way.mutex);
    while (const Turn* other = other_turn()) wait_for(*other, turn_->outer.get(), lock);
    take_turn();
  }
  if (value_ != nullptr) return;
  try {
    begin();
  } catch (...) {
    finish(*turn_);
    throw;
  }
}

bool Computation::has_to_wait(TurnWait& wait) {
  const std::lock_guard lock(under_way.mutex);
  if (const Turn* other = other_turn()) {
    note_wait(wait, *other, turn_->outer.get());
    return true;
  }
  take_turn();
  return false;
}

void Computation::stop_waiting(TurnWait& wait) noexcept {
  const std::lock_guard lock(under_way.mutex);
  take_out(under_way.waits, wait);
}

const Turn* Computation::other_turn() const { return find_turn(state_, variable_); }

void Computation::find() noexcept {
  const std::lock_guard lock(stripe_of(state_).mutex);
  const ValueBox* box = find_value(state_, variable_.tagged_slot());
  value_ = box != nullptr ? box->payload() : nullptr;
}

void Computation::take_turn() noexcept {
  find();  // the one before us may have set it
  if (value_ != nullptr) return;
  turn_->process = under_way.process;
  turn_->next = std::exchange(under_way.turns, turn_.get());
  has_turn_ = true;
}

void Computation::begin() {
  const std::shared_ptr<const Turn> chain = turn_;
  set_value(computing, make_box<std::shared_ptr<const Turn>>(computing, chain), token_);
}

void Computation::publish(ValueBox* fresh) {
  std::unique_ptr<ValueBox, void (*)(ValueBox*)> owned(fresh,
                                                       [](ValueBox* box) { release_box(box); });
  if (variable_.is_recyclable()) fresh->set_date(recycles_so_far());
  const std::uint32_t slot = variable_.assigned_slot();
  {
    const std::lock_guard lock(stripe_of(state_).mutex);
    ValueBox*& place = writable_block(state_, slot).slots()[slot - 1];
    value_ = fresh->payload();
    ValueBox* old = std::exchange(place, owned.release());
    owned.reset(old);  // released after the lock
  }
}

Computation::~Computation() {
  if (!has_turn_) return;
  if ((token_.flags & TokenState::kUsed) == 0) reset_scope(token_);
  finish(*turn_);
}

void lock_computations() noexcept {
  under_way.mutex.lock();
  for (Stripe& stripe : stripes) stripe.mutex.lock();
}

void unlock_computations() noexcept {
  for (Stripe& stripe : stripes) stripe.mutex.unlock();
  under_way.mutex.unlock();
}

void forget_other_computations() noexcept {
  // The forking thread's own are under way still, on its stack, and end without being in the list.
  ++under_way.process;
  under_way.waits = nullptr;
  Turn* kept = nullptr;
  const Turn* chain = innermost();
  for (Turn* turn = std::exchange(under_way.turns, nullptr); turn != nullptr;) {
    Turn* next = turn->next;
    if (is_in_chain(chain, *turn)) {
      turn->next = std::exchange(kept, turn);
      turn->process = under_way.process;
    }
    turn = next;
  }
  under_way.turns = kept;
}

}  // namespace weft::inline v0::detail
