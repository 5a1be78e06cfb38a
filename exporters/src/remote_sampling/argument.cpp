// SPDX-License-Identifier: Apache-2.0
#include "remote_sampling/argument.hpp"

#include <algorithm>
#include <charconv>
#include <string>
#include <system_error>

#include "platform/error_reporter.hpp"

namespace weft::inline v0::remote_sampling {

namespace {

void refuse(std::string_view part, const char* reason) {
  detail::error_reporter().report(
      ErrorCode::invalid_environment,
      "OTEL_TRACES_SAMPLER_ARG: \"" + std::string(part) + "\" " + reason + "; it is ignored");
}

template <class Number>
bool read_number(std::string_view text, Number& number) {
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  return read.ec == std::errc() && read.ptr == end;
}

void read_part(std::string_view part, samplers::JaegerRemoteOptions& options) {
  const std::size_t equals = std::min(part.find('='), part.size());
  const std::string_view key = part.substr(0, equals);
  const std::string_view value = part.substr(std::min(equals + 1, part.size()));
  if (key == "endpoint") {
    options.endpoint = value;
  } else if (key == "pollingIntervalMs") {
    std::int64_t number = 0;
    if (!read_number(value, number) || number <= 0) return refuse(part, "is no time above zero");
    options.polling_interval = std::chrono::milliseconds(number);
  } else if (key == "initialSamplingRate") {
    double rate = 0;
    if (!read_number(value, rate) || !(rate >= 0 && rate <= 1)) {
      return refuse(part, "is no number from 0 to 1");
    }
    options.initial_sampler = samplers::probability(rate);
  } else {
    refuse(part, "is none of endpoint=, pollingIntervalMs= and initialSamplingRate=");
  }
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

}  // namespace

samplers::JaegerRemoteOptions read_argument(std::string_view argument) {
  samplers::JaegerRemoteOptions options;
  while (!argument.empty()) {
    const std::size_t end = std::min(argument.find(','), argument.size());
    const std::string_view part = trimmed(argument.substr(0, end));
    if (!part.empty()) read_part(part, options);
    argument.remove_prefix(std::min(end + 1, argument.size()));
  }
  return options;
}

}  // namespace weft::inline v0::remote_sampling
