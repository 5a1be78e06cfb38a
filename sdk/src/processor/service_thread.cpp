// SPDX-License-Identifier: Apache-2.0
#include "processor/service_thread.hpp"

#include <pthread.h>
#include <sched.h>

#include <condition_variable>
#include <csignal>
#include <exception>
#include <mutex>
#include <system_error>
#include <utility>

#include "platform/error_reporter.hpp"

namespace weft::inline v0::detail {

struct ServiceThread::Ended {
  std::mutex mutex;
  std::condition_variable changed;
  bool value = false;
};

namespace {

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

void apply_affinity(const WorkerOptions& options) {
  if (options.affinity.empty()) return;
  cpu_set_t set;
  CPU_ZERO(&set);
  for (int cpu : options.affinity) {
    if (cpu >= 0 && cpu < CPU_SETSIZE) CPU_SET(static_cast<std::size_t>(cpu), &set);
  }
  if (pthread_setaffinity_np(pthread_self(), sizeof set, &set) == 0) return;
  std::string cpus;
  for (int cpu : options.affinity) cpus += (cpus.empty() ? "" : ",") + std::to_string(cpu);
  error_reporter().report(ErrorCode::invalid_option,
                          "WorkerOptions::affinity = {" + cpus +
                              "}: none of these CPUs may be used by this process; the thread runs "
                              "on any. Fix: name CPUs that exist and are allowed");
}

void call_on_start(const WorkerOptions& options) noexcept {
  if (!options.on_start) return;
  try {
    options.on_start();
  } catch (const std::exception& error) {
    error_reporter().report(ErrorCode::user_callback,
                            std::string("WorkerOptions::on_start threw: ") + error.what());
  } catch (...) {
    error_reporter().report(ErrorCode::user_callback,
                            "WorkerOptions::on_start threw what is no std::exception");
  }
}

}  // namespace

ServiceThread::~ServiceThread() {
  if (thread_.joinable()) thread_.detach();
}

bool ServiceThread::start(const WorkerOptions& options, const std::string& name,
                          std::function<void()> body) noexcept {
  std::string why;
  if (try_start(options, name, std::move(body), why)) return true;
  error_reporter().report(ErrorCode::resource_exhausted,
                          "the thread '" + name + "' could not be started (" + why +
                              "): ended spans wait for force_flush or shutdown");
  return false;
}

bool ServiceThread::try_start(const WorkerOptions& options, const std::string& name,
                              std::function<void()> body, std::string& why) noexcept {
  try {
    auto ended = std::make_shared<Ended>();
    const SignalsBlocked blocked;
    thread_ = std::thread([options, ended, name = name.substr(0, 15), body = std::move(body)] {
      pthread_setname_np(pthread_self(), name.c_str());
      apply_affinity(options);
      call_on_start(options);
      body();
      const std::lock_guard lock(ended->mutex);
      ended->value = true;
      ended->changed.notify_all();
    });
    ended_ = std::move(ended);
    return true;
  } catch (const std::exception& error) {
    why = error.what();
    return false;
  }
}

bool ServiceThread::finish(Deadline deadline) noexcept {
  if (!thread_.joinable()) return true;
  std::unique_lock lock(ended_->mutex);
  const bool in_time = ended_->changed.wait_until(lock, deadline, [this] { return ended_->value; });
  lock.unlock();
  if (in_time) {
    thread_.join();
  } else {
    thread_.detach();
  }
  return in_time;
}

}  // namespace weft::inline v0::detail
