// SPDX-License-Identifier: Apache-2.0
#include "wire/tls_lifetime.hpp"

#include <dlfcn.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>

namespace weft::inline v0::wire {

namespace {

constexpr std::uint64_t kNoAtExit = 0x00080000;  // OPENSSL_INIT_NO_ATEXIT

constinit std::atomic<int> inside{0};
constinit std::atomic<bool> is_gone{false};

// On the thread that exits. A step of a handshake is milliseconds; a thread that the system does
// not run meanwhile must not hold the exit up.
void leave_tls() {
  constexpr std::chrono::microseconds kLook{100};
  constexpr std::chrono::milliseconds kPatience{400};
  is_gone.store(true);
  const auto patience = std::chrono::steady_clock::now() + kPatience;
  while (inside.load() != 0 && std::chrono::steady_clock::now() < patience) {
    std::this_thread::sleep_for(kLook);
  }
}

template <class Function>
Function* find(const char* name) noexcept {
  return reinterpret_cast<Function*>(::dlsym(RTLD_DEFAULT, name));
}

}  // namespace

// By name: it is libcurl that links OpenSSL, if it does.
void keep_tls_until_the_end() noexcept {
  if (auto* init = find<int(std::uint64_t, const void*)>("OPENSSL_init_crypto")) {
    init(kNoAtExit, nullptr);
  }
  if (auto* at_exit = find<int(void (*)())>("OPENSSL_atexit")) at_exit(&leave_tls);
}

TlsUse::TlsUse(bool needed) noexcept : needed_(needed) {
  if (!needed_) return;
  inside.fetch_add(1);
  inside_ = !is_gone.load();
  if (!inside_) inside.fetch_sub(1);
}

TlsUse::~TlsUse() {
  if (inside_) inside.fetch_sub(1);
}

}  // namespace weft::inline v0::wire
