// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include <weft/version.hpp>

#include "wire/endpoint.hpp"

namespace weft::inline v0::wire {

/// What all requests of one client have in common.
struct HttpSettings {
  Endpoint endpoint{};
  std::vector<std::string> headers{};  // "Name: value"
  std::string user_agent{};
  std::chrono::milliseconds timeout{0};  // of one attempt; 0: none
  std::size_t max_response_size = 0;     // also after decompression
  bool is_get = false;                   // and not POST: requests have no body
  std::string ca_file{}, certificate_file{}, key_file{};
};

/// What became of one request.
struct HttpReply {
  enum class Kind {
    answered,   // there is a status
    no_answer,  // not connected, closed, timed out: it can be tried again
    too_large,  // more than max_response_size
    unreadable  // the peer does not speak HTTP, or this request cannot be made
  };
  Kind kind = Kind::no_answer;
  long status = 0;
  std::string body{};
  std::string content_type{};
  std::string retry_after{};
  std::string why{};  // unless answered
};

}  // namespace weft::inline v0::wire
