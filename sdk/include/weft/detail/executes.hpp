// SPDX-License-Identifier: Apache-2.0
#pragma once

// What executors are called by, whichever library they are of.

#include <utility>

#include <weft/version.hpp>

namespace weft::inline v0::detail {

template <class Executor, class F, class... More>
concept Executes = requires(Executor& executor, F function, More... more) {
  executor.execute(std::move(function), std::forward<More>(more)...);
};
template <class Executor, class F, class... More>
concept Posts = requires(Executor& executor, F function, More... more) {
  executor.post(std::move(function), std::forward<More>(more)...);
};
template <class Executor, class F, class... More>
concept Dispatches = requires(Executor& executor, F function, More... more) {
  executor.dispatch(std::move(function), std::forward<More>(more)...);
};
template <class Executor, class F, class... More>
concept Defers = requires(Executor& executor, F function, More... more) {
  executor.defer(std::move(function), std::forward<More>(more)...);
};

}  // namespace weft::inline v0::detail
