// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace throughput {

/// What the sink's process tells, in memory that it shares with its maker.
struct SinkCounts {
  static constexpr std::size_t kSampleSize = std::size_t{16} << 20U;
  std::atomic<std::uint64_t> requests;
  std::atomic<std::uint64_t> bytes;  // of bodies
  std::atomic<std::uint64_t> spans;
  std::atomic<std::uint64_t> sample_size;  // 0 until there is one
  std::uint64_t sample_spans;
  char sample[kSampleSize];  // one request as it came, with its headers
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
