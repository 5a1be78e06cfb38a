// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <coroutine>
#include <cstddef>
#include <deque>
#include <optional>
#include <stdexcept>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <weft/detail/as_task.hpp>
#include <weft/detail/gathered.hpp>
#include <weft/detail/race.hpp>
#include <weft/detail/started_task.hpp>
#include <weft/version.hpp>

namespace weft::inline v0 {

/// What `when_any` gives: `auto [index, value] = co_await weft::when_any(f(), g());`.
template <class Value>
struct AnyResult {
  AnyResult(std::size_t its_index, Value&& its_value)
      : index(its_index), value(std::move(its_value)) {}
  std::size_t index;  ///< of the first to finish
  Value value;        ///< its result
};

namespace detail {

template <class... T>
struct RaceValue {
  using Type = std::variant<Gathered<T>...>;
};
template <class T, class... U>
  requires(std::is_same_v<T, U> && ...)
struct RaceValue<T, U...> {
  using Type = Gathered<T>;
};

template <class... T>
class PackRace : public Race {
 public:
  using Value = typename RaceValue<T...>::Type;

  explicit PackRace(Task<T>&&... tasks) : Race(sizeof...(T)), children_(std::move(tasks)...) {}
  void start_all() noexcept override {
    std::size_t index = 0;
    std::apply([&](auto&... its_child) { (its_child.begin(*this, index++), ...); }, children_);
  }
  Value take(std::size_t index) { return take_one(index, std::index_sequence_for<T...>()); }

 private:
  template <std::size_t... I>
  Value take_one(std::size_t index, std::index_sequence<I...>) {
    std::optional<Value> value;
    (void)((index == I && (take_into<I>(value), true)) || ...);
    return std::move(*value);
  }
  template <std::size_t I>
  void take_into(std::optional<Value>& value) {
    if constexpr ((std::is_same_v<T, std::tuple_element_t<0, std::tuple<T...>>> && ...)) {
      value.emplace(std::get<I>(children_).take());
    } else {
      value.emplace(std::in_place_index<I>, std::get<I>(children_).take());
    }
  }

  std::tuple<RaceChild<T>...> children_;
};

template <class T>
class RangeRace : public Race {
 public:
  using Value = Gathered<T>;

  explicit RangeRace(std::vector<Task<T>>&& its_tasks) : Race(its_tasks.size()) {
    for (Task<T>& task : its_tasks) children_.emplace_back(std::move(task));
  }
  void start_all() noexcept override {
    std::size_t index = 0;
    for (RaceChild<T>& child : children_) child.begin(*this, index++);
  }
  Value take(std::size_t index) { return children_[index].take(); }

 private:
  std::deque<RaceChild<T>> children_;
};

template <class R, class... Tasks>
Task<AnyResult<typename R::Value>> first_of(Tasks... tasks) {
  RaceAwaiter<R> awaiter(new R(std::move(tasks)...));
  co_await awaiter;
  const std::size_t index = awaiter.race().winner();
  co_return AnyResult<typename R::Value>(index, awaiter.race().take(index));
}

}  // namespace detail

/// Runs awaitables concurrently, each in its own copy of the context current when this is awaited,
/// and gives index and value of the first to finish; throws what it threw. The value is the
/// children's type if they have one in common, else a std::variant of theirs, where std::monostate
/// stands for void.
/// The others are asked to stop (`current_stop_token()`), before whoever awaits goes on, and run on
/// by themselves until they finish; what they give or throw is dropped. So they must not refer to
/// what the awaiting coroutine owns. Asked to stop itself, it asks all of them.
template <class... A>
  requires(sizeof...(A) > 0 && (detail::Awaitable<A> && ...))
auto when_any(A&&... awaitables) {
  using Race = detail::PackRace<detail::TaskResult<A>...>;
  return detail::first_of<Race>(detail::as_task(static_cast<A&&>(awaitables))...);
}
/// The same for a vector; throws std::invalid_argument when it is empty.
template <class A>
  requires detail::Awaitable<A>
auto when_any(std::vector<A> awaitables) {
  if (awaitables.empty()) throw std::invalid_argument("weft::when_any: nothing to wait for");
  using T = detail::TaskResult<A>;
  std::vector<Task<T>> tasks;
  tasks.reserve(awaitables.size());
  for (A& awaitable : awaitables) tasks.push_back(detail::as_task(std::move(awaitable)));
  return detail::first_of<detail::RangeRace<T>>(std::move(tasks));
}

}  // namespace weft::inline v0
