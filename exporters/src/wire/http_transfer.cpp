// SPDX-License-Identifier: Apache-2.0
#include "wire/http_transfer.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <bit>
#include <new>

namespace weft::inline v0::wire {

namespace {

constexpr std::size_t kLargestHead = std::size_t{256} << 10U;

// 7.88.0 and 7.88.1 fail with CURLE_HTTP2 on the second request of a connection without TLS.
bool reuses_plain_http2() noexcept {
  const unsigned version = curl_version_info(CURLVERSION_NOW)->version_num;
  return version < 0x075800 || version >= 0x080000;
}

}  // namespace

HttpTransfer::HttpTransfer(const HttpSettings& settings)
    : easy_(curl_easy_init()),
      connect_to_(nullptr, &curl_slist_free_all),
      max_response_size_(settings.max_response_size),
      is_get_(settings.is_get),
      proxy_(settings.proxy.url) {
  if (easy_ == nullptr) throw std::bad_alloc();
  apply(settings);
  apply_version(settings);
  apply_way(settings);
}

HttpTransfer::~HttpTransfer() { curl_easy_cleanup(easy_); }

void HttpTransfer::apply(const HttpSettings& settings) {
  curl_easy_setopt(easy_, CURLOPT_URL, settings.endpoint.url.c_str());
  curl_easy_setopt(easy_, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(easy_, settings.is_get ? CURLOPT_HTTPGET : CURLOPT_POST, 1L);
  curl_easy_setopt(easy_, CURLOPT_USERAGENT, settings.user_agent.c_str());
  curl_easy_setopt(easy_, CURLOPT_TIMEOUT_MS, static_cast<long>(settings.timeout.count()));
  curl_easy_setopt(easy_, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy_, CURLOPT_TCP_KEEPALIVE, 1L);
  // No SIGALRM for name resolution, and no waiting for it at the end.
  curl_easy_setopt(easy_, CURLOPT_NOSIGNAL, 1L);
#if LIBCURL_VERSION_NUM >= 0x075700
  curl_easy_setopt(easy_, CURLOPT_QUICK_EXIT, 1L);
#endif
#if LIBCURL_VERSION_NUM >= 0x075500
  curl_easy_setopt(easy_, CURLOPT_PROTOCOLS_STR, "http,https");
#else
  curl_easy_setopt(easy_, CURLOPT_PROTOCOLS, static_cast<long>(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
  curl_easy_setopt(easy_, CURLOPT_ERRORBUFFER, message_);
  curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, &HttpTransfer::on_body);
  curl_easy_setopt(easy_, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(easy_, CURLOPT_HEADERFUNCTION, &HttpTransfer::on_head);
  curl_easy_setopt(easy_, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(easy_, CURLOPT_OPENSOCKETFUNCTION, &HttpTransfer::open_socket);
  curl_easy_setopt(easy_, CURLOPT_PRIVATE, this);
}

void HttpTransfer::apply_version(const HttpSettings& settings) {
  if (!settings.http2) {
    // Every receiver of OTLP speaks it, and several connections beat one with streams on it.
    curl_easy_setopt(easy_, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    curl_easy_setopt(easy_, CURLOPT_ACCEPT_ENCODING, "gzip");
  } else if (settings.endpoint.tls) {
    curl_easy_setopt(easy_, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  } else {
    curl_easy_setopt(easy_, CURLOPT_HTTP_VERSION,
                     static_cast<long>(CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE));
    if (!reuses_plain_http2()) {
      curl_easy_setopt(easy_, CURLOPT_FRESH_CONNECT, 1L);
      curl_easy_setopt(easy_, CURLOPT_FORBID_REUSE, 1L);
    }
  }
}

void HttpTransfer::apply_way(const HttpSettings& settings) {
  const Endpoint& endpoint = settings.endpoint;
  // Both, even when empty: libcurl would look at the environment itself, at every connection.
  curl_easy_setopt(easy_, CURLOPT_PROXY, endpoint.loopback ? "" : settings.proxy.url.c_str());
  curl_easy_setopt(easy_, CURLOPT_NOPROXY, settings.proxy.except.c_str());
  if (settings.http2) curl_easy_setopt(easy_, CURLOPT_HTTPPROXYTUNNEL, 1L);
  if (!endpoint.unix_socket.empty()) {
    curl_easy_setopt(easy_, CURLOPT_UNIX_SOCKET_PATH, endpoint.unix_socket.c_str());
  }
  if (endpoint.connect_to.empty()) return;
  connect_to_.reset(curl_slist_append(nullptr, endpoint.connect_to.c_str()));
  if (connect_to_ == nullptr) throw std::bad_alloc();
  curl_easy_setopt(easy_, CURLOPT_CONNECT_TO, connect_to_.get());
}

void HttpTransfer::use(const TlsMaterial& tls) {
  if (tls_generation_ == tls.generation()) return;
  tls.apply(easy_);
  tls_generation_ = tls.generation();
}

// A program that the host starts must not inherit our connections.
curl_socket_t HttpTransfer::open_socket(void*, curlsocktype, curl_sockaddr* address) noexcept {
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

// What libcurl hands over is decompressed already, in small pieces: nothing can blow up behind it.
std::size_t HttpTransfer::on_body(const char* data, std::size_t, std::size_t size,
                                  void* self) noexcept {
  auto& transfer = *static_cast<HttpTransfer*>(self);
  transfer.too_large_ = transfer.body_.size() + size > transfer.max_response_size_;
  if (transfer.too_large_) return 0;
  try {
    transfer.body_.append(data, size);
  } catch (...) {
    transfer.too_large_ = true;
    return 0;
  }
  return size;
}

// libcurl keeps every line of it, before 8.3 without a bound: of interim replies and trailers too.
std::size_t HttpTransfer::on_head(const char*, std::size_t, std::size_t size, void* self) noexcept {
  auto& transfer = *static_cast<HttpTransfer*>(self);
  transfer.head_size_ += size;
  return transfer.head_size_ <= kLargestHead ? size : 0;
}

// libcurl copies what fits its buffer, sends it and takes a turn of its loop. A piece must be
// large, for the turn, and small enough to be read from the second-level cache where it was
// written. libcurl makes the buffer anew whenever its size is set, so it only grows.
void HttpTransfer::size_upload_buffer(std::size_t body) {
  constexpr std::size_t kMost = std::size_t{192} << 10U;
  const std::size_t wanted = std::min(std::bit_ceil(body), kMost);
  if (wanted <= upload_size_) return;
  upload_size_ = wanted;
  curl_easy_setopt(easy_, CURLOPT_UPLOAD_BUFFERSIZE, static_cast<long>(wanted));
}

curl_off_t HttpTransfer::uploaded() const noexcept {
  curl_off_t size = 0;
  curl_easy_getinfo(easy_, CURLINFO_SIZE_UPLOAD_T, &size);
  return size;
}

void HttpTransfer::prepare(std::string_view body, const HeaderList& headers) {
  body_.clear();
  too_large_ = false;
  head_size_ = 0;
  message_[0] = '\0';
  curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, headers.get());
  if (is_get_) return;
  size_upload_buffer(body.size());
  curl_easy_setopt(easy_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  curl_easy_setopt(easy_, CURLOPT_POSTFIELDS, body.data());
}

std::string HttpTransfer::header(const char* name) const {
  curl_header* found = nullptr;
  // Trailers may be reported as either.
  constexpr unsigned kBoth = CURLH_HEADER | CURLH_TRAILER;
  if (curl_easy_header(easy_, name, 0, kBoth, -1, &found) != CURLHE_OK) return {};
  return found->value;
}

Reply::Kind HttpTransfer::kind_of(CURLcode result, long status) const noexcept {
  if (too_large_) return Reply::Kind::too_large;
  // What a failure came to is known; of a success a trailer may be what tells.
  if (head_size_ > kLargestHead && status < 300) return Reply::Kind::unreadable;
  // The status says what became of the request, even where the rest of the reply is missing.
  if (status >= 200 && result != CURLE_UNSUPPORTED_PROTOCOL) return Reply::Kind::answered;
  switch (result) {
    case CURLE_OK:
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:  // an HTTP/0.9 reply: anything that is not HTTP
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_WRITE_ERROR:
    case CURLE_BAD_FUNCTION_ARGUMENT:
      return Reply::Kind::unreadable;
    default:  // resolving, connecting, the handshake, sending, receiving, time
      return Reply::Kind::no_answer;
  }
}

// libcurl quotes a proxy that it cannot read, password and all, as far as its message has room.
std::string HttpTransfer::reason(CURLcode result) const {
  constexpr std::size_t kEllipsis = 5;  // with a line's end, of some versions
  std::string why = message_[0] != '\0' ? message_ : curl_easy_strerror(result);
  if (proxy_.find('@') == proxy_.npos) return why;
  const std::size_t proxy = why.find(proxy_);
  if (proxy != why.npos) return why.replace(proxy, proxy_.size(), without_password(proxy_));
  const bool is_cut = why.size() + kEllipsis >= CURL_ERROR_SIZE;
  return is_cut ? curl_easy_strerror(result) : why;
}

Reply HttpTransfer::finish(CURLcode result) {
  Reply reply;
  curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &reply.status);
  reply.kind = kind_of(result, reply.status);
  reply.complete = result == CURLE_OK;
  if (reply.kind == Reply::Kind::answered) {
    reply.content_type = header("content-type");
    reply.retry_after = header("retry-after");
    reply.grpc_status = header("grpc-status");
    reply.grpc_message = header("grpc-message");
    reply.grpc_details = header("grpc-status-details-bin");
    if (reply.complete) reply.body.swap(body_);
  }
  if (!reply.complete) reply.why = reason(result);
  if (head_size_ > kLargestHead) reply.why = "the reply's headers exceed 256 KiB";
  body_.clear();
  return reply;
}

}  // namespace weft::inline v0::wire
