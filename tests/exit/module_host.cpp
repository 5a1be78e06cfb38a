// SPDX-License-Identifier: Apache-2.0
// module_host MODULE WAY URL: loads a module that uses weft, has it record, unloads it. Status 7
// when that went as it should.
#include <dlfcn.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <string_view>
#include <thread>

namespace {

constexpr int kStatus = 7;

class Module {
 public:
  explicit Module(const char* path) : handle_(dlopen(path, RTLD_NOW | RTLD_LOCAL)) {
    if (handle_ == nullptr) std::fprintf(stderr, "%s\n", dlerror());
  }
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;
  ~Module() {
    if (handle_ != nullptr) dlclose(handle_);
  }
  explicit operator bool() const { return handle_ != nullptr; }
  void begin(const char* url) const { call<void(const char*)>("module_begin")(url); }
  void record(int spans) const { call<void(int)>("module_record")(spans); }
  int end() const { return call<int()>("module_end")(); }

 private:
  template <class F>
  F* call(const char* name) const {
    return reinterpret_cast<F*>(dlsym(handle_, name));
  }
  void* handle_;
};

// A thread that recorded, and ends when the module has long gone.
class LongLived {
 public:
  explicit LongLived(const Module& module)
      : thread_([&] {
          module.record(10);
          std::unique_lock lock(mutex_);
          has_recorded_ = true;
          changed_.notify_all();
          changed_.wait(lock, [&] { return may_end_; });
        }) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return has_recorded_; });
  }
  LongLived(const LongLived&) = delete;
  LongLived& operator=(const LongLived&) = delete;
  ~LongLived() {
    {
      const std::lock_guard lock(mutex_);
      may_end_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool has_recorded_ = false;
  bool may_end_ = false;
  std::thread thread_;
};

int again_and_again(const char* path, const char* url) {
  for (int i = 0; i < 10; ++i) {
    const Module module(path);
    if (!module) return 1;
    module.begin(url);
    module.record(100);
    if (module.end() != 0) return 1;
  }
  return kStatus;
}

int while_it_exports(const char* path, const char* url) {
  const Module module(path);
  if (!module) return 1;
  module.begin(url);
  module.record(1000);
  return kStatus;
}

int before_a_thread_ends(const char* path, const char* url) {
  auto* module = new Module(path);
  if (!*module) return 1;
  module->begin(url);
  {
    const LongLived thread(*module);
    if (module->end() != 0) return 1;
    delete module;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return kStatus;
}

}  // namespace

int main(int count, char** values) {
  if (count != 4) return 2;
  const std::string_view way = values[2];
  if (way == "again_and_again") return again_and_again(values[1], values[3]);
  if (way == "while_it_exports") return while_it_exports(values[1], values[3]);
  if (way == "before_a_thread_ends") return before_a_thread_ends(values[1], values[3]);
  return 2;
}
