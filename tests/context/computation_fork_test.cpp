// SPDX-License-Identifier: Apache-2.0
// What other threads compute at a fork is never finished in the child.
#include <gtest/gtest.h>
#include <unistd.h>
#include <weft/weft.hpp>

#include <future>
#include <thread>

#include "platform/child_process.hpp"

namespace {

using weft::testing::exit_code_of_child;

const weft::ContextVar<int> number{"number"};
const weft::ContextVar<int> other{"other"};

/// A thread that computes `number` until it is let go. Forks are handled once there was an `init`.
class Computing {
 public:
  explicit Computing(weft::Context& context)
      : thread_([this, &context] {
          context.get_or_compute(number, [this] {
            begun_.set_value();
            end_.get_future().wait();
            return 1;
          });
        }) {
    begun_.get_future().wait();
  }
  ~Computing() {
    end_.set_value();
    thread_.join();
  }

 private:
  weft::Telemetry telemetry_ = weft::init({.exporters = {weft::exporters::in_memory()}});
  std::promise<void> begun_;
  std::promise<void> end_;
  std::thread thread_;
};

TEST(Fork, AChildComputesItselfWhatAnotherThreadOfItsParentDid) {
  weft::Context context;
  const Computing computing(context);
  EXPECT_EQ(exit_code_of_child([&] {
              alarm(20);
              return context.get_or_compute(number, [] { return 2; }) == 2;
            }),
            0);
}

TEST(Fork, AChildGoesOnWithWhatTheForkingThreadComputes) {
  weft::Context context;
  weft::Context own;
  const Computing computing(context);
  const int code = own.get_or_compute(other, [&] {
    return exit_code_of_child([&] {
      alarm(20);
      try {
        own.get_or_compute(other, [] { return 1; });
        return false;
      } catch (const weft::RecursiveComputationError&) {
        return true;
      }
    });
  });
  EXPECT_EQ(code, 0);
}

}  // namespace
