// SPDX-License-Identifier: Apache-2.0
// A server whose threads live longer than their requests. Its handlers keep the user in a variable
// and never reset it; what keeps one visitor's name from the next is the hook that recycles the
// thread before each request. Leave the hook out, and see.
#include <atomic>
#include <iostream>
#include <memory>
#include <mutex>
#include <string>

#include <weft/weft.hpp>

#include "../command_line.hpp"
#include "worker_server.hpp"

namespace {

constexpr weft::Tracer kTracer{"sample.recycled_threads"};

inline const weft::RecyclableContextVar<std::string> user{"user", "guest"};

/// What guards a request's basket from the tasks that the request starts: made anew for each.
inline const weft::RecyclableContextVar<std::shared_ptr<std::mutex>> basket_lock{"basket_lock"};

std::shared_ptr<std::mutex> lock_of_this_request() {
  return basket_lock.get_or_make([] { return std::make_shared<std::mutex>(); });
}

/// Somewhere deep in the service, where nobody passes the user along.
std::string greeting() {
  const std::shared_ptr<std::mutex> mutex = lock_of_this_request();
  const std::lock_guard lock(*mutex);
  return "hello " + user.get();
}

class Shop {
 public:
  void serve(const Request& request) {
    auto span = kTracer.start("serve", {{"request.number", request.number}});
    if (!request.signed_in_as.empty()) user.set(request.signed_in_as);
    const std::string text = greeting();
    const bool is_wrong = request.signed_in_as.empty() && text != "hello guest";
    if (!is_wrong) return;
    ++wrong_;
    span.set_status(weft::StatusCode::error, "a visitor was greeted by another one's name");
  }
  int wrong() const { return wrong_; }

 private:
  std::atomic<int> wrong_{0};
};

}  // namespace

int main(int argc, char** argv) {
  CommandLine options(
      "recycled_threads", "Serves visitors, signed in and not, and counts those greeted wrongly.",
      {{"--requests", "N", "1000", "how many visitors come, every second signed in"},
       {"--threads", "N", "4", "how many threads serve them"},
       {"--no-recycle", "", "", "leave the before-request hook out"}});
  options.parse(argc, argv);
  const int requests = options.number("--requests", 1, 1'000'000);
  const int threads = options.number("--threads", 1, 256);
  auto telemetry = weft::init({.service_name = "recycled-threads"});

  Shop shop;
  WorkerServer server(static_cast<std::size_t>(threads),
                      [&](const Request& request) { shop.serve(request); });
  if (!options.given("--no-recycle")) {
    server.before_request([] { weft::RecyclableContextVar<>::increment_thread_recycles(); });
  }
  server.start();
  for (int i = 0; i < requests; ++i) {
    // A whole round of the threads is signed in, the next one is not.
    const bool is_signed_in = i / threads % 2 == 0;
    server.submit({i, is_signed_in ? "visitor " + std::to_string(i) : ""});
  }
  server.finish();
  std::cout << requests << " requests, " << shop.wrong()
            << " visitors greeted by another one's name\n";
  return shop.wrong() == 0 ? 0 : 1;
}
