// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <httplib.h>

#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <weft/httplib/layout.hpp>
#include <weft/span.hpp>
#include <weft/version.hpp>

namespace weft::inline v0::httplib {

namespace detail {

struct ClientSettings;

/// The span of one call, current until it is destroyed.
class WEFT_API ClientSpan {
 public:
  ClientSpan(const ClientSettings& settings, std::string_view method, const std::string& path);
  /// Writes the propagation headers, replacing those of the same name.
  void inject(::httplib::Headers& headers) const;
  /// `sock`: still open when the connection is kept alive, else -1.
  void finish(const ::httplib::Response* response, ::httplib::Error error, int sock);

 private:
  const ClientSettings& settings_;
  weft::Span span_;
};

template <class T, class... Args>
inline constexpr bool kFirstIs = false;
template <class T, class First, class... Rest>
inline constexpr bool kFirstIs<T, First, Rest...> = std::is_same_v<std::remove_cvref_t<First>, T>;

/// Passes an argument on to the base, which takes every number as a size.
template <class T>
decltype(auto) pass(std::remove_reference_t<T>& argument) noexcept {
  if constexpr (std::is_integral_v<std::remove_cvref_t<T>>) {
    return static_cast<std::size_t>(argument);
  } else {
    return std::forward<T>(argument);
  }
}

}  // namespace detail

/// A `::httplib::Client` that makes a span of kind `client` for each call, and sends the current
/// context with it. Calls, settings and results are those of the base, `Get`, `Post` and the others
/// in all their forms. What is recorded is OpenTelemetry's HTTP client span: 4xx and 5xx are errors
/// here, credentials and signatures are cut out of `url.full`.
///
///     weft::httplib::Client client("http://127.0.0.1:8080");
///     if (auto result = client.Get("/orders/7")) use(result->body);
///
/// Calls through a reference to `::httplib::Client` are not traced. Redirects that the base follows
/// by itself (`set_follow_location`) share the span of the call. Threads: as the base.
class WEFT_API Client : public ::httplib::Client {
 public:
  using Headers = ::httplib::Headers;
  using Params = ::httplib::Params;
  using Result = ::httplib::Result;
  using Request = ::httplib::Request;
  using Response = ::httplib::Response;

  explicit Client(const std::string& scheme_host_port);
  Client(const std::string& scheme_host_port, const std::string& certificate_path,
         const std::string& key_path);
  Client(const std::string& host, int port);
  Client(const std::string& host, int port, const std::string& certificate_path,
         const std::string& key_path);
  Client(Client&&) noexcept;
  ~Client();

  // Each call in two forms: with headers, which may be written in braces, and without. What follows
  // them is what the base takes.
  template <class... Args>
    requires(!detail::kFirstIs<Headers, Args...> && !detail::kFirstIs<Params, Args...>)
  Result Get(const std::string& path, Args&&... args) {
    return Get(path, Headers(), std::forward<Args>(args)...);
  }
  template <class... Args>
  Result Get(const std::string& path, const Headers& headers, Args&&... args) {
    return trace("GET", path, headers, [&](const Headers& sent) {
      return base().Get(path, sent, detail::pass<Args>(args)...);
    });
  }
  template <class... Args>
  Result Get(const std::string& path, const Params& params, const Headers& headers,
             Args&&... args) {
    return trace("GET", ::httplib::append_query_params(path, params), headers,
                 [&](const Headers& sent) {
                   return base().Get(path, params, sent, detail::pass<Args>(args)...);
                 });
  }

  Result Head(const std::string& path, const Headers& headers = {}) {
    return trace("HEAD", path, headers,
                 [&](const Headers& sent) { return base().Head(path, sent); });
  }
  Result Options(const std::string& path, const Headers& headers = {}) {
    return trace("OPTIONS", path, headers,
                 [&](const Headers& sent) { return base().Options(path, sent); });
  }

  template <class... Args>
    requires(!detail::kFirstIs<Headers, Args...>)
  Result Post(const std::string& path, Args&&... args) {
    return Post(path, Headers(), std::forward<Args>(args)...);
  }
  template <class... Args>
  Result Post(const std::string& path, const Headers& headers, Args&&... args) {
    return trace("POST", path, headers, [&](const Headers& sent) {
      return base().Post(path, sent, detail::pass<Args>(args)...);
    });
  }

  template <class... Args>
    requires(!detail::kFirstIs<Headers, Args...>)
  Result Put(const std::string& path, Args&&... args) {
    return Put(path, Headers(), std::forward<Args>(args)...);
  }
  template <class... Args>
  Result Put(const std::string& path, const Headers& headers, Args&&... args) {
    return trace("PUT", path, headers, [&](const Headers& sent) {
      if constexpr (sizeof...(Args) == 0) {  // the base has no form with headers alone
        return base().Put(path, sent, std::string(), std::string());
      } else {
        return base().Put(path, sent, detail::pass<Args>(args)...);
      }
    });
  }

  template <class... Args>
    requires(!detail::kFirstIs<Headers, Args...>)
  Result Patch(const std::string& path, Args&&... args) {
    return Patch(path, Headers(), std::forward<Args>(args)...);
  }
  template <class... Args>
  Result Patch(const std::string& path, const Headers& headers, Args&&... args) {
    return trace("PATCH", path, headers, [&](const Headers& sent) {
      if constexpr (sizeof...(Args) == 0) {
        return base().Patch(path, sent, std::string(), std::string());
      } else {
        return base().Patch(path, sent, detail::pass<Args>(args)...);
      }
    });
  }

  template <class... Args>
    requires(!detail::kFirstIs<Headers, Args...>)
  Result Delete(const std::string& path, Args&&... args) {
    return Delete(path, Headers(), std::forward<Args>(args)...);
  }
  template <class... Args>
  Result Delete(const std::string& path, const Headers& headers, Args&&... args) {
    return trace("DELETE", path, headers, [&](const Headers& sent) {
      return base().Delete(path, sent, detail::pass<Args>(args)...);
    });
  }

  bool send(Request& request, Response& response, ::httplib::Error& error);
  Result send(const Request& request);

 private:
  ::httplib::Client& base() noexcept { return *this; }

  template <class Call>
  Result trace(std::string_view method, const std::string& path, Headers headers, Call&& call) {
    detail::Layout::check();
    detail::ClientSpan span(*settings_, method, path);
    span.inject(headers);
    Result result = call(std::as_const(headers));
    span.finish(result ? &*result : nullptr, result.error(), socket_or_none());
    return result;
  }
  int socket_or_none() const;

  std::unique_ptr<const detail::ClientSettings> settings_;
};

}  // namespace weft::inline v0::httplib
