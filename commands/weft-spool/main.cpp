// SPDX-License-Identifier: Apache-2.0
// weft-spool: what processes that ended without sending left in a spool folder.
#include <weft/weft.hpp>

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "span/span_access.hpp"
#include "weft-spool/files.hpp"
#include "weft-spool/print.hpp"

namespace {

using weft::detail::Claim;

constexpr const char* kUsage =
    R"(usage: weft-spool <command> [folder]

What processes that ended without sending left in a spool folder (Options::spool_dir).
Without a folder: the one in WEFT_SPOOL_DIR. Files of living processes are left alone.

  list    the files: whose they were, how many spans are in them
  show    the spans in them
  send    sends the spans, as a starting process would, and removes what was sent; where to: OTEL_*
  clear   removes the files of dead processes and damaged ones, unsent
  --help  this text

Exit status: 0 done, 1 something was not, 2 wrong usage.
)";

int list(const std::filesystem::path& folder) {
  bool is_readable = false;
  for (const auto& path : weft_spool::files_in(folder, is_readable)) {
    weft_spool::print_entry(weft_spool::look_at(path));
  }
  return is_readable ? 0 : 1;
}

int show(const std::filesystem::path& folder) {
  bool is_readable = false;
  for (const auto& path : weft_spool::files_in(folder, is_readable)) {
    const weft_spool::Entry entry = weft_spool::look_at(path);
    weft_spool::print_entry(entry);
    if (entry.file == nullptr) continue;
    for (const weft::detail::Record* record : entry.file->spans()) {
      weft_spool::print_span(weft::detail::SpanAccess::view(*record).data());
    }
  }
  return is_readable ? 0 : 1;
}

// What should have gone and did not; a line about each.
std::size_t print_unsent(const std::filesystem::path& folder, bool& is_readable) {
  std::size_t unsent = 0;
  for (const auto& path : weft_spool::files_in(folder, is_readable)) {
    const weft_spool::Entry entry = weft_spool::look_at(path);
    const bool is_left_alone = entry.claim == Claim::in_use || entry.claim == Claim::gone ||
                               entry.claim == Claim::damaged;
    if (is_left_alone) continue;
    weft_spool::print_entry(entry);
    ++unsent;
  }
  return unsent;
}

int send(const std::filesystem::path& folder) {
  bool is_readable = false;
  const std::size_t before = weft_spool::files_in(folder, is_readable).size();
  if (!is_readable) return 1;
  auto telemetry = weft::init({.service_name = "weft-spool", .spool_dir = folder});
  const weft::FlushResult result = telemetry.force_flush(std::chrono::minutes(5));
  const auto sent = telemetry.stats().recovered;
  telemetry.shutdown();
  const std::size_t after = weft_spool::files_in(folder, is_readable).size();
  std::printf("%llu spans sent; %zu files before, %zu now\n", static_cast<unsigned long long>(sent),
              before, after);
  const std::size_t unsent = print_unsent(folder, is_readable);
  return result && is_readable && unsent == 0 ? 0 : 1;
}

int clear(const std::filesystem::path& folder) {
  bool is_readable = false;
  std::size_t removed = 0;
  bool is_whole = true;
  for (const auto& path : weft_spool::files_in(folder, is_readable)) {
    const weft_spool::Entry entry = weft_spool::look_at(path);
    if (entry.claim != Claim::claimed && entry.claim != Claim::damaged) {
      weft_spool::print_entry(entry);
    } else if (unlink(path.c_str()) == 0) {
      ++removed;
    } else {
      is_whole = false;
      std::perror(path.c_str());
    }
  }
  std::printf("%zu files removed\n", removed);
  return is_readable && is_whole ? 0 : 1;
}

int wrong(const std::string& what) {
  std::fprintf(stderr, "weft-spool: %s; see weft-spool --help\n", what.c_str());
  return 2;
}

int run(const std::vector<std::string>& arguments) {
  if (arguments.empty()) return wrong("a command is missing");
  const std::string& command = arguments[0];
  for (const std::string& argument : arguments) {
    if (argument == "--help" || argument == "-h") {
      std::fputs(kUsage, stdout);
      return 0;
    }
    if (argument.starts_with("-")) return wrong("unknown option '" + argument + "'");
  }
  if (arguments.size() > 2) return wrong("one folder, not '" + arguments[2] + "' too");
  const char* variable = std::getenv("WEFT_SPOOL_DIR");
  const std::string folder = arguments.size() == 2 ? arguments[1]
                             : variable != nullptr ? variable
                                                   : "";
  int (*const chosen)(const std::filesystem::path&) = command == "list"    ? list
                                                      : command == "show"  ? show
                                                      : command == "send"  ? send
                                                      : command == "clear" ? clear
                                                                           : nullptr;
  if (chosen == nullptr) return wrong("unknown command '" + command + "'");
  if (folder.empty()) return wrong("a folder is missing, and WEFT_SPOOL_DIR is not set");
  return chosen(folder);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run({argv + 1, argv + argc});
  } catch (const std::exception& exception) {
    std::fprintf(stderr, "weft-spool: %s\n", exception.what());
    return 1;
  }
}
