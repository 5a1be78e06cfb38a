// SPDX-License-Identifier: Apache-2.0
#include "wire/tls_material.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

namespace weft::inline v0::wire {

namespace {

constexpr std::size_t kLargest = std::size_t{16} << 20U;  // a file that has no end is none of ours

}  // namespace

TlsMaterial::TlsMaterial(const TlsSettings& settings)
    : pems_{{{"the CA", CURLOPT_CAINFO_BLOB, CURLOPT_CAINFO, settings.ca.file, settings.ca.text},
             {"the client's certificate", CURLOPT_SSLCERT_BLOB, CURLOPT_SSLCERT,
              settings.certificate.file, settings.certificate.text},
             {"the client's key", CURLOPT_SSLKEY_BLOB, CURLOPT_SSLKEY, settings.key.file,
              settings.key.text}}},
      require_1_3_(settings.require_1_3) {
  for (Pem& pem : pems_) {
    if (!pem.text.empty()) pem.file.clear();
  }
}

std::string_view refusal_of_pem(std::string_view text) noexcept {
  if (text.find("-----BEGIN ") == text.npos) return "it holds nothing in PEM form";
  // PKCS #8's header, and the one of older keys.
  for (const std::string_view mark : {"-----BEGIN ENCRYPTED ", "Proc-Type: 4,ENCRYPTED"}) {
    if (text.find(mark) != text.npos) {
      return "it is protected by a passphrase, which cannot be given; use a key without one";
    }
  }
  return {};
}

std::string TlsMaterial::named(const Pem& pem) {
  return std::string(pem.what) + (pem.file.empty() ? " given as text" : " in " + pem.file);
}

// "" when the file is as it was, or was read.
std::string TlsMaterial::read(Pem& pem) {
  struct stat status{};
  if (::stat(pem.file.c_str(), &status) != 0) return std::strerror(errno);
  const Stamp stamp{status.st_mtim, status.st_size, status.st_ino};
  if (stamp == pem.stamp) return {};
  errno = 0;
  std::ifstream in(pem.file, std::ios::binary);
  std::string text;
  std::array<char, 4096> piece{};
  while (in.read(piece.data(), piece.size()) || in.gcount() > 0) {
    text.append(piece.data(), static_cast<std::size_t>(in.gcount()));
    if (text.size() > kLargest) return "it is larger than 16 MiB";
  }
  if (!in.is_open() || in.bad()) return std::strerror(errno != 0 ? errno : EIO);
  if (const auto refusal = refusal_of_pem(text); !refusal.empty()) return std::string(refusal);
  if (text != pem.text) ++generation_;
  pem.text = std::move(text);
  pem.stamp = stamp;
  return {};
}

std::string TlsMaterial::refresh() {
  if (generation_ == 0) generation_ = 1;
  for (Pem& pem : pems_) {
    if (pem.file.empty()) continue;
    const std::string why = read(pem);
    if (!why.empty() && pem.text.empty()) return named(pem) + ": " + why;
  }
  return {};
}

void TlsMaterial::apply(CURL* handle) const {
  for (const Pem& pem : pems_) {
    if (pem.text.empty()) continue;
    // libcurl compares blobs when it looks for a connection to use again.
    curl_blob blob{const_cast<char*>(pem.text.data()), pem.text.size(), CURL_BLOB_COPY};
    const bool taken = curl_easy_setopt(handle, pem.blob, &blob) == CURLE_OK;
    // Some of libcurl's TLS libraries read files alone.
    if (!taken) curl_easy_setopt(handle, pem.path, pem.file.c_str());
  }
  // Without it OpenSSL asks a person at the terminal, or libcurl reads where nothing is.
  curl_easy_setopt(handle, CURLOPT_KEYPASSWD, "");
  // Whom the user trusts, and not the system's authorities beside.
  if (!pems_[0].text.empty()) curl_easy_setopt(handle, CURLOPT_CAPATH, nullptr);
  const long version = require_1_3_ ? CURL_SSLVERSION_TLSv1_3 : CURL_SSLVERSION_TLSv1_2;
  curl_easy_setopt(handle, CURLOPT_SSLVERSION, version);
}

std::string TlsMaterial::explain(CURLcode result, const std::string& message) const {
  const Pem& ca = pems_[0];
  const bool trusts_own = !ca.text.empty();
  switch (result) {
    case CURLE_PEER_FAILED_VERIFICATION:
      return message + (trusts_own ? " (trusted is " + named(ca) + ")"
                                   : " (trusted is whom this system trusts)");
    case CURLE_SSL_CACERT_BADFILE:
      return trusts_own ? named(ca) + ": " + message : message;
    case CURLE_SSL_CERTPROBLEM:
      return named(pems_[1]) + (pems_[2].text.empty() ? "" : " with " + named(pems_[2])) + ": " +
             message;
    case CURLE_SSL_CONNECT_ERROR:  // a server that wants another certificate says so now, or closes
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
      return pems_[1].text.empty() ? message : message + " (presented is " + named(pems_[1]) + ")";
    default:
      return message;
  }
}

}  // namespace weft::inline v0::wire
