// SPDX-License-Identifier: Apache-2.0
#include "delivery/option_checks.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>

#include "delivery/header_list.hpp"
#include "delivery/printable.hpp"
#include "wire/endpoint.hpp"
#include "wire/tls_material.hpp"

namespace weft::inline v0::delivery {

using exporters::RetryOptions;
using exporters::TlsOptions;
using std::chrono::milliseconds;

void OptionChecks::refuse(std::string_view option, std::string_view value, std::string_view why) {
  problems_.push_back(
      {ErrorCode::invalid_option,
       type_ + "::" + std::string(option) + " = " + std::string(value) + ": " + std::string(why)});
}

void OptionChecks::endpoint(std::string& endpoint) {
  std::string why;
  if (endpoint.empty() || wire::parse_endpoint(endpoint, why)) return;
  refuse("endpoint", '"' + printable(wire::without_password(endpoint)) + '"', why + "; ignored");
  endpoint.clear();
}

void OptionChecks::retry(RetryOptions& retry) {
  // milliseconds::max() is a way to say "for ever", and is no moment of any clock.
  constexpr milliseconds kForEver = std::chrono::years{10};
  for (milliseconds* time : {&retry.initial_backoff, &retry.max_backoff, &retry.max_age}) {
    *time = std::min(*time, kForEver);
  }
  const RetryOptions standard;
  expect(retry.initial_backoff > milliseconds{0}, "retry.initial_backoff", retry.initial_backoff,
         standard.initial_backoff, "it must be more than 0");
  expect(retry.max_backoff > milliseconds{0}, "retry.max_backoff", retry.max_backoff,
         standard.max_backoff, "it must be more than 0");
  expect(retry.max_age >= milliseconds{0}, "retry.max_age", retry.max_age, standard.max_age,
         "it is negative");
  expect(std::isfinite(retry.multiplier) && retry.multiplier >= 1, "retry.multiplier",
         retry.multiplier, standard.multiplier, "it must be a number of at least 1");
}

void OptionChecks::file(const std::filesystem::path& file, const std::string& pem,
                        std::string_view option) {
  const std::string name = '"' + printable(file.string()) + '"';
  if (!file.empty() && !pem.empty()) {
    refuse(option, name, "the same is given as text, which is used");
  } else if (const std::string why = why_unreadable(file); !why.empty()) {
    refuse(option, name, why);
  }
}

void OptionChecks::tls(TlsOptions& tls) {
  file(tls.ca_file, tls.ca_pem, "tls.ca_file");
  file(tls.certificate_file, tls.certificate_pem, "tls.certificate_file");
  file(tls.key_file, tls.key_pem, "tls.key_file");
  const auto check_text = [&](std::string& pem, std::string_view option) {
    const std::string_view refusal = pem.empty() ? "" : wire::refusal_of_pem(pem);
    if (refusal.empty()) return;
    refuse(option, "(not shown)", std::string(refusal) + "; ignored");
    pem.clear();
  };
  check_text(tls.ca_pem, "tls.ca_pem");
  check_text(tls.certificate_pem, "tls.certificate_pem");
  check_text(tls.key_pem, "tls.key_pem");
  if (tls.server_name.find_first_of("/:@ \t\r\n") == tls.server_name.npos) return;
  refuse("tls.server_name", '"' + printable(tls.server_name) + '"', "it is no host name; ignored");
  tls.server_name.clear();
}

void OptionChecks::client_key(const TlsOptions& tls) {
  const bool has_key = !tls.key_pem.empty() || !tls.key_file.empty();
  if (!has_key || !tls.certificate_pem.empty() || !tls.certificate_file.empty()) return;
  const bool is_file = tls.key_pem.empty();
  refuse(is_file ? "tls.key_file" : "tls.key_pem",
         is_file ? '"' + printable(tls.key_file.string()) + '"' : "(not shown)",
         "a key without a certificate is not used; give the client's certificate too");
}

void OptionChecks::unused_tls(const TlsOptions& tls, const wire::Endpoint& endpoint) {
  if (endpoint.tls) return;
  std::string names;
  const auto add = [&](const std::filesystem::path& file, const std::string& pem) {
    if (file.empty() && pem.empty()) return;
    if (!names.empty()) names += ", ";
    names += pem.empty() ? '"' + printable(file.string()) + '"' : "(not shown)";
  };
  add(tls.ca_file, tls.ca_pem);
  add(tls.certificate_file, tls.certificate_pem);
  add(tls.key_file, tls.key_pem);
  if (!names.empty())
    refuse("tls", names, "not used, " + endpoint.display + " is no https endpoint");
}

std::vector<std::string> OptionChecks::headers(const std::map<std::string, std::string>& headers,
                                               std::string_view content_type) {
  std::vector<std::string> lines{"Content-Type: " + std::string(content_type)};
  for (const auto& [name, value] : headers) {
    if (const auto refusal = refusal_of_header(name, value); !refusal.empty()) {
      // The value is a secret mostly.
      refuse("headers", '"' + printable(name) + '"', std::string(refusal) + "; left out");
      continue;
    }
    lines.push_back(value.empty() ? name + ";" : name + ": " + value);  // libcurl's two forms
  }
  return lines;
}

std::string why_unreadable(const std::filesystem::path& file) {
  if (file.empty() || ::access(file.c_str(), R_OK) == 0) return {};
  return std::string(std::strerror(errno)) + "; nothing is sent over https until it can be read";
}

}  // namespace weft::inline v0::delivery
