// SPDX-License-Identifier: Apache-2.0
// Somebody's coroutines of Asio, with weft::asio and the Asio that they have.
#include <weft/asio.hpp>
#include <weft/context_var.hpp>
#include <weft/version.hpp>

#include <cstdio>

#if WEFT_ASIO_BOOST
#include <boost/asio.hpp>
#else
#include <asio.hpp>
#endif

namespace {

namespace net = weft::asio::net;

const weft::ContextVar<int> depth{"depth", 0};

net::awaitable<int> work() {
  depth.set(1);
  co_await net::post(net::use_awaitable);
  co_return depth.get();
}

}  // namespace

int main() {
  net::io_context io;
  int result = 0;
  weft::asio::co_spawn(io, work(), [&](std::exception_ptr, int value) { result = value; });
  io.run();
  if (result != 1 || depth.get() != 0) {
    std::puts("the coroutine lost its context, or left it here");
    return 1;
  }
  std::printf("weft %s\n", weft::version());
  return 0;
}
