// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <weft/weft.hpp>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <thread>
#include <vector>

namespace weft::testing {

/// Writes the ids of what it is given to a file that parent and children share.
class IdFile final : public weft::SpanExporter {
 public:
  IdFile() : file_(std::tmpfile()) { fcntl(fileno(file_), F_SETFL, O_APPEND); }
  ~IdFile() override { std::fclose(file_); }

  weft::ExportResult export_spans(const weft::SpanBatch& batch) override {
    std::vector<std::uint64_t> ids;
    for (const weft::SpanView span : batch) {
      ids.push_back(std::hash<weft::SpanId>{}(span.context().span_id()));
    }
    const std::size_t size = ids.size() * sizeof ids[0];
    return write(fileno(file_), ids.data(), size) == static_cast<ssize_t>(size)
               ? weft::ExportResult::success
               : weft::ExportResult::failure;
  }

  std::vector<std::uint64_t> ids() const {
    std::vector<std::uint64_t> ids(static_cast<std::size_t>(lseek(fileno(file_), 0, SEEK_END)) / 8);
    const std::size_t size = ids.size() * 8;
    EXPECT_EQ(pread(fileno(file_), ids.data(), size, 0), static_cast<ssize_t>(size));
    std::ranges::sort(ids);
    return ids;
  }

 private:
  std::FILE* file_;
};

/// Eight threads that make spans for as long as it lives.
class Load {
 public:
  Load() {
    for (int i = 0; i < 8; ++i) {
      threads_.emplace_back([this] {
        while (!stop_.load(std::memory_order_relaxed)) {
          {
            auto span = tracer.start("parent", {{"key", "value"}});
          }
          std::this_thread::sleep_for(std::chrono::microseconds(200));
        }
      });
    }
  }
  ~Load() {
    stop_ = true;
    for (std::thread& thread : threads_) thread.join();
  }

 private:
  static constexpr weft::Tracer tracer{"fork"};
  std::atomic<bool> stop_{false};
  std::vector<std::thread> threads_;
};

}  // namespace weft::testing
