// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include <weft/version.hpp>

namespace weft::inline v0::wire {

/// What became of one request.
struct Reply {
  enum class Kind : std::uint8_t {
    answered,   // there is a status
    no_answer,  // not connected, closed, timed out: it can be tried again
    too_large,  // more than max_response_size
    unreadable  // the peer does not speak HTTP, or this request cannot be made
  };
  Kind kind = Kind::no_answer;
  long status = 0;
  bool complete = false;  // of an answer: it came to its end
  std::string body{};
  std::string content_type{};
  std::string retry_after{};
  std::string grpc_status{};  // header or trailer, as are the next two
  std::string grpc_message{};
  std::string grpc_details{};
  std::string why{};  // unless answered and complete
};

}  // namespace weft::inline v0::wire
