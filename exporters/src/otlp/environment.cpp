// SPDX-License-Identifier: Apache-2.0
#include "otlp/environment.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "otlp/header_list.hpp"
#include "otlp/reply.hpp"
#include "wire/endpoint.hpp"

namespace weft::inline v0::otlp {

namespace {

using exporters::Compression;
using exporters::OtlpHttpOptions;

enum class Secret : bool { no, yes };

std::string_view trimmed(std::string_view text) noexcept {
  constexpr std::string_view kBlank = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

std::string shown(const std::string& name, std::string_view value, Secret secret) {
  if (secret == Secret::yes) return name;
  return name + "=\"" + printable(wire::without_password(value)) + '"';
}

// Asks `take(value, why)` with the variable for traces, then with the one for everything, until it
// is content. Each value that it refuses is a problem.
template <class Take>
void ask(std::string_view suffix, std::vector<Error>& problems, Take&& take,
         Secret secret = Secret::no) {
  for (const std::string_view prefix : {"OTEL_EXPORTER_OTLP_TRACES_", "OTEL_EXPORTER_OTLP_"}) {
    const std::string name = std::string(prefix) + std::string(suffix);
    const char* text = std::getenv(name.c_str());
    const std::string_view value = trimmed(text == nullptr ? "" : text);
    if (value.empty()) continue;
    std::string why;
    if (take(value, why, prefix.ends_with("TRACES_"))) return;
    problems.push_back(
        {ErrorCode::invalid_environment, shown(name, value, secret) + ": " + why + "; ignored"});
  }
}

bool equals_ignoring_case(std::string_view text, std::string_view lower_case) noexcept {
  if (text.size() != lower_case.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c) != lower_case[i])
      return false;
  }
  return true;
}

// The endpoint for traces is used as it is, and a URL without a path has the path "/"; to the one
// for everything the signal's path is added.
bool take_endpoint(std::string_view value, std::string& why, bool for_traces, std::string& url) {
  const auto endpoint = wire::parse_endpoint(value, why);
  if (!endpoint) return false;
  url = value;
  if (for_traces) return true;
  const std::size_t tail = url.find_first_of("?#");
  std::string rest = tail == url.npos ? "" : url.substr(tail);
  url.resize(std::min(tail, url.size()));
  if (!url.ends_with('/')) url += '/';
  url += "v1/traces" + rest;
  return true;
}

bool take_timeout(std::string_view value, std::string& why, std::chrono::milliseconds& timeout) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc() || end != value.data() + value.size()) {
    why = "it is no number of milliseconds";
    return false;
  }
  if (number < 0 || number > 1'000'000'000) {
    why = number < 0 ? "a timeout cannot be negative" : "it is longer than eleven days";
    return false;
  }
  timeout = std::chrono::milliseconds(number);
  return true;
}

bool take_compression(std::string_view value, std::string& why, Compression& compression) {
  if (equals_ignoring_case(value, "gzip")) {
    compression = Compression::gzip;
  } else if (equals_ignoring_case(value, "none")) {
    compression = Compression::none;
  } else {
    why = "it is neither gzip nor none";
    return false;
  }
  return true;
}

bool take_protocol(std::string_view value, std::string& why) {
  if (equals_ignoring_case(value, "http/protobuf")) return true;
  const bool known =
      equals_ignoring_case(value, "grpc") || equals_ignoring_case(value, "http/json");
  why = known ? "not available in this version, which speaks http/protobuf"
              : "it is none of http/protobuf, http/json and grpc";
  return false;
}

void ask_for_file(std::string_view suffix, std::filesystem::path& file,
                  std::vector<Error>& problems) {
  if (!file.empty()) return;
  ask(suffix, problems, [&](std::string_view value, std::string&, bool for_traces) {
    file = value;
    if (const std::string why = why_unreadable(file); !why.empty()) {
      const std::string name =
          (for_traces ? "OTEL_EXPORTER_OTLP_TRACES_" : "OTEL_EXPORTER_OTLP_") + std::string(suffix);
      problems.push_back(
          {ErrorCode::invalid_environment, shown(name, value, Secret::no) + ": " + why});
    }
    return true;
  });
}

}  // namespace

std::string why_unreadable(const std::filesystem::path& file) {
  if (file.empty() || ::access(file.c_str(), R_OK) == 0) return {};
  return std::string(std::strerror(errno)) + "; nothing is sent over https until it can be read";
}

void apply_environment(OtlpHttpOptions& options, std::vector<Error>& problems) {
  const OtlpHttpOptions defaults;
  if (options.endpoint.empty()) {
    ask("ENDPOINT", problems, [&](std::string_view value, std::string& why, bool for_traces) {
      return take_endpoint(value, why, for_traces, options.endpoint);
    });
  }
  ask("PROTOCOL", problems,
      [](std::string_view value, std::string& why, bool) { return take_protocol(value, why); });
  if (options.headers.empty()) {
    const auto take = [&](std::string_view value, std::string& why, bool) {
      auto headers = parse_header_list(value, why);
      if (headers) options.headers = std::move(*headers);
      return headers.has_value();
    };
    ask("HEADERS", problems, take, Secret::yes);
  }
  if (options.timeout == defaults.timeout) {
    ask("TIMEOUT", problems, [&](std::string_view value, std::string& why, bool) {
      return take_timeout(value, why, options.timeout);
    });
  }
  if (options.compression == defaults.compression) {
    ask("COMPRESSION", problems, [&](std::string_view value, std::string& why, bool) {
      return take_compression(value, why, options.compression);
    });
  }
  ask_for_file("CERTIFICATE", options.tls.ca_file, problems);
  ask_for_file("CLIENT_CERTIFICATE", options.tls.certificate_file, problems);
  ask_for_file("CLIENT_KEY", options.tls.key_file, problems);
}

}  // namespace weft::inline v0::otlp
