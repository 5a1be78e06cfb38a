// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <weft/error.hpp>
#include <weft/exporters/transport_options.hpp>
#include <weft/version.hpp>

#include "delivery/clockwork.hpp"
#include "delivery/parcel.hpp"
#include "delivery/protocol.hpp"
#include "delivery/retry_schedule.hpp"
#include "delivery/settlement.hpp"
#include "platform/random.hpp"
#include "platform/setting.hpp"
#include "wire/channel.hpp"
#include "wire/gzip.hpp"
#include "wire/http_settings.hpp"

namespace weft::inline v0::delivery {

/// What a delivery is made of.
struct DeliverySettings {
  wire::HttpSettings http{};                   // for a peer that is a server
  std::string peer{};                          // for messages
  std::vector<detail::Setting> description{};  // for people
  std::function<std::unique_ptr<Protocol>()> make_protocol{};
  std::function<std::unique_ptr<wire::Channel>(const DeliverySettings&)> open_channel{};
  exporters::RetryOptions retry{};
  std::size_t max_request_size = 0;
  std::size_t max_in_flight = 1;
  wire::Packing packing = wire::Packing::none;
  Clockwork clockwork{};
};

/// The delivery of one process: batches wait in a queue, become requests, wait for their answers,
/// and wait again when those say so. One thread runs it; all else is safe from any thread. Never
/// destroyed in a forked child: its lock, its connections and its batches are the parent's.
class Engine {
 public:
  using Sink = std::function<void(const Error&)>;

  explicit Engine(const DeliverySettings& settings);
  ~Engine();

  pid_t process() const noexcept { return process_; }
  void submit(detail::SharedBatch batch, detail::Completion completion) noexcept;
  void run(Deadline until) noexcept;
  void wake() noexcept;
  void hurry() noexcept;
  std::size_t shed(const detail::SharedBatch& batch, detail::Shed which) noexcept;
  bool idle() const noexcept { return outstanding_.load(std::memory_order_acquire) == 0; }
  void close() noexcept;
  bool is_closed() noexcept;
  /// Before the first submit.
  void set_sink(Sink sink) { sink_ = std::move(sink); }
  const Sink& sink() const noexcept { return sink_; }

 private:
  using Time = std::chrono::steady_clock::time_point;

  /// Room for one request.
  struct Place {
    bool busy = false;  // for the thread that runs it
    Packet parcel{};    // what was not answered; close() takes it away
    Time sent_at{};
    wire::Buffer text{};
    wire::Buffer packed{};
  };

  // The thread that runs it (engine_transfers.cpp).
  void fill_places();
  Packet take_next();
  bool load(Place& place, Packet parcel) noexcept;
  bool cut(Packet& parcel, std::size_t taken) noexcept;
  void give_up_too_large(const Parcel& parcel, Settlement& settlement) const noexcept;
  std::optional<Encoded> encode(Place& place, const Parcel& parcel) noexcept;
  void send(std::size_t place);
  void settle_replies();
  void settle(Place& place, const wire::Reply& reply) noexcept;
  void settle_shed(const Place& place, const Verdict& verdict) noexcept;
  Verdict judge(const wire::Reply& reply) noexcept;
  void accept(const Parcel& parcel, const Verdict& verdict, Settlement& settlement) const noexcept;
  void refuse(const Parcel& parcel, const Verdict& verdict, Settlement& settlement) const noexcept;
  void keep_or_give_up(Packet parcel, Time sent_at, const Verdict& verdict,
                       Settlement& settlement) noexcept;
  std::size_t drop_older_than(Time oldest, Settlement& settlement) noexcept;
  double chance();

  void drive(Deadline until);
  bool begin_run() noexcept;
  void end_run() noexcept;
  std::optional<std::chrono::milliseconds> time_to_wait(Deadline until);
  void interrupt_wait() noexcept;
  void tell_no_memory(const char* fate) const noexcept;
  std::string prefix(const Verdict& verdict) const;

  const DeliverySettings settings_;
  const pid_t process_;
  Sink sink_;
  std::unique_ptr<Protocol> protocol_;
  wire::Gzip gzip_;
  detail::Random random_;

  std::mutex mutex_;  // everything from here to `places_`, whose parcels alone it guards
  std::condition_variable encoded_;
  ParcelQueue queue_;
  RetrySchedule schedule_;
  std::uint64_t batches_ = 0;
  std::size_t in_flight_ = 0;
  bool encoding_ = false;  // records are being read
  bool running_ = false;
  bool woken_ = false;
  bool closed_ = false;
  std::vector<Place> places_;

  std::atomic<std::size_t> outstanding_{0};
  std::atomic<wire::Channel*> channel_{nullptr};  // made by the first run
};

}  // namespace weft::inline v0::delivery
