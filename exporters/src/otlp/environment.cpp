// SPDX-License-Identifier: Apache-2.0
#include "otlp/environment.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "delivery/header_list.hpp"
#include "delivery/option_checks.hpp"
#include "delivery/variables.hpp"
#include "otlp/grpc_target.hpp"
#include "wire/endpoint.hpp"

namespace weft::inline v0::otlp {

namespace {

using delivery::equals_ignoring_case;
using delivery::Sources;
using exporters::Compression;
using exporters::Encoding;
using exporters::OtlpGrpcOptions;
using exporters::OtlpHttpOptions;

constexpr std::string_view kForTraces = "OTEL_EXPORTER_OTLP_TRACES_";

template <class Take>
std::string ask(std::string_view suffix, std::vector<Error>& problems, Take&& take,
                delivery::Secret secret = delivery::Secret::no) {
  const std::string end(suffix);
  return delivery::ask({std::string(kForTraces) + end, "OTEL_EXPORTER_OTLP_" + end}, problems,
                       std::forward<Take>(take), secret);
}

// The endpoint for traces is used as it is, and a URL without a path has the path "/"; to the one
// for everything the signal's path is added.
bool take_endpoint(std::string_view value, std::string& why, bool for_traces, std::string& url) {
  const auto endpoint = wire::parse_endpoint(value, why);
  if (!endpoint) return false;
  url = value;
  if (for_traces || wire::is_unix_endpoint(value)) return true;
  const std::size_t tail = url.find_first_of("?#");
  std::string rest = tail == url.npos ? "" : url.substr(tail);
  url.resize(std::min(tail, url.size()));
  if (!url.ends_with('/')) url += '/';
  url += "v1/traces" + rest;
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

bool is_protocol(std::string_view value) noexcept {
  return equals_ignoring_case(value, "grpc") || equals_ignoring_case(value, "http/json") ||
         equals_ignoring_case(value, "http/protobuf");
}

constexpr std::string_view kProtocols = "it is none of http/protobuf, http/json and grpc";

bool take_encoding(std::string_view value, std::string& why, Encoding& encoding) {
  if (!is_protocol(value)) {
    why = kProtocols;
  } else if (equals_ignoring_case(value, "grpc")) {
    why = "otlp_http was chosen in code";
  } else {
    if (equals_ignoring_case(value, "http/json")) encoding = Encoding::json;
    return true;
  }
  return false;
}

std::string ask_for_file(std::string_view suffix, std::filesystem::path& file,
                         const std::string& text, std::vector<Error>& problems) {
  if (!file.empty() || !text.empty()) return {};
  return ask(suffix, problems, [&](std::string_view value, std::string&, const std::string& name) {
    file = value;
    if (const std::string why = delivery::why_unreadable(file); !why.empty()) {
      problems.push_back(
          {ErrorCode::invalid_environment, delivery::shown_variable(name, value) + ": " + why});
    }
    return true;
  });
}

// What is neither is false, and no other variable is asked.
std::string ask_for_boolean(std::string_view suffix, bool& result, std::vector<Error>& problems) {
  return ask(suffix, problems, [&](std::string_view value, std::string&, const std::string& name) {
    result = equals_ignoring_case(value, "true");
    if (!result && !equals_ignoring_case(value, "false")) {
      problems.push_back(
          {ErrorCode::invalid_environment, delivery::shown_variable(name, value) +
                                               ": it is neither true nor false; false is used"});
    }
    return true;
  });
}

template <class Options>
void apply_common(Options& options, std::vector<Error>& problems, Sources& sources) {
  const Options defaults;
  if (options.headers.empty()) {
    const auto take = [&](std::string_view value, std::string& why, const std::string&) {
      auto headers = delivery::parse_header_list(value, why);
      if (headers) options.headers = std::move(*headers);
      return headers.has_value();
    };
    sources["headers"] = ask("HEADERS", problems, take, delivery::Secret::yes);
  }
  if (options.timeout == defaults.timeout) {
    sources["timeout"] =
        ask("TIMEOUT", problems, [&](std::string_view value, std::string& why, const std::string&) {
          return delivery::take_timeout(value, why, options.timeout);
        });
  }
  if (options.compression == defaults.compression) {
    sources["compression"] = ask("COMPRESSION", problems,
                                 [&](std::string_view value, std::string& why, const std::string&) {
                                   return take_compression(value, why, options.compression);
                                 });
  }
  sources["tls.ca_file"] =
      ask_for_file("CERTIFICATE", options.tls.ca_file, options.tls.ca_pem, problems);
  sources["tls.certificate_file"] = ask_for_file("CLIENT_CERTIFICATE", options.tls.certificate_file,
                                                 options.tls.certificate_pem, problems);
  sources["tls.key_file"] =
      ask_for_file("CLIENT_KEY", options.tls.key_file, options.tls.key_pem, problems);
}

}  // namespace

Sources apply_environment(OtlpHttpOptions& options, std::vector<Error>& problems) {
  Sources sources;
  if (options.endpoint.empty()) {
    sources["endpoint"] =
        ask("ENDPOINT", problems,
            [&](std::string_view value, std::string& why, const std::string& name) {
              return take_endpoint(value, why, name.starts_with(kForTraces), options.endpoint);
            });
  }
  if (options.encoding == Encoding::protobuf) {
    sources["protocol"] = ask("PROTOCOL", problems,
                              [&](std::string_view value, std::string& why, const std::string&) {
                                return take_encoding(value, why, options.encoding);
                              });
  }
  apply_common(options, problems, sources);
  return sources;
}

Sources apply_environment(OtlpGrpcOptions& options, std::vector<Error>& problems) {
  Sources sources;
  if (!options.insecure) {
    sources["insecure"] = ask_for_boolean("INSECURE", options.insecure, problems);
  }
  if (options.endpoint.empty()) {
    sources["endpoint"] = ask(
        "ENDPOINT", problems, [&](std::string_view value, std::string& why, const std::string&) {
          const bool good = parse_grpc_target(value, options.insecure, why).has_value();
          if (good) options.endpoint = value;
          return good;
        });
  }
  sources["protocol"] =
      ask("PROTOCOL", problems, [](std::string_view value, std::string& why, const std::string&) {
        if (equals_ignoring_case(value, "grpc")) return true;
        why = is_protocol(value) ? "otlp_grpc was chosen in code" : kProtocols;
        return false;
      });
  apply_common(options, problems, sources);
  return sources;
}

bool environment_asks_for_grpc() {
  bool grpc = false;
  std::vector<Error> elsewhere;  // whoever is made tells them
  ask("PROTOCOL", elsewhere, [&](std::string_view value, std::string&, const std::string&) {
    grpc = equals_ignoring_case(value, "grpc");
    return is_protocol(value);
  });
  return grpc;
}

}  // namespace weft::inline v0::otlp
