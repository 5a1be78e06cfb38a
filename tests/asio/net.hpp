// SPDX-License-Identifier: Apache-2.0
#pragma once

// The tests of weft::asio are compiled for standalone Asio and for Boost.Asio.
#include <utility>

#include <weft/asio.hpp>
#include <weft/weft.hpp>

#if WEFT_ASIO_BOOST
#include <boost/asio.hpp>
namespace net = boost::asio;
using ErrorCode = boost::system::error_code;
using SystemError = boost::system::system_error;
#else
#include <asio.hpp>
namespace net = asio;
using ErrorCode = asio::error_code;
using SystemError = asio::system_error;
#endif

#include <chrono>
#include <string>

namespace weft::testing {

using namespace std::chrono_literals;

inline const weft::ContextVar<std::string> user{"user", "nobody"};

/// Waits on the executor of the coroutine that awaits it.
inline net::awaitable<void> rest(std::chrono::microseconds time = 1us) {
  net::steady_timer timer(co_await net::this_coro::executor, time);
  co_await timer.async_wait(net::use_awaitable);
}

/// Runs everything, in a context where nothing is set.
inline void run(net::io_context& io) {
  io.restart();
  weft::Context().run([&] { io.run(); });
}

}  // namespace weft::testing
