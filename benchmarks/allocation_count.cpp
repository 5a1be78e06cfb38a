// SPDX-License-Identifier: Apache-2.0
#include "allocation_count.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

namespace {

constexpr std::size_t kOwnCounters = 512;

struct alignas(64) Counter {
  std::atomic<std::uint64_t> calls{0};
};

// The last one is shared by the threads that came too late for one of their own.
constinit std::array<Counter, kOwnCounters + 1> counters;
constinit std::atomic<std::size_t> threads_seen{0};
constinit thread_local Counter* own_counter = nullptr;

Counter& counter_of_this_thread() noexcept {
  if (own_counter == nullptr) {
    const std::size_t place = threads_seen.fetch_add(1, std::memory_order_relaxed);
    own_counter = &counters[place < kOwnCounters ? place : kOwnCounters];
  }
  return *own_counter;
}

void count() noexcept {
  Counter& counter = counter_of_this_thread();
  // Relaxed everywhere: the numbers order nothing. Whoever needs them exact has waited for the
  // counting threads by other means.
  if (&counter == &counters[kOwnCounters]) {
    counter.calls.fetch_add(1, std::memory_order_relaxed);
  } else {
    // One writer: a load and a store do, without a locked instruction.
    counter.calls.store(counter.calls.load(std::memory_order_relaxed) + 1,
                        std::memory_order_relaxed);
  }
}

void* counted(std::size_t size) noexcept {
  count();
  return std::malloc(size == 0 ? 1 : size);
}

void* counted(std::size_t size, std::align_val_t alignment) noexcept {
  count();
  const auto boundary = static_cast<std::size_t>(alignment);
  const std::size_t whole = (size + boundary - 1) / boundary * boundary;
  return std::aligned_alloc(boundary, whole == 0 ? boundary : whole);
}

void* or_throw(void* memory) {
  if (memory == nullptr) {
    throw std::bad_alloc();
  }
  return memory;
}

}  // namespace

namespace allocation_count {

std::uint64_t total() noexcept {
  std::uint64_t sum = 0;
  for (const Counter& counter : counters) {
    sum += counter.calls.load(std::memory_order_relaxed);
  }
  return sum;
}

std::uint64_t of_this_thread() noexcept {
  return counter_of_this_thread().calls.load(std::memory_order_relaxed);
}

}  // namespace allocation_count

// Every form, although the library's would end in the first two: a sanitizer's would not.
using Size = std::size_t;
using Align = std::align_val_t;
using Nothrow = std::nothrow_t;

void* operator new(Size size) { return or_throw(counted(size)); }
void* operator new[](Size size) { return or_throw(counted(size)); }
void* operator new(Size size, Align align) { return or_throw(counted(size, align)); }
void* operator new[](Size size, Align align) { return or_throw(counted(size, align)); }
void* operator new(Size size, const Nothrow& /*tag*/) noexcept { return counted(size); }
void* operator new[](Size size, const Nothrow& /*tag*/) noexcept { return counted(size); }
void* operator new(Size size, Align align, const Nothrow& /*tag*/) noexcept {
  return counted(size, align);
}
void* operator new[](Size size, Align align, const Nothrow& /*tag*/) noexcept {
  return counted(size, align);
}

void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, Size /*size*/) noexcept { std::free(memory); }
void operator delete[](void* memory, Size /*size*/) noexcept { std::free(memory); }
void operator delete(void* memory, Align /*align*/) noexcept { std::free(memory); }
void operator delete[](void* memory, Align /*align*/) noexcept { std::free(memory); }
void operator delete(void* memory, Size /*size*/, Align /*align*/) noexcept { std::free(memory); }
void operator delete[](void* memory, Size /*size*/, Align /*align*/) noexcept { std::free(memory); }
void operator delete(void* memory, const Nothrow& /*tag*/) noexcept { std::free(memory); }
void operator delete[](void* memory, const Nothrow& /*tag*/) noexcept { std::free(memory); }
