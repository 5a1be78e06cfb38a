// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <weft/weft.hpp>

#include "support/account.hpp"

namespace weft::testing {

/// A running telemetry whose spans land in memory, and the errors that it told. Its account is
/// exact when it ends.
class Recorded {
 public:
  explicit Recorded(weft::Options options = {})
      : memory_(weft::exporters::in_memory()),
        errors_(std::make_shared<std::vector<weft::Error>>()) {
    options.exporters.push_back(memory_);
    if (!options.on_error) {
      options.on_error = [errors = errors_](const weft::Error& error) { errors->push_back(error); };
    }
    telemetry_ = weft::init(std::move(options));
  }
  Recorded(const Recorded&) = delete;
  Recorded& operator=(const Recorded&) = delete;
  ~Recorded() { end_with_exact_account(telemetry_); }

  weft::Telemetry& telemetry() { return telemetry_; }
  const std::vector<weft::Error>& errors() const { return *errors_; }

  /// Everything that has ended, oldest first.
  std::vector<weft::SpanData> spans() {
    telemetry_.force_flush(std::chrono::seconds(20));
    return memory_->spans();
  }
  /// The span of that name, or an empty one that no expectation holds for.
  weft::SpanData span(std::string_view name) {
    for (weft::SpanData& one : spans()) {
      if (one.name == name) return one;
    }
    return {};
  }

 private:
  std::shared_ptr<weft::exporters::InMemoryExporter> memory_;
  std::shared_ptr<std::vector<weft::Error>> errors_;
  weft::Telemetry telemetry_;
};

inline constexpr weft::Tracer tracer{"test", "1.0"};

}  // namespace weft::testing
