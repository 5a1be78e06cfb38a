// SPDX-License-Identifier: Apache-2.0
#include "plugins.hpp"

#include <map>
#include <mutex>
#include <utility>

namespace weft::inline v0::config {

namespace {

/// Leaked: there are no exit-time destructors.
template <class Provider>
class Registry {
 public:
  void add(std::string name, Provider provider) {
    const std::lock_guard lock(mutex_);
    if (providers_ == nullptr) providers_ = new std::map<std::string, Provider>;
    (*providers_)[std::move(name)] = std::move(provider);
  }
  Provider find(const std::string& name) {
    const std::lock_guard lock(mutex_);
    if (providers_ == nullptr) return nullptr;
    const auto found = providers_->find(name);
    return found != providers_->end() ? found->second : nullptr;
  }

 private:
  std::mutex mutex_;
  std::map<std::string, Provider>* providers_ = nullptr;
};

constinit Registry<ExporterProvider> exporters;
constinit Registry<ProcessorProvider> processors;
constinit Registry<SamplerProvider> samplers;

}  // namespace

void register_exporter(std::string name, ExporterProvider provider) {
  exporters.add(std::move(name), std::move(provider));
}
void register_processor(std::string name, ProcessorProvider provider) {
  processors.add(std::move(name), std::move(provider));
}
void register_sampler(std::string name, SamplerProvider provider) {
  samplers.add(std::move(name), std::move(provider));
}

ExporterProvider exporter_provider(const std::string& name) { return exporters.find(name); }
ProcessorProvider processor_provider(const std::string& name) { return processors.find(name); }
SamplerProvider sampler_provider(const std::string& name) { return samplers.find(name); }

}  // namespace weft::inline v0::config
