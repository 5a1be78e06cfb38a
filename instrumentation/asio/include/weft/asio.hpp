// SPDX-License-Identifier: Apache-2.0
#pragma once

// Asio's coroutines and executors in the right context, for standalone Asio and for Boost.Asio:
//
//     weft::asio::co_spawn(io, session(std::move(socket)), asio::detached);
//
// A coroutine started so is a task: its variables and its current span follow it over timers,
// sockets, strands, pools and cancellation, and nobody else sees them. See `co_spawn`.
//
//     asio::post(weft::propagating(pool.get_executor()), f);
//
// runs f in a copy of the context current here; so does a completion handler whose associated
// executor is such a one, wherever the operation completes: `asio::bind_executor(weft::propagating(
// io.get_executor()), handler)`. Inside a task the executor of `co_await asio::this_coro::executor`
// does the same for what it is given: handlers, functions, coroutines of asio's own `co_spawn`.
// The last keep what they find, but each step of them works on a copy: start coroutines by ours.
//
// Link `weft::asio`: it brings no Asio, but uses the one that the program has. Which one is chosen
// by the headers included before, by WEFT_ASIO_BOOST=1 or 0, or by the target property
// WEFT_ASIO_BOOST. Asio 1.18 (Boost 1.74) and later; gcc 12, clang 16 and later.
// IWYU pragma: begin_exports
#include <weft/asio/co_spawn.hpp>
#include <weft/asio/library.hpp>
#include <weft/asio/propagating_executor.hpp>
// IWYU pragma: end_exports
