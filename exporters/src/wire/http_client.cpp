// SPDX-License-Identifier: Apache-2.0
#include "wire/http_client.hpp"

#include <curl/curl.h>
#include <strings.h>

#include <algorithm>
#include <limits>
#include <mutex>
#include <new>
#include <string>
#include <utility>

#include "wire/http_transfer.hpp"
#include "wire/tls_lifetime.hpp"
#include "wire/tls_material.hpp"

namespace weft::inline v0::wire {

namespace {

// Never undone: other parts of the process may use libcurl as well, and threads may outlive us.
void initialise_libcurl() {
  static std::once_flag once;
  std::call_once(once, [] {
    keep_tls_until_the_end();
    curl_global_init(CURL_GLOBAL_DEFAULT);
  });
}

void append(HeaderList& list, const std::string& line) {
  curl_slist* longer = curl_slist_append(list.get(), line.c_str());
  if (longer == nullptr) throw std::bad_alloc();
  static_cast<void>(list.release());
  list.reset(longer);
}

HeaderList make_headers(const HttpSettings& settings, bool gzipped) {
  HeaderList list(nullptr, &curl_slist_free_all);
  append(list, "Expect:");  // none: nobody waits a second for a "100 Continue"
  append(list, "b3: 0");    // a collector that is traced itself must not trace us
  if (gzipped) append(list, settings.gzip_header);
  if (const std::string& host = settings.endpoint.host_header; !host.empty()) {
    append(list, "Host: " + host);
  }
  for (const std::string& header : settings.headers) append(list, header);
  return list;
}

CURLM* make_multi() {
  initialise_libcurl();
  CURLM* multi = curl_multi_init();
  if (multi == nullptr) throw std::bad_alloc();
  return multi;
}

}  // namespace

struct HttpClient::State {
  State(const HttpSettings& settings, std::size_t places)
      : multi(make_multi(), &curl_multi_cleanup),
        plain_headers(make_headers(settings, false)),
        gzip_headers(make_headers(settings, true)),
        tls(settings.tls),
        uses_tls(settings.endpoint.tls),
        has_tls_proxy(::strncasecmp(settings.proxy.url.c_str(), "https:", 6) == 0) {
    transfers.reserve(places);
    for (std::size_t i = 0; i < places; ++i) {
      transfers.push_back(std::make_unique<HttpTransfer>(settings));
    }
    can_wake = curl_multi_wakeup(multi.get()) == CURLM_OK;
  }
  ~State() {
    const TlsUse use(speaks_tls());
    if (use) {
      cancel_all();
    } else {  // what they hold of TLS cannot be given back any more
      for (auto& transfer : transfers) static_cast<void>(transfer.release());
      static_cast<void>(multi.release());
    }
    transfers.clear();
    multi.reset();
  }

  /// With the endpoint or with a proxy on the way there.
  bool speaks_tls() const noexcept { return uses_tls || has_tls_proxy; }
  void cancel_all() noexcept {
    const TlsUse use(speaks_tls());
    if (!use) return;
    for (const auto& transfer : transfers) remove(*transfer);
    unsent.clear();
  }
  void remove(HttpTransfer& transfer) noexcept {
    if (!transfer.active) return;
    transfer.active = false;
    curl_multi_remove_handle(multi.get(), transfer.handle());
  }

  /// Of all requests that are under way.
  curl_off_t uploaded() const noexcept {
    curl_off_t sum = 0;
    for (const auto& transfer : transfers) {
      if (transfer->active) sum += transfer->uploaded();
    }
    return sum;
  }

  std::unique_ptr<CURLM, decltype(&curl_multi_cleanup)> multi;
  HeaderList plain_headers;
  HeaderList gzip_headers;
  TlsMaterial tls;
  const bool uses_tls;
  const bool has_tls_proxy;
  std::vector<std::unique_ptr<HttpTransfer>> transfers;
  std::vector<Finished> unsent;  // what could not even begin
  bool can_wake = false;         // it found descriptors for that
};

HttpClient::HttpClient(const HttpSettings& settings, std::size_t places)
    : state_(std::make_unique<State>(settings, places)) {}

HttpClient::~HttpClient() = default;

void HttpClient::send(std::size_t place, std::string_view body, bool gzipped) {
  HttpTransfer& transfer = *state_->transfers[place];
  if (state_->uses_tls) {
    if (std::string why = state_->tls.refresh(); !why.empty()) {
      state_->unsent.push_back({place, {.why = std::move(why)}});
      return;
    }
    transfer.use(state_->tls);
  }
  transfer.prepare(body, gzipped ? state_->gzip_headers : state_->plain_headers);
  if (curl_multi_add_handle(state_->multi.get(), transfer.handle()) != CURLM_OK) {
    throw std::bad_alloc();
  }
  transfer.active = true;
}

void HttpClient::perform() noexcept {
  int running = 0;
  const TlsUse use(state_->speaks_tls());
  if (!use) return;  // the process ends: nothing arrives any more
  // A turn sends one buffer of each request. While the connections take it nobody need wait for
  // them.
  constexpr int kTurns = 64;
  curl_off_t before = state_->uploaded();
  for (int turn = 0; turn < kTurns; ++turn) {
    curl_multi_perform(state_->multi.get(), &running);
    const curl_off_t now = state_->uploaded();
    if (now == before) break;
    before = now;
  }
}

std::optional<HttpClient::Finished> HttpClient::next_finished() {
  if (!state_->unsent.empty()) {
    Finished first = std::move(state_->unsent.back());
    state_->unsent.pop_back();
    return first;
  }
  const TlsUse use(state_->speaks_tls());
  if (!use) return std::nullopt;
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(state_->multi.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    CURL* handle = message->easy_handle;
    const CURLcode result = message->data.result;  // the message goes with the handle
    const auto found = std::ranges::find_if(
        state_->transfers, [&](const auto& transfer) { return transfer->handle() == handle; });
    Reply reply;
    try {
      reply = (*found)->finish(result);
      if (!reply.why.empty() && state_->uses_tls) {
        reply.why = state_->tls.explain(result, reply.why);
      }
    } catch (const std::bad_alloc&) {
      reply = Reply{};  // as if nothing had come
    }
    state_->remove(**found);
    return Finished{static_cast<std::size_t>(found - state_->transfers.begin()), std::move(reply)};
  }
  return std::nullopt;
}

void HttpClient::wait(std::chrono::milliseconds longest) noexcept {
  constexpr std::chrono::milliseconds kBlind{50};
  if (!state_->can_wake) longest = std::min(longest, kBlind);
  longest = std::min(longest, std::chrono::milliseconds{std::numeric_limits<int>::max()});
  curl_multi_poll(state_->multi.get(), nullptr, 0, static_cast<int>(longest.count()), nullptr);
}

void HttpClient::wake() noexcept { curl_multi_wakeup(state_->multi.get()); }

void HttpClient::cancel_all() noexcept { state_->cancel_all(); }

}  // namespace weft::inline v0::wire
