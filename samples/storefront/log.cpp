// SPDX-License-Identifier: Apache-2.0
#include "log.hpp"

#include <ctime>
#include <iostream>
#include <memory>
#include <sstream>

#include <weft/weft.hpp>

namespace storefront {
namespace {

constinit const char* service_name = "";

}  // namespace

void Logger::name_service(const char* name) noexcept { service_name = name; }

void Logger::write(std::string_view level, std::string_view text) const {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  char time[32];
  std::strftime(time, sizeof(time), "%Y-%m-%dT%H:%M:%SZ", &utc);
  std::ostringstream line;
  line << time << ' ' << service_name << ' ' << level << ' ' << text;
  if (!bound_.empty()) line << ' ' << bound_;
  if (weft::RequestContext::is_initialized()) {
    line << " user=" << weft::RequestContext::get("user_id", "-");
  }
  line << ' ' << weft::log_fields() << '\n';
  std::cerr << line.str();
}

void log(std::string_view level, std::string_view text) {
  if (weft::RequestContext::is_initialized()) {
    const auto bound = weft::RequestContext::get<std::shared_ptr<const Logger>>("logger");
    if (bound) return (*bound)->write(level, text);
  }
  Logger().write(level, text);
}

}  // namespace storefront
