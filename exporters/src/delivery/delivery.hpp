// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include <weft/version.hpp>

#include "delivery/engine.hpp"
#include "processor/async_exporter.hpp"

namespace weft::inline v0::delivery {

/// Sends batches over HTTP and keeps what cannot be delivered now. It is an engine of the process
/// that asks: a forked child leaves its parent's alone and begins with an empty one. So does the
/// next telemetry that is given an exporter whose first one was shut down.
class Delivery final : public detail::AsyncExporter {
 public:
  /// `problems` with the options are told to the first error sink.
  Delivery(DeliverySettings settings, std::vector<Error> problems);
  ~Delivery() override;

  std::string_view name() const noexcept override { return name_; }
  std::vector<detail::Setting> settings() const override { return settings_.description; }
  void submit(detail::SharedBatch batch, detail::Completion completion) noexcept override;
  void run(Deadline until) noexcept override {
    if (Engine* engine = this->engine()) engine->run(until);
  }
  void wake() noexcept override {
    if (Engine* engine = this->engine()) engine->wake();
  }
  void hurry() noexcept override {
    if (Engine* engine = this->engine()) engine->hurry();
  }
  std::size_t shed(const detail::SharedBatch& batch, detail::Shed which) noexcept override {
    Engine* engine = this->engine();
    return engine != nullptr ? engine->shed(batch, which) : 0;
  }
  bool idle() const noexcept override {
    const Engine* engine = this->engine();
    return engine == nullptr || engine->idle();
  }
  void close(Deadline) noexcept override {
    if (Engine* engine = this->engine()) engine->close();
  }
  void set_error_sink(std::function<void(const Error&)> sink) noexcept override;

 private:
  /// Null in a forked child that has no memory for one, and so nothing to do yet.
  Engine* engine() const noexcept;
  Engine* replace_engine(Engine* inherited) const noexcept;
  void reopen(Engine& closed);

  const DeliverySettings settings_;
  std::string_view name_;
  std::vector<Error> problems_;
  std::vector<std::unique_ptr<Engine>> closed_;  // a thread that was left behind may be in one yet
  mutable std::atomic<Engine*> engine_;
};

}  // namespace weft::inline v0::delivery
