// SPDX-License-Identifier: Apache-2.0
#include <weft/exporters/jaeger_remote.hpp>

#include <unistd.h>

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "delivery/http_peer.hpp"
#include "platform/error_reporter.hpp"
#include "processor/service_thread.hpp"
#include "remote_sampling/poller.hpp"
#include "remote_sampling/service.hpp"

namespace weft::inline v0::samplers {

namespace {

using remote_sampling::CurrentStrategy;
using remote_sampling::Poller;
using std::chrono::milliseconds;

constexpr milliseconds kTimeout{5000};
constexpr milliseconds kEndingGrace{200};

void refuse(const std::string& what) noexcept {
  detail::error_reporter().refuse("samplers::jaeger_remote: " + what);
}

/// The service that the endpoint is; null: there is none to ask.
using ServiceFor = remote_sampling::Service (*)(wire::HttpSettings settings,
                                                std::string_view service_name);

/// The roots' sampler. Its thread belongs to one process: a forked child leaves what it inherited
/// where it is and begins anew.
class JaegerRemote final : public Sampler {
 public:
  JaegerRemote(wire::HttpSettings settings, JaegerRemoteOptions options, ServiceFor service_for)
      : settings_(std::move(settings)),
        options_(std::move(options)),
        service_for_(service_for),
        strategy_(new_strategy()) {}
  ~JaegerRemote() override { end(); }

  SamplingResult should_sample(const SamplingParameters& parameters) override {
    if (!is_asking_.load(std::memory_order_relaxed)) [[unlikely]]
      begin();
    return strategy_->read([&](auto& strategy) { return strategy.decide(parameters); });
  }

  std::string description() override {
    return "JaegerRemoteSampler{" + settings_.endpoint.display +
           ",current:" + strategy_->read([](auto& strategy) { return strategy.description(); }) +
           "}";
  }

  void on_init(const Resource& resource) override;

 private:
  std::shared_ptr<CurrentStrategy> new_strategy() const {
    return std::make_shared<CurrentStrategy>(
        remote_sampling::make_initial_strategy(options_.initial_sampler));
  }
  void begin() noexcept;
  void end() noexcept;

  wire::HttpSettings settings_;
  const JaegerRemoteOptions options_;
  const ServiceFor service_for_;
  std::string service_;
  std::shared_ptr<CurrentStrategy> strategy_;
  std::atomic<bool> is_asking_{false};
  std::shared_ptr<Poller> poller_;
  std::unique_ptr<detail::ServiceThread> thread_ = std::make_unique<detail::ServiceThread>();
  pid_t process_ = ::getpid();
};

// No span is being started: `init` calls it before the first.
void JaegerRemote::on_init(const Resource& resource) {
  if (process_ != ::getpid()) {
    // The parent's thread is not here; a reader may have been counted for good.
    static_cast<void>(thread_.release());
    thread_ = std::make_unique<detail::ServiceThread>();
    new std::shared_ptr<Poller>(std::move(poller_));
    poller_ = nullptr;
    strategy_ = new_strategy();
    process_ = ::getpid();
    is_asking_ = false;
  }
  service_ = options_.service_name;
  if (!service_.empty()) return;
  const AttributeValue* name = resource.find("service.name");
  const auto* text = name != nullptr ? std::get_if<std::string>(name) : nullptr;
  service_ = text != nullptr ? *text : "unknown_service";
}

void JaegerRemote::begin() noexcept {
  if (is_asking_.exchange(true, std::memory_order_relaxed)) return;  // the first does
  if (service_for_ == nullptr) return;
  try {
    poller_ = std::make_shared<Poller>(service_for_(settings_, service_), options_.polling_interval,
                                       strategy_);
    thread_->start(WorkerOptions(), "weft-sampling", [poller = poller_] { poller->run(); });
  } catch (const std::exception& exception) {
    refuse(std::string("nobody can be asked: ") + exception.what() +
           "; the initial sampler stays in force");
  }
}

void JaegerRemote::end() noexcept {
  if (poller_ == nullptr) return;
  if (process_ != ::getpid()) {
    static_cast<void>(thread_.release());  // the parent's
    return;
  }
  poller_->stop();
  thread_->finish(std::chrono::steady_clock::now() + kEndingGrace);
}

ServiceFor read_endpoint(const std::string& text, wire::Endpoint& endpoint) {
  std::string why;
  auto read = wire::parse_endpoint(text, why);
  if (!read) {
    refuse("endpoint=\"" + wire::without_password(text) + "\": " + why +
           "; the initial sampler stays in force");
    return nullptr;
  }
  endpoint = std::move(*read);
  const std::string& shown = endpoint.display;
  const std::size_t path = shown.find('/', shown.find("://") + 3);
  if (path != std::string::npos && path + 1 < shown.size()) return &remote_sampling::http_service;
  remote_sampling::name_grpc_call(endpoint);
  return &remote_sampling::grpc_service;
}

}  // namespace

SamplerPtr jaeger_remote(JaegerRemoteOptions options) {
  const JaegerRemoteOptions built_in;
  if (options.polling_interval <= milliseconds(0)) {
    refuse("polling_interval=\"" + std::to_string(options.polling_interval.count()) +
           " ms\" is not above zero; 60000 ms is used");
    options.polling_interval = built_in.polling_interval;
  }
  if (options.endpoint.empty()) options.endpoint = built_in.endpoint;
  if (options.initial_sampler == nullptr) options.initial_sampler = probability(0.001);
  wire::HttpSettings settings;
  settings.user_agent = "weft/" WEFT_VERSION_STRING;
  settings.timeout = kTimeout;
  settings.max_response_size = remote_sampling::kLargestAnswer;
  wire::Endpoint endpoint;
  const ServiceFor service_for = read_endpoint(options.endpoint, endpoint);
  if (service_for != nullptr) delivery::aim_at(settings, std::move(endpoint), options.tls);
  return parent_based(
      std::make_shared<JaegerRemote>(std::move(settings), std::move(options), service_for));
}

}  // namespace weft::inline v0::samplers
