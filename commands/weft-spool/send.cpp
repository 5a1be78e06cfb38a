// SPDX-License-Identifier: Apache-2.0
#include "weft-spool/send.hpp"

#include <weft/weft.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdio>

#include "weft-spool/files.hpp"
#include "weft-spool/print.hpp"

namespace weft_spool {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using weft::detail::Claim;

// So often it is looked how far the sending is, and said.
constexpr milliseconds kLook{2000};

unsigned long long printable(std::uint64_t count) { return count; }

// What should have gone and did not; a line about each.
std::size_t print_unsent(const std::filesystem::path& folder, bool& is_readable) {
  std::size_t unsent = 0;
  for (const auto& path : files_in(folder, is_readable)) {
    const Entry entry = look_at(path);
    const bool is_left_alone = entry.claim == Claim::in_use || entry.claim == Claim::gone ||
                               entry.claim == Claim::damaged;
    if (is_left_alone) continue;
    print_entry(entry);
    ++unsent;
  }
  return unsent;
}

void print_progress(std::uint64_t sent, const std::filesystem::path& folder) {
  bool is_readable = false;
  const std::size_t files = files_in(folder, is_readable).size();
  const std::size_t left = std::max<std::size_t>(files, 1) - 1;  // but for the command's own
  std::fprintf(stderr, "weft-spool: %llu spans sent, %zu files left\n", printable(sent), left);
}

// Until all is sent, or nothing more goes for so long.
weft::FlushResult flush(weft::Telemetry& telemetry, const std::filesystem::path& folder,
                        std::chrono::seconds longest_silence) {
  std::uint64_t sent = 0;
  steady_clock::time_point give_up = steady_clock::now() + longest_silence;
  while (true) {
    const auto left = std::chrono::ceil<milliseconds>(give_up - steady_clock::now());
    const weft::FlushResult result = telemetry.force_flush(std::clamp(left, milliseconds{1}, kLook));
    if (result.status() != weft::FlushResult::timed_out) return result;
    if (const std::uint64_t now = telemetry.stats().recovered; now != sent) {
      sent = now;
      give_up = steady_clock::now() + longest_silence;
      print_progress(sent, folder);
    }
    if (steady_clock::now() < give_up) continue;
    std::fprintf(stderr,
                 "weft-spool: nothing was sent for %lld s: giving up. Is the backend there "
                 "(OTEL_EXPORTER_OTLP_ENDPOINT)? --timeout SECONDS waits longer\n",
                 static_cast<long long>(longest_silence.count()));
    return result;
  }
}

}  // namespace

int send(const std::filesystem::path& folder, std::chrono::seconds longest_silence) {
  bool is_readable = false;
  const std::size_t before = files_in(folder, is_readable).size();
  if (!is_readable) return 1;
  auto telemetry = weft::init({.service_name = "weft-spool", .spool_dir = folder});
  const weft::FlushResult result = flush(telemetry, folder, longest_silence);
  const std::uint64_t sent = telemetry.stats().recovered;
  telemetry.shutdown(std::chrono::seconds{1});
  const std::size_t after = files_in(folder, is_readable).size();
  std::printf("%llu spans sent; %zu files before, %zu now\n", printable(sent), before, after);
  const std::size_t unsent = print_unsent(folder, is_readable);
  return result && is_readable && unsent == 0 ? 0 : 1;
}

}  // namespace weft_spool
