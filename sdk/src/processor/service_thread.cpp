// SPDX-License-Identifier: Apache-2.0
#include "processor/service_thread.hpp"

#include <pthread.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <exception>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "platform/error_reporter.hpp"

namespace weft::inline v0::detail {

struct ServiceThread::Ended {
  std::mutex mutex;
  std::condition_variable changed;
  pid_t thread = 0;
  bool value = false;
};

namespace {

using std::chrono::steady_clock;

// What a thread gets to go in after its body, whatever the deadline: it takes microseconds.
constexpr std::chrono::milliseconds kGoing{100};

// Polled: to join has no deadline, and a user's `thread_local` may have a destructor that hangs.
bool is_gone_by(Deadline deadline, pid_t thread) noexcept {
  while (syscall(SYS_tgkill, getpid(), thread, 0) == 0) {
    if (steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(std::chrono::microseconds(20));
  }
  return true;
}

// A new thread inherits the mask: it never runs a moment without it.
class SignalsBlocked {
 public:
  SignalsBlocked() noexcept {
    sigset_t blocked;
    sigfillset(&blocked);
    for (int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS, SIGABRT}) {
      sigdelset(&blocked, fault);
    }
    pthread_sigmask(SIG_SETMASK, &blocked, &before_);
  }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_;
};

void apply_affinity(const WorkerOptions& options) noexcept {
  if (options.affinity.empty()) return;
  cpu_set_t set;
  CPU_ZERO(&set);
  for (int cpu : options.affinity) {
    if (cpu >= 0 && cpu < CPU_SETSIZE) CPU_SET(static_cast<std::size_t>(cpu), &set);
  }
  if (pthread_setaffinity_np(pthread_self(), sizeof set, &set) == 0) return;
  error_reporter().report(ErrorCode::invalid_option, [&] {
    std::string cpus;
    for (int cpu : options.affinity) cpus += (cpus.empty() ? "" : ",") + std::to_string(cpu);
    return "WorkerOptions::affinity = {" + cpus +
           "}: none of these CPUs may be used by this process; the thread runs on any. Fix: name "
           "CPUs that exist and are allowed";
  });
}

void call_on_start(const WorkerOptions& options) noexcept {
  if (!options.on_start) return;
  try {
    options.on_start();
  } catch (const std::exception& error) {
    error_reporter().report(ErrorCode::user_callback, [&] {
      return std::string("WorkerOptions::on_start threw: ") + error.what();
    });
  } catch (...) {
    error_reporter().report(ErrorCode::user_callback,
                            "WorkerOptions::on_start threw what is no std::exception");
  }
}

}  // namespace

ServiceThread::~ServiceThread() {
  if (thread_.joinable()) thread_.detach();
}

void ServiceThread::tell_of_none(std::string_view name, const std::exception& error) noexcept {
  error_reporter().report(ErrorCode::resource_exhausted, [&] {
    return "the thread '" + std::string(name) + "' could not be started (" + error.what() +
           "): ended spans wait for force_flush or shutdown";
  });
}

void ServiceThread::make(const WorkerOptions& options, std::string_view name,
                         std::function<void()> body, Signals signals) {
  auto ended = std::make_shared<Ended>();
  std::optional<SignalsBlocked> blocked;
  if (signals == Signals::blocked) blocked.emplace();
  thread_ =
      std::thread([options, ended, name = std::string(name.substr(0, 15)), body = std::move(body)] {
        pthread_setname_np(pthread_self(), name.c_str());
        apply_affinity(options);
        call_on_start(options);
        body();
        const std::lock_guard lock(ended->mutex);
        ended->thread = static_cast<pid_t>(syscall(SYS_gettid));
        ended->value = true;
        ended->changed.notify_all();
      });
  ended_ = std::move(ended);
}

bool ServiceThread::finish(Deadline deadline) noexcept {
  if (!thread_.joinable()) return true;
  std::unique_lock lock(ended_->mutex);
  const bool in_time = ended_->changed.wait_until(lock, deadline, [this] { return ended_->value; });
  lock.unlock();
  const Deadline latest = steady_clock::now() + kGoing;
  const Deadline gone_by = deadline == Deadline::max() ? latest : std::max(deadline, latest);
  if (in_time && is_gone_by(gone_by, ended_->thread)) {
    thread_.join();
  } else {
    thread_.detach();
  }
  return in_time;
}

}  // namespace weft::inline v0::detail
