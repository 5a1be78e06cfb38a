// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <future>
#include <string>
#include <utility>
#include <vector>

#include <weft/weft.hpp>

/// Something that an order must pass. What it loads for that it shares with the other checks of the
/// same request, by way of `shared`. In two forms, for threads and for coroutines.
struct Check {
  std::string name;
  std::function<bool(weft::Context& shared, int order)> passes;
  std::function<weft::Task<bool>(weft::Context& shared, int order)> passes_later;
};

/// The checks that were registered; they run in parallel, each in its own span.
class CheckRegistry {
 public:
  void add(Check check) { checks_.push_back(std::move(check)); }

  /// The names of the checks that `order` does not pass. Each check on a thread of its own.
  std::vector<std::string> failed(const weft::Tracer& tracer, int order) const {
    auto span = tracer.start("check order", {{"order.id", order}});
    weft::Context shared;  // this request's, and nobody else's
    std::vector<std::future<bool>> results;
    for (const Check& check : checks_) {
      results.push_back(weft::async([&] {
        auto own = tracer.start(check.name);
        const bool passed = check.passes(shared, order);
        own.set_attribute("passed", passed);
        return passed;
      }));
    }
    for (const auto& result : results) result.wait();  // they refer to `shared`
    std::vector<bool> passed;
    for (auto& result : results) passed.push_back(result.get());
    return names_of_failed(passed);
  }

  /// The same with a coroutine for each check.
  weft::Task<std::vector<std::string>> failed_later(const weft::Tracer& tracer, int order) const {
    auto span = tracer.start("check order", {{"order.id", order}});
    weft::Context shared;
    std::vector<weft::Task<bool>> checks;
    for (const Check& check : checks_) checks.push_back(run(tracer, check, shared, order));
    const std::vector<bool> passed = co_await weft::when_all(std::move(checks));
    co_return names_of_failed(passed);
  }

 private:
  static weft::Task<bool> run(const weft::Tracer& tracer, const Check& check, weft::Context& shared,
                              int order) {
    auto span = tracer.start(check.name);
    const bool passed = co_await check.passes_later(shared, order);
    span.set_attribute("passed", passed);
    co_return passed;
  }

  std::vector<std::string> names_of_failed(const std::vector<bool>& passed) const {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < checks_.size(); ++i) {
      if (!passed[i]) names.push_back(checks_[i].name);
    }
    return names;
  }

  std::vector<Check> checks_;
};
