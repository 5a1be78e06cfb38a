// SPDX-License-Identifier: Apache-2.0
#include <weft/exporters/jaeger_remote.hpp>

#include <unistd.h>

#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "delivery/http_peer.hpp"
#include "platform/error_reporter.hpp"
#include "processor/service_thread.hpp"
#include "remote_sampling/poller.hpp"

namespace weft::inline v0::samplers {

namespace {

using remote_sampling::CurrentStrategy;
using remote_sampling::Poller;
using std::chrono::milliseconds;

constexpr milliseconds kTimeout{5000};
constexpr std::size_t kLargestAnswer = std::size_t{4} << 20U;
constexpr milliseconds kEndingGrace{200};

void refuse(const std::string& what) noexcept {
  detail::error_reporter().refuse("samplers::jaeger_remote: " + what);
}

std::string percent_encoded(std::string_view text) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
    if (is_plain) {
      encoded += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      encoded.append({'%', kHex[byte >> 4U], kHex[byte & 15U]});
    }
  }
  return encoded;
}

/// The roots' sampler. Its thread belongs to one process: a forked child leaves what it inherited
/// where it is and begins anew.
class JaegerRemote final : public Sampler {
 public:
  JaegerRemote(wire::HttpSettings settings, JaegerRemoteOptions options, bool may_ask)
      : settings_(std::move(settings)),
        options_(std::move(options)),
        may_ask_(may_ask),
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
  const bool may_ask_;
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
  if (is_asking_.exchange(true, std::memory_order_relaxed) || !may_ask_) return;  // the first does
  try {
    wire::HttpSettings settings = settings_;
    std::string& url = settings.endpoint.url;
    url += (url.find('?') == std::string::npos ? "?service=" : "&service=") +
           percent_encoded(service_);
    poller_ = std::make_shared<Poller>(std::move(settings), options_.polling_interval, strategy_);
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

// Whether there is an HTTP service to ask.
bool read_endpoint(const std::string& text, wire::HttpSettings& settings) {
  std::string why;
  const auto endpoint = wire::parse_endpoint(text, why);
  if (!endpoint) {
    refuse("endpoint=\"" + wire::without_password(text) + "\": " + why +
           "; the initial sampler stays in force");
    return false;
  }
  settings.endpoint = *endpoint;
  const std::string& shown = endpoint->display;
  const std::size_t path = shown.find('/', shown.find("://") + 3);
  if (path != std::string::npos && path + 1 < shown.size()) return true;
  refuse(
      "endpoint=\"" + shown +
      "\" has no path and would be the gRPC service, which this version does not speak; give the "
      "HTTP service, such as http://localhost:5778/sampling. The initial sampler stays in force");
  return false;
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
  settings.is_get = true;
  settings.user_agent = "weft/" WEFT_VERSION_STRING;
  settings.timeout = kTimeout;
  settings.max_response_size = kLargestAnswer;
  const bool may_ask = read_endpoint(options.endpoint, settings);
  if (may_ask) delivery::aim_at(settings, wire::Endpoint(settings.endpoint), options.tls);
  return parent_based(
      std::make_shared<JaegerRemote>(std::move(settings), std::move(options), may_ask));
}

}  // namespace weft::inline v0::samplers
