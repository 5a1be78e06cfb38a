// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>

#include <weft/version.hpp>

namespace weft::inline v0::exporters {

/// How a request's body is packed.
enum class Compression : std::uint8_t {
  automatic,  ///< gzip, but nothing towards this very machine (loopback)
  none,
  gzip,
};

/// PEM files for https. They are read when a connection is made; one that cannot be read is an
/// Error, and nothing is sent without it.
struct TlsOptions {
  std::filesystem::path ca_file{};           ///< whom to trust; empty: whom the system trusts
  std::filesystem::path certificate_file{};  ///< the client's certificate, or its chain
  std::filesystem::path key_file{};          ///< the client's private key
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
