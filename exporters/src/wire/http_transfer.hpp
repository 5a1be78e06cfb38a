// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <curl/curl.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <weft/version.hpp>

#include "wire/http_settings.hpp"
#include "wire/reply.hpp"
#include "wire/tls_material.hpp"

namespace weft::inline v0::wire {

using HeaderList = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

/// One request at a time and its reply, on a handle of libcurl that is used again and again.
/// Does not move: libcurl holds its address.
class HttpTransfer {
 public:
  explicit HttpTransfer(const HttpSettings& settings);
  ~HttpTransfer();
  HttpTransfer(const HttpTransfer&) = delete;
  HttpTransfer& operator=(const HttpTransfer&) = delete;

  /// The certificates of the next request, if they are others than the last one's.
  void use(const TlsMaterial& tls);
  /// The next request. `body` and `headers` must stay until it is over.
  void prepare(std::string_view body, const HeaderList& headers);
  /// The reply, once libcurl says how the transfer ended.
  Reply finish(CURLcode result);
  /// Bytes of the request's body that went out so far.
  curl_off_t uploaded() const noexcept;

  CURL* handle() const noexcept { return easy_; }
  bool active = false;  // it is in the multi handle

 private:
  static std::size_t on_body(const char* data, std::size_t, std::size_t size, void* self) noexcept;
  static std::size_t on_head(const char*, std::size_t, std::size_t size, void* self) noexcept;
  static curl_socket_t open_socket(void*, curlsocktype, curl_sockaddr* address) noexcept;
  void apply(const HttpSettings& settings);
  void apply_way(const HttpSettings& settings);
  void apply_version(const HttpSettings& settings);
  void size_upload_buffer(std::size_t body);
  std::string header(const char* name) const;
  std::string reason(CURLcode result) const;
  Reply::Kind kind_of(CURLcode result, long status) const noexcept;

  CURL* easy_;
  HeaderList connect_to_;
  std::uint64_t tls_generation_ = 0;
  std::size_t max_response_size_;
  bool is_get_;
  std::string proxy_;
  std::string body_;
  bool too_large_ = false;
  std::size_t head_size_ = 0;
  std::size_t upload_size_ = std::size_t{64} << 10U;  // libcurl's, unless asked
  char message_[CURL_ERROR_SIZE] = {};
};

}  // namespace weft::inline v0::wire
