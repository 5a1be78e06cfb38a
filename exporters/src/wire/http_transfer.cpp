// SPDX-License-Identifier: Apache-2.0
#include "wire/http_transfer.hpp"

#include <sys/socket.h>

#include <new>

namespace weft::inline v0::wire {

HttpTransfer::HttpTransfer(const HttpSettings& settings)
    : easy_(curl_easy_init()),
      max_response_size_(settings.max_response_size),
      is_get_(settings.is_get) {
  if (easy_ == nullptr) throw std::bad_alloc();
  apply(settings);
  apply_tls(settings);
}

HttpTransfer::~HttpTransfer() { curl_easy_cleanup(easy_); }

void HttpTransfer::apply(const HttpSettings& settings) {
  curl_easy_setopt(easy_, CURLOPT_URL, settings.endpoint.url.c_str());
  curl_easy_setopt(easy_, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(easy_, settings.is_get ? CURLOPT_HTTPGET : CURLOPT_POST, 1L);
  curl_easy_setopt(easy_, CURLOPT_USERAGENT, settings.user_agent.c_str());
  curl_easy_setopt(easy_, CURLOPT_TIMEOUT_MS, static_cast<long>(settings.timeout.count()));
  curl_easy_setopt(easy_, CURLOPT_FOLLOWLOCATION, 0L);
  // Every receiver of OTLP speaks it, and several connections beat one with streams on it.
  curl_easy_setopt(easy_, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(easy_, CURLOPT_ACCEPT_ENCODING, "gzip");
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
  if (settings.endpoint.loopback) curl_easy_setopt(easy_, CURLOPT_PROXY, "");
  curl_easy_setopt(easy_, CURLOPT_ERRORBUFFER, message_);
  curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, &HttpTransfer::on_body);
  curl_easy_setopt(easy_, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(easy_, CURLOPT_OPENSOCKETFUNCTION, &HttpTransfer::open_socket);
  curl_easy_setopt(easy_, CURLOPT_PRIVATE, this);
}

void HttpTransfer::apply_tls(const HttpSettings& settings) {
  if (!settings.ca_file.empty()) {
    curl_easy_setopt(easy_, CURLOPT_CAINFO, settings.ca_file.c_str());
  }
  if (!settings.certificate_file.empty()) {
    curl_easy_setopt(easy_, CURLOPT_SSLCERT, settings.certificate_file.c_str());
  }
  if (!settings.key_file.empty()) {
    curl_easy_setopt(easy_, CURLOPT_SSLKEY, settings.key_file.c_str());
  }
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

void HttpTransfer::prepare(std::string_view body, const HeaderList& headers) {
  body_.clear();
  too_large_ = false;
  message_[0] = '\0';
  curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, headers.get());
  if (is_get_) return;
  curl_easy_setopt(easy_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  curl_easy_setopt(easy_, CURLOPT_POSTFIELDS, body.data());
}

std::string HttpTransfer::header(const char* name) const {
  curl_header* found = nullptr;
  if (curl_easy_header(easy_, name, 0, CURLH_HEADER, -1, &found) != CURLHE_OK) return {};
  return found->value;
}

HttpReply::Kind HttpTransfer::kind_of(CURLcode result, long status) const noexcept {
  if (too_large_) return HttpReply::Kind::too_large;
  // The status says what became of the request, even where the rest of the reply is missing.
  if (status >= 200 && result != CURLE_UNSUPPORTED_PROTOCOL) return HttpReply::Kind::answered;
  switch (result) {
    case CURLE_OK:
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:  // an HTTP/0.9 reply: anything that is not HTTP
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_WRITE_ERROR:
    case CURLE_BAD_FUNCTION_ARGUMENT:
      return HttpReply::Kind::unreadable;
    default:  // resolving, connecting, the handshake, sending, receiving, time
      return HttpReply::Kind::no_answer;
  }
}

HttpReply HttpTransfer::finish(CURLcode result) {
  HttpReply reply;
  curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &reply.status);
  reply.kind = kind_of(result, reply.status);
  if (reply.kind == HttpReply::Kind::answered) {
    reply.content_type = header("content-type");
    reply.retry_after = header("retry-after");
    if (result == CURLE_OK) reply.body.swap(body_);
  } else {
    reply.why = message_[0] != '\0' ? message_ : curl_easy_strerror(result);
  }
  body_.clear();
  return reply;
}

}  // namespace weft::inline v0::wire
