// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>

#include <weft/version.hpp>

namespace weft::inline v0::exporters {

/// How a request's body is packed.
enum class Compression : std::uint8_t {
  automatic,  ///< gzip, but nothing towards this very machine (loopback)
  none,
  gzip,
};

enum class TlsVersion : std::uint8_t {
  v1_2,
  v1_3,
};

/// Certificates and keys for https, in PEM: by file, or as text, which wins over a file. A file is
/// looked at before each request and read anew when it changed, so certificates can be renewed
/// under a running program; one that cannot be read is an Error that names it, and nothing is sent
/// without it.
struct TlsOptions {
  std::filesystem::path ca_file{};           ///< whom to trust; empty: whom the system trusts
  std::filesystem::path certificate_file{};  ///< the client's certificate, or its chain
  std::filesystem::path key_file{};          ///< the client's private key
  std::string ca_pem{}, certificate_pem{}, key_pem{};  ///< the same as text
  TlsVersion min_version = TlsVersion::v1_2;
  /// The name that is asked for (SNI) and that the server's certificate must have; empty: the
  /// endpoint's host.
  std::string server_name{};
};

/// What happens to a batch that may be sent again: the collector is away, closes, times out or
/// answers 429, 502, 503 or 504. It is kept and sent later, the oldest batch first; the waiting
/// time grows from `initial_backoff` by `multiplier` up to `max_backoff`, shortened at random by up
/// to a half. A `Retry-After` that asks for more is honoured. A batch that could not be delivered
/// within `max_age` is given up (`Drops::retry_exhausted`). What is kept lies in the records
/// themselves, so `BatchOptions::max_queue_size` bounds it.
struct RetryOptions {
  std::chrono::milliseconds initial_backoff{1000}, max_backoff{30000}, max_age{300000};
  double multiplier = 2;
  bool enabled = true;  ///< false: one attempt
};

}  // namespace weft::inline v0::exporters
