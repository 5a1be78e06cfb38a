// SPDX-License-Identifier: Apache-2.0
// What is told of trouble, and where the figures go.
#include <array>
#include <chrono>
#include <string_view>

#include "tracer/chosen_parts.hpp"

namespace weft::inline v0::detail {

namespace {

using std::chrono::milliseconds;

constexpr const char* kLevelVariable = "OTEL_LOG_LEVEL";
constexpr const char* kFileVariable = "WEFT_STATS_FILE";
constexpr const char* kLogVariable = "WEFT_STATS_LOG";
constexpr std::uint64_t kDay = 24ULL * 3600 * 1000;  // ms

struct Name {
  std::string_view text;
  LogLevel level;
};
// The specification names no values; these are those of its other SDKs and of its files.
constexpr std::array kNames = {
    Name{"none", LogLevel::none},   Name{"off", LogLevel::none},
    Name{"fatal", LogLevel::none},  Name{"error", LogLevel::error},
    Name{"warn", LogLevel::warn},   Name{"warning", LogLevel::warn},
    Name{"info", LogLevel::info},   Name{"debug", LogLevel::debug},
    Name{"trace", LogLevel::debug}, Name{"verbose", LogLevel::debug},
    Name{"all", LogLevel::debug},
};

const Name* find_level(std::string_view text) {
  const std::string lower = lower_case(text);
  for (const Name& name : kNames) {
    if (name.text == lower) return &name;
  }
  return nullptr;
}

milliseconds choose_interval(milliseconds given, Settings& settings) {
  const NumberOption option{.name = "stats.interval",
                            .built_in = 60000,
                            .least = 1,
                            .most = kDay,
                            .unit = " ms",
                            .variable = "WEFT_STATS_INTERVAL"};
  std::optional<std::uint64_t> number;
  if (given.count() >= 0) number = static_cast<std::uint64_t>(given.count());
  const DecidedNumber decided =
      settings.number(option, number, std::to_string(given.count()) + option.unit);
  settings.keep(option, decided);
  return milliseconds(static_cast<std::int64_t>(decided.value));
}

}  // namespace

LogLevel log_level_of(const std::optional<std::string>& text) {
  const Name* name = text ? find_level(trimmed(*text)) : nullptr;
  return name != nullptr ? name->level : LogLevel::info;
}

LogLevel choose_log_level(Settings& settings) {
  const auto text = settings.environment().text(kLevelVariable);
  const Name* name = text ? find_level(*text) : nullptr;
  if (name == nullptr) {
    if (text) {
      settings.environment().refuse(kLevelVariable, *text,
                                    "is none of none, error, warn, info and debug", "info is used");
    }
    settings.keep("log_level", "info", Origin::built_in);
    return LogLevel::info;
  }
  settings.keep_from(kLevelVariable, "log_level", std::string(name->text));
  return name->level;
}

StatsOptions choose_stats(const StatsOptions& given, Settings& settings) {
  StatsOptions stats = given;
  const Environment& environment = settings.environment();
  if (!stats.file.empty()) {
    settings.keep("stats.file", stats.file.string(), Origin::code);
  } else if (const auto file = environment.text(kFileVariable)) {
    stats.file = *file;
    settings.keep_from(kFileVariable, "stats.file", *file);
  } else {
    settings.keep("stats.file", "none", Origin::built_in);
  }
  if (stats.log) {
    settings.keep("stats.log", "true", Origin::code);
  } else if (environment.flag(kLogVariable)) {
    stats.log = true;
    settings.keep_from(kLogVariable, "stats.log", "true");
  } else {
    settings.keep("stats.log", "false", Origin::built_in);
  }
  stats.interval = choose_interval(given.interval, settings);
  return stats;
}

}  // namespace weft::inline v0::detail
