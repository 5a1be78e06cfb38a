// SPDX-License-Identifier: Apache-2.0
// A program that is looked at from outside. At each step it prints where its thread's variable lies
// and which span should be seen there, and waits for a line.
#include <weft/weft.hpp>

#include <dlfcn.h>

#include <coroutine>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <memory>
#include <string>
#include <thread>

namespace {

constexpr weft::Tracer tracer{"profiled"};

// As a profiler finds it: by its name among the dynamic symbols.
void* variable() { return dlsym(RTLD_DEFAULT, "otel_thread_ctx_v1"); }

void step(const char* name, const weft::SpanContext& expected = {}) {
  std::printf("%s %p %s %s %d\n", name, variable(), expected.trace_id().to_hex().c_str(),
              expected.span_id().to_hex().c_str(), expected.trace_flags().bits());
  std::fflush(stdout);
  std::string line;
  std::getline(std::cin, line);
}

class Turn {
 public:
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> handle) { waiting_ = handle; }
  void await_resume() const {}
  void next() { waiting_.resume(); }

 private:
  std::coroutine_handle<> waiting_;
};

weft::Task<> hop(Turn& turn) {
  const auto span = tracer.start("hopping");
  step("a coroutine's span", span.context());
  co_await turn;
  step("the coroutine's span on another thread", span.context());
}

struct AtOnce {
  template <class F>
  void execute(F f) const {
    f();
  }
};

void watch_a_hop(const weft::SpanContext& outer) {
  Turn turn;
  weft::spawn(AtOnce(), hop(turn));
  step("the thread that the coroutine left", outer);
  std::jthread([&] {
    const auto own = tracer.start("of the other thread");
    turn.next();
    step("the other thread after the coroutine", own.context());
  }).join();
  step("the first thread after the coroutine", outer);
}

}  // namespace

int main(int argc, char** argv) {
  const bool is_shown = argc < 2 || std::strcmp(argv[1], "--hidden") != 0;
  auto telemetry = weft::init({.service_name = "profiled",
                               .exporters = {weft::exporters::in_memory()},
                               .profiler_view = is_shown});
  step("nothing current");
  {
    const auto outer = tracer.start("outer");
    step("a span", outer.context());
    {
      const auto inner = tracer.start("inner");
      step("the inner span", inner.context());
    }
    step("the outer span again", outer.context());
    weft::Context().run([] { step("an empty context"); });
    step("after the empty context", outer.context());
    std::jthread(weft::bind([&] { step("another thread", outer.context()); })).join();
    std::jthread([] { step("a thread of its own"); }).join();
    const auto detached = tracer.start_detached("detached");
    step("a detached span is not current", outer.context());
    watch_a_hop(outer.context());
  }
  step("nothing current any more");
}
