// SPDX-License-Identifier: Apache-2.0
// A product page made of three answers that are asked for at the same time. Each request is a
// coroutine; its user and its current span follow it to the timer's thread and back, and what one
// child sets no other sees. Run it with OTEL_TRACES_EXPORTER=console to see the spans.
#include <chrono>
#include <iostream>
#include <stop_token>
#include <string>
#include <vector>

#include <weft/weft.hpp>

#include "timer.hpp"

namespace {

using namespace std::chrono_literals;

inline constexpr weft::Tracer tracer{"shop", "1.0"};
inline const weft::ContextVar<std::string> user{"user"};
inline const weft::ContextVar<std::string> backend{"backend", "none"};

weft::Task<std::string> ask(Timer& timer, std::string name, Timer::Clock::duration delay) {
  backend.set(name);  // in this child's own copy
  auto span = tracer.start(name, {{"user", user.get()}});
  co_await timer.after(delay);
  // On the timer's thread now, among the other requests' children: still ours.
  span.set_attribute("request", weft::request_id.get().view());
  co_return backend.get() + " for " + user.get();
}

// The fastest of two mirrors; the other is asked to stop.
weft::Task<std::string> reviews(Timer& timer) {
  auto [index, text] =
      co_await weft::when_any(ask(timer, "reviews-1", 2s), ask(timer, "reviews-2", 2ms));
  co_return text;
}

weft::Task<std::string> page(Timer& timer, std::string who) {
  const auto scope = user.scoped(std::move(who));
  auto span = tracer.start("page");
  const auto [price, stock, review] =
      co_await weft::when_all(ask(timer, "price", 5ms), ask(timer, "stock", 3ms), reviews(timer));
  co_return price + ", " + stock + ", " + review + "; here " + backend.get();
}

}  // namespace

int main() {
  auto telemetry = weft::init({.service_name = "shop"});
  Timer timer;
  std::vector<weft::Task<std::string>> requests;
  for (const char* who : {"ann", "bob", "cat"}) requests.push_back(page(timer, who));
  const auto pages = weft::sync_wait(weft::when_all(std::move(requests)));
  for (const std::string& text : pages) std::cout << text << '\n';
  return pages[1] == "price for bob, stock for bob, reviews-2 for bob; here none" ? 0 : 1;
}
