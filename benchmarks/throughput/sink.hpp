// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace throughput {

/// Some requests as they came, one behind the other: more than a CPU's caches hold. Filled by the
/// sink while a client warms up.
struct Samples {
  static constexpr std::size_t kCapacity = std::size_t{64} << 20U;
  static constexpr std::size_t kMost = 4096;
  std::atomic<std::size_t> count;  // release: what is counted is there
  std::size_t ends[kMost];
  std::uint64_t spans[kMost];
  char bytes[kCapacity];  // with their headers

  std::string_view request(std::size_t i) const {
    const std::size_t begin = i == 0 ? 0 : ends[i - 1];
    return {bytes + begin, ends[i] - begin};
  }
};

/// What the sink's process tells, in memory that it shares with its maker.
struct SinkCounts {
  std::atomic<std::uint64_t> requests;
  std::atomic<std::uint64_t> bytes;  // of bodies
  std::atomic<std::uint64_t> spans;
  Samples samples;
};

/// An HTTP server in a process of its own that takes any request, counts the spans in it (which it
/// steps over, as a receiver must at least) and answers 200. Ends with the object.
class Sink {
 public:
  Sink();
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  ~Sink();

  int port() const { return port_; }
  const SinkCounts& counts() const { return *counts_; }
  /// Of its process so far, in seconds.
  double cpu_seconds() const;

 private:
  int listener_;
  int port_ = 0;
  SinkCounts* counts_;
  pid_t process_;
};

}  // namespace throughput
