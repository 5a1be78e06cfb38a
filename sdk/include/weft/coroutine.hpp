// SPDX-License-Identifier: Apache-2.0
#pragma once

// Coroutines that carry their context.

#include <weft/context_promise.hpp>
#include <weft/detail/awaited_turn.hpp>
#include <weft/in_context.hpp>
#include <weft/spawn.hpp>
#include <weft/sync_wait.hpp>
#include <weft/task.hpp>
#include <weft/when_all.hpp>
#include <weft/when_any.hpp>
