// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace storefront {

/// Writes lines on stderr, each with what the logger is bound to, the user, and the ids that lead
/// from the line to its trace.
class Logger {
 public:
  explicit Logger(std::string bound = {}) : bound_(std::move(bound)) {}
  void write(std::string_view level, std::string_view text) const;
  /// The service's name in every line; kept as a pointer, before the first line.
  static void name_service(const char* name) noexcept;

 private:
  std::string bound_;  // "method=POST path=/orders"
};

/// By the request's logger, where a request is being served.
void log(std::string_view level, std::string_view text);

}  // namespace storefront
