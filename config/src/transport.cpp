// SPDX-License-Identifier: Apache-2.0
#include "transport.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

namespace weft::inline v0::config {

namespace {

using exporters::Compression;

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

// Values are secrets mostly, and not shown.
void read_entries(Section& section, Headers& headers) {
  const Properties::List* list = section.list("headers");
  if (list == nullptr) return;
  for (const Properties& item : *list) {
    Section header(&item, section.path("headers"), section.report());
    const std::string* name = header.text("name");
    const Properties* value = header.any("value");
    const bool has_text = value != nullptr && (value->text() != nullptr || value->is_null());
    if (name != nullptr && has_text) {
      headers[*name] = value->is_null() ? "" : *value->text();
    } else {
      section.report().tell(item.line(), header.path() +
                                             " has an entry without a name and a value in "
                                             "quotes; it is left out");
    }
    header.finish();
  }
}

}  // namespace

// The list's entries give way to those of `headers`.
void read_headers(Section& section, Headers& headers) {
  read_entries(section, headers);
  const std::string* list = section.text("headers_list");
  if (list != nullptr && !add_header_list(*list, headers)) {
    section.report().tell(section.any("headers_list")->line(),
                          section.path("headers_list") +
                              " is no list of key=value, percent-encoded and separated by commas; "
                              "it is ignored");
  }
}

void read_tls_files(Section& tls, exporters::TlsOptions& options) {
  const auto file = [&](std::string_view key, std::filesystem::path& path) {
    if (const std::string* text = tls.text(key)) path = *text;
  };
  file("ca_file", options.ca_file);
  file("cert_file", options.certificate_file);
  file("key_file", options.key_file);
}

Compression read_compression(Section& section) {
  const std::string* text = section.text("compression");
  if (text == nullptr || *text == "none") return Compression::none;  // the data model's default
  if (*text == "gzip") return Compression::gzip;
  section.report().refuse(*section.any("compression"), section.path("compression"),
                          "is neither gzip nor none", "none is used");
  return Compression::none;
}

}  // namespace weft::inline v0::config
