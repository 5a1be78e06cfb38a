// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <optional>
#include <string_view>
#include <utility>

#include <weft/exporters/exporters.hpp>

#include "components.hpp"
#include "plugins.hpp"

namespace weft::inline v0::config {

namespace {

using exporters::Compression;
using exporters::OtlpHttpOptions;

// Of the data model, and not here.
constexpr std::array<std::string_view, 3> kElsewhere = {"otlp_grpc", "otlp_file/development",
                                                        "zipkin"};

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const std::string_view digits = text.substr(i + 1, 2);
    unsigned char byte = 0;
    const auto [stop, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
    if (digits.size() != 2 || error != std::errc() || stop != digits.data() + 2) return {};
    out += static_cast<char>(byte);
    i += 2;
  }
  return out;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// "key=value,key2=value2", as in OTEL_EXPORTER_OTLP_HEADERS. False when it is not.
bool add_header_list(std::string_view text, std::map<std::string, std::string>& headers) {
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const std::string_view member = trimmed(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
    if (member.empty()) continue;
    const std::size_t equals = member.find('=');
    if (equals == member.npos) return false;
    const auto value = percent_decoded(trimmed(member.substr(equals + 1)));
    if (!value) return false;
    headers.emplace(trimmed(member.substr(0, equals)), *value);
  }
  return true;
}

// The list's entries give way to those of `headers`; values are secrets mostly, and not shown.
void read_headers(Section& section, OtlpHttpOptions& options) {
  if (const Properties::List* list = section.list("headers")) {
    for (const Properties& item : *list) {
      Section header(&item, section.path("headers"), section.report());
      const std::string* name = header.text("name");
      const Properties* value = header.any("value");
      const bool has_text = value != nullptr && (value->text() != nullptr || value->is_null());
      if (name != nullptr && has_text) {
        options.headers[*name] = value->is_null() ? "" : *value->text();
      } else {
        section.report().tell(item.line(), header.path() +
                                               " has an entry without a name and a value in "
                                               "quotes; it is left out");
      }
      header.finish();
    }
  }
  const std::string* list = section.text("headers_list");
  if (list != nullptr && !add_header_list(*list, options.headers)) {
    section.report().tell(section.any("headers_list")->line(),
                          section.path("headers_list") +
                              " is no list of key=value, percent-encoded and separated by commas; "
                              "it is ignored");
  }
}

void read_tls(Section tls, OtlpHttpOptions& options) {
  const auto file = [&](std::string_view key, std::filesystem::path& path) {
    if (const std::string* text = tls.text(key)) path = *text;
  };
  file("ca_file", options.tls.ca_file);
  file("cert_file", options.tls.certificate_file);
  file("key_file", options.tls.key_file);
  tls.finish();
}

void read_compression(Section& section, OtlpHttpOptions& options) {
  options.compression = Compression::none;  // the data model's default
  const std::string* text = section.text("compression");
  if (text == nullptr || *text == "none") return;
  if (*text == "gzip") {
    options.compression = Compression::gzip;
  } else {
    section.report().refuse(*section.any("compression"), section.path("compression"),
                            "is neither gzip nor none", "none is used");
  }
}

ExporterPtr otlp_http(Section& section) {
  OtlpHttpOptions options{.use_environment = false};
  if (const std::string* endpoint = section.text("endpoint")) options.endpoint = *endpoint;
  read_tls(section.section("tls"), options);
  read_headers(section, options);
  read_compression(section, options);
  if (const auto* timeout = section.integer("timeout", "10000 ms is used")) {
    options.timeout = std::chrono::milliseconds(*timeout);
  }
  const std::string* encoding = section.text("encoding");
  if (encoding != nullptr && *encoding != "protobuf") {
    section.report().refuse(*section.any("encoding"), section.path("encoding"),
                            "is not available in this version", "protobuf is used");
  }
  return exporters::otlp_http(std::move(options));
}

ExporterPtr built_in(const std::string& name, Section& section) {
  if (name == "otlp_http") return otlp_http(section);
  return name == "console" ? exporters::console() : nullptr;
}

}  // namespace

ExporterPtr create_exporter(const Properties* node, const std::string& path, const Report& report,
                            std::string& name) {
  if (node == nullptr) return nullptr;
  Section section(node, path, report);
  name = section.only_key();
  if (name.empty()) return nullptr;
  const Properties& inner = *section.any(name);
  const std::string inner_path = path + "." + name;
  if (const auto provider = exporter_provider(name)) {
    return provided(provider, inner, inner_path, report);
  }
  Section parameters(&inner, inner_path, report);
  ExporterPtr exporter = built_in(name, parameters);
  if (exporter != nullptr) {
    parameters.finish();
    return exporter;
  }
  const bool is_known = std::find(kElsewhere.begin(), kElsewhere.end(), name) != kElsewhere.end();
  report.tell(inner.line(),
              inner_path +
                  (is_known ? " is not available in this version (otlp_http and console are)"
                            : " is no exporter, and nobody registered it") +
                  "; it is left out");
  return nullptr;
}

}  // namespace weft::inline v0::config
