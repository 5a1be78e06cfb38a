// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include <weft/version.hpp>

#include "wire/endpoint.hpp"
#include "wire/proxy.hpp"

namespace weft::inline v0::wire {

/// A certificate or key in PEM: in a file, or as text, which wins. Neither: none.
struct PemSource {
  std::string file{};
  std::string text{};
};

struct TlsSettings {
  PemSource ca{};
  PemSource certificate{};
  PemSource key{};
  bool require_1_3 = false;  // else 1.2 will do
};

/// What all requests of one client have in common.
struct HttpSettings {
  Endpoint endpoint{};
  std::vector<std::string> headers{};  // "Name: value"
  std::string gzip_header = "Content-Encoding: gzip";
  std::string user_agent{};
  std::chrono::milliseconds timeout{0};  // of one attempt; 0: none
  std::size_t max_response_size = 0;     // also after decompression
  bool is_get = false;                   // and not POST: requests have no body
  bool http2 = false;                    // and nothing else, as gRPC needs it
  TlsSettings tls{};
  Proxy proxy{};
};

}  // namespace weft::inline v0::wire
