// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <type_traits>
#include <variant>

#include <weft/detail/started_task.hpp>
#include <weft/version.hpp>

namespace weft::inline v0::detail {

/// What stands for a child's result in a tuple, a vector or a variant.
template <class T>
using Gathered =
    std::conditional_t<std::is_void_v<T>, std::monostate,
                       std::conditional_t<std::is_reference_v<T>,
                                          std::reference_wrapper<std::remove_reference_t<T>>, T>>;
template <class T>
Gathered<T> take_gathered(StartedTask<T>& task) {
  if constexpr (std::is_void_v<T>) {
    task.take();
    return {};
  } else {
    return task.take();
  }
}

}  // namespace weft::inline v0::detail
