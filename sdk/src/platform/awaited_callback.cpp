// SPDX-License-Identifier: Apache-2.0
#include "platform/awaited_callback.hpp"

#include <pthread.h>

namespace weft::inline v0::detail {

namespace {

// Not a thread_local: the room for those is small, and this is seldom used.
constinit pthread_key_t key{};
constinit pthread_once_t once = PTHREAD_ONCE_INIT;

void make_key() noexcept {
  pthread_once(&once, [] { pthread_key_create(&key, nullptr); });
}

}  // namespace

AwaitedCallback::AwaitedCallback() noexcept {
  make_key();
  before_ = pthread_getspecific(key);
  pthread_setspecific(key, this);
}
AwaitedCallback::~AwaitedCallback() { pthread_setspecific(key, before_); }

bool AwaitedCallback::is_inside() noexcept {
  make_key();
  return pthread_getspecific(key) != nullptr;
}

}  // namespace weft::inline v0::detail
