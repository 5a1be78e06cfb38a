// SPDX-License-Identifier: Apache-2.0
// weft-spool: what processes that ended without sending left in a spool folder.
#include <weft/weft.hpp>

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "span/span_access.hpp"
#include "weft-spool/files.hpp"
#include "weft-spool/print.hpp"
#include "weft-spool/send.hpp"

namespace {

using weft::detail::Claim;

constexpr const char* kUsage =
    R"(usage: weft-spool <command> [folder] [--timeout SECONDS]

What processes that ended without sending left in a spool folder (Options::spool_dir).
Without a folder: the one in WEFT_SPOOL_DIR. Files of living processes are left alone.

  list    the files: whose they were, how many spans are in them
  show    the spans in them
  send    sends the spans, as a starting process would, and removes what was sent; where to: OTEL_*
          Those that ended more than 7 days ago are dropped, in files untouched for as long.
  clear   removes the files of dead processes and damaged ones, unsent
  --help  this text

  --timeout SECONDS   of send: give up when nothing more was sent for so long (30)

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

struct Arguments {
  std::string command{};
  std::string folder{};
  std::chrono::seconds timeout{30};
  bool wants_help = false;
  std::string wrong{};  // what is wrong with them
};

bool read_timeout(const std::string& text, std::chrono::seconds& timeout) {
  constexpr int kLongest = 86'400;
  int seconds = 0;
  const char* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, seconds);
  if (result.ec != std::errc() || result.ptr != end || seconds < 1 || seconds > kLongest) {
    return false;
  }
  timeout = std::chrono::seconds{seconds};
  return true;
}

// The option at `next`, and its value, which may be the argument behind it.
void read_option(const std::vector<std::string>& given, std::size_t& next, Arguments& arguments) {
  constexpr std::string_view kTimeout = "--timeout";
  const std::string& option = given[next];
  std::string value;
  if (option.starts_with("--timeout=")) {
    value = option.substr(kTimeout.size() + 1);
  } else if (option != kTimeout) {
    arguments.wrong = "unknown option '" + option + "'";
    return;
  } else if (next + 1 < given.size()) {
    value = given[++next];
  }
  if (!read_timeout(value, arguments.timeout)) {
    arguments.wrong = "--timeout is 1 to 86400 seconds, not '" + value + "'";
  }
}

Arguments read(const std::vector<std::string>& given) {
  Arguments arguments;
  const char* variable = std::getenv("WEFT_SPOOL_DIR");
  if (variable != nullptr) arguments.folder = variable;
  arguments.wants_help = std::ranges::any_of(
      given, [](const std::string& one) { return one == "--help" || one == "-h"; });
  int names = 0;
  for (std::size_t i = 0; i < given.size() && arguments.wrong.empty(); ++i) {
    if (given[i].starts_with("-")) {
      read_option(given, i, arguments);
    } else if (names == 2) {
      arguments.wrong = "one folder, not '" + given[i] + "' too";
    } else {
      (names++ == 0 ? arguments.command : arguments.folder) = given[i];
    }
  }
  if (names == 0 && arguments.wrong.empty()) arguments.wrong = "a command is missing";
  return arguments;
}

int run(const std::vector<std::string>& given) {
  const Arguments arguments = read(given);
  if (arguments.wants_help) return std::fputs(kUsage, stdout) >= 0 ? 0 : 1;
  if (!arguments.wrong.empty()) return wrong(arguments.wrong);
  const std::string& command = arguments.command;
  const bool is_known =
      command == "list" || command == "show" || command == "send" || command == "clear";
  if (!is_known) return wrong("unknown command '" + command + "'");
  const std::string& folder = arguments.folder;
  if (folder.empty()) return wrong("a folder is missing, and WEFT_SPOOL_DIR is not set");
  if (command == "list") return list(folder);
  if (command == "show") return show(folder);
  return command == "send" ? weft_spool::send(folder, arguments.timeout) : clear(folder);
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
