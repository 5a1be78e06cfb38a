// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "without_iostream.hpp"

#include <httplib.h>

#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <weft/httplib/server.hpp>
#include <weft/span.hpp>

#include "http_conventions.hpp"

namespace weft::inline v0::httplib::detail {

/// What a server knows about recording; immutable, shared by its threads.
struct ServerSettings {
  explicit ServerSettings(const ServerOptions& options);

  struct RecordedHeader {
    std::string name;
    std::string attribute;
  };
  KnownMethods methods;
  std::vector<RecordedHeader> request_headers;
  std::vector<RecordedHeader> response_headers;
};

/// The span of one request: current from construction until destruction, on one thread.
class ServerSpan {
 public:
  ServerSpan(const ServerSettings& settings, const ::httplib::Request& request,
             const HeaderList& headers);
  ServerSpan(const ServerSpan&) = delete;
  ServerSpan& operator=(const ServerSpan&) = delete;
  ~ServerSpan();

  /// The one that the library's own handling of a request runs in, on this thread; or null.
  static ServerSpan* current() noexcept;

  /// A handler was found for the request.
  void route(std::string_view route);
  /// The exception being handled left the handler.
  void record_current_exception();
  /// Records the headers that were asked for.
  void record(const ::httplib::Response& response);
  /// Ends the span. 0: there is no status, because nothing was written.
  void finish(int status);

 private:
  const ServerSettings& settings_;
  std::string method_;          // as the span's name has it
  std::string exception_type_;  // of what left the handler
  ServerSpan* outer_;
  Span span_;
};

}  // namespace weft::inline v0::httplib::detail
