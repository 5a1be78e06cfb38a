// SPDX-License-Identifier: Apache-2.0
#include "platform/process_stamp.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>

namespace weft::inline v0::detail {

namespace {

void read_text(const char* path, char* text, std::size_t size) noexcept {
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  const ssize_t length = file < 0 ? -1 : read(file, text, size - 1);
  if (file >= 0) close(file);
  text[length < 0 ? 0 : length] = '\0';
}

}  // namespace

void read_boot_id(char (&text)[kBootIdSize]) noexcept {
  std::memset(text, 0, sizeof text);
  read_text("/proc/sys/kernel/random/boot_id", text, sizeof text);
  text[std::strcspn(text, "\n")] = '\0';
}

// Field 22 of /proc/self/stat; the name in field 2 may hold blanks and brackets.
std::uint64_t process_start() noexcept {
  char text[1024];
  read_text("/proc/self/stat", text, sizeof text);
  const char* at = std::strrchr(text, ')');
  for (int field = 2; at != nullptr && field < 22; ++field) at = std::strchr(at + 1, ' ');
  unsigned long long start = 0;
  return at != nullptr && std::sscanf(at, "%llu", &start) == 1 ? start : 0;
}

}  // namespace weft::inline v0::detail
