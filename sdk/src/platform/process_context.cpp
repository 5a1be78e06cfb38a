// SPDX-License-Identifier: Apache-2.0
#include "platform/process_context.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <utility>

namespace weft::inline v0::detail {

namespace {

// Of newer kernels than the headers may be.
constexpr unsigned kNoExecSeal = 0x0008U;
constexpr int kSetVma = 0x53564d41;
constexpr unsigned long kSetVmaAnonName = 0;

/// What a reader finds at the beginning of the mapping.
struct Header {
  char signature[8];
  std::uint32_t version;
  std::atomic<std::uint32_t> payload_size;
  std::atomic<std::uint64_t> published_at;  // 0: it is being changed
  std::atomic<const char*> payload;
};
static_assert(sizeof(Header) == 32);

constinit Header* published = nullptr;
constinit pid_t publisher = 0;
constinit char* kept_payload = nullptr;

std::uint64_t boot_time() noexcept {
  timespec now{};
  clock_gettime(CLOCK_BOOTTIME, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000U +
         static_cast<std::uint64_t>(now.tv_nsec);
}

bool name_mapping(void* mapping, std::size_t size) noexcept {
  return prctl(kSetVma, kSetVmaAnonName, mapping, size, "OTEL_CTX") == 0;
}

// A mapping that can be found by its name; null when there is no way.
void* map_by_name(std::size_t size) noexcept {
  constexpr unsigned kFlags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
  int file = memfd_create("OTEL_CTX", kFlags | kNoExecSeal);
  if (file < 0) file = memfd_create("OTEL_CTX", kFlags);
  const bool is_file = file >= 0 && ftruncate(file, static_cast<off_t>(size)) == 0;
  void* mapping = mmap(nullptr, size, PROT_READ | PROT_WRITE,
                       is_file ? MAP_PRIVATE : MAP_PRIVATE | MAP_ANONYMOUS, is_file ? file : -1, 0);
  if (file >= 0) close(file);
  if (mapping == MAP_FAILED) return nullptr;
  const bool is_named = name_mapping(mapping, size);
  if ((is_file || is_named) && madvise(mapping, size, MADV_DONTFORK) == 0) return mapping;
  munmap(mapping, size);
  return nullptr;
}

std::size_t page_size() noexcept { return static_cast<std::size_t>(sysconf(_SC_PAGESIZE)); }

Header* make_header() noexcept {
  void* mapping = map_by_name(page_size());
  if (mapping == nullptr) return nullptr;
  auto* header = static_cast<Header*>(mapping);
  std::memcpy(header->signature, "OTEL_CTX", sizeof header->signature);
  header->version = 2;
  return header;
}

}  // namespace

bool publish_process_context(std::string_view payload) noexcept {
  if (publisher != getpid()) published = nullptr;  // a forked child has not got the mapping
  auto* copy = static_cast<char*>(std::malloc(payload.size() + 1));
  if (copy == nullptr) return false;
  std::memcpy(copy, payload.data(), payload.size());
  if (published == nullptr) published = make_header();
  if (published == nullptr) {
    std::free(copy);
    return false;
  }
  publisher = getpid();
  std::uint64_t now = boot_time();
  if (now == published->published_at.load(std::memory_order_relaxed)) ++now;
  // Each release comes after what is before it, as a reader of our memory sees it.
  published->published_at.store(0, std::memory_order_relaxed);
  published->payload.store(copy, std::memory_order_release);
  published->payload_size.store(static_cast<std::uint32_t>(payload.size()),
                                std::memory_order_release);
  published->published_at.store(now, std::memory_order_release);
  name_mapping(published, page_size());
  std::free(std::exchange(kept_payload, copy));
  return true;
}

void withdraw_process_context() noexcept {
  if (published == nullptr || publisher != getpid()) return;
  published->published_at.store(0, std::memory_order_seq_cst);
  munmap(std::exchange(published, nullptr), page_size());
  std::free(std::exchange(kept_payload, nullptr));
}

}  // namespace weft::inline v0::detail
