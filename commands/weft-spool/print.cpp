// SPDX-License-Identifier: Apache-2.0
#include "weft-spool/print.hpp"

#include <chrono>
#include <cinttypes>
#include <cstdio>
#include <ctime>
#include <string>

#include <weft/attribute_value.hpp>

namespace weft_spool {

namespace {

using weft::detail::Claim;

std::string time_text(std::uint64_t unix_nanoseconds) {
  const auto seconds = static_cast<std::time_t>(unix_nanoseconds / 1'000'000'000U);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[40];
  const std::size_t size = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  std::snprintf(text + size, sizeof text - size, ".%03uZ",
                static_cast<unsigned>(unix_nanoseconds / 1'000'000U % 1000U));
  return text;
}

std::uint64_t nanoseconds_of(std::chrono::system_clock::time_point time) {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count());
}

// What a terminal would obey is shown as `?`.
std::string printable(std::string_view text) {
  std::string shown;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    // The second byte of U+0080 to U+009F, control characters too.
    if (byte >= 0x80 && byte < 0xA0 && shown.ends_with('\xC2')) {
      shown.back() = '?';
    } else {
      shown += byte < 0x20 || byte == 0x7F ? '?' : c;
    }
  }
  return shown;
}

std::string value_text(const weft::AttributeValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return printable(*text);
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  if (const auto* real = std::get_if<double>(&value)) return std::to_string(*real);
  if (const auto* bytes = std::get_if<weft::AttributeValue::Bytes>(&value)) {
    return std::to_string(bytes->size()) + " bytes";
  }
  std::string text;
  if (const auto* array = std::get_if<weft::AttributeValue::Array>(&value)) {
    for (const auto& one : *array) text += (text.empty() ? "" : ", ") + value_text(one);
    return "[" + text + "]";
  }
  for (const auto& entry : std::get<weft::AttributeValue::Map>(value)) {
    text += (text.empty() ? "" : ", ") + printable(entry.key) + ": " + value_text(entry.value);
  }
  return "{" + text + "}";
}

const char* name_of(Claim claim) {
  switch (claim) {
    case Claim::claimed:
      return "dead";
    case Claim::in_use:
      return "in use";
    case Claim::gone:
      return "gone";
    case Claim::other_version:
      return "other version";
    case Claim::damaged:
      return "damaged";
    case Claim::unreadable:
      break;
  }
  return "unreadable";
}

}  // namespace

void print_entry(const Entry& entry) {
  const std::string name = entry.path.filename().string();
  if (entry.file == nullptr) {
    std::printf("%-40s  %-13s  %s\n", printable(name).c_str(), name_of(entry.claim),
                entry.claim == Claim::in_use ? "" : printable(entry.why).c_str());
    return;
  }
  std::printf("%-40s  %-13s  process %" PRIu64 ", begun %s: %zu spans, %zu unfinished",
              printable(name).c_str(), name_of(entry.claim), entry.file->process_id(),
              time_text(entry.file->created()).c_str(), entry.file->spans().size(),
              entry.file->unfinished());
  if (entry.file->lost() != 0) std::printf(", %zu unreadable", entry.file->lost());
  std::printf("\n");
}

void print_span(const weft::SpanData& span) {
  const std::uint64_t begin = nanoseconds_of(span.start_time);
  const std::uint64_t length = nanoseconds_of(span.end_time) - begin;
  std::printf("%s  %s  %s  %8.3f ms  %s%s\n", time_text(begin).c_str(),
              span.context.trace_id().to_hex().c_str(), span.context.span_id().to_hex().c_str(),
              static_cast<double>(length) / 1e6, printable(span.name).c_str(),
              span.find("weft.unfinished") != nullptr ? "  (unfinished)" : "");
  for (const weft::Attribute& attribute : span.attributes) {
    std::printf("    %s = %s\n", printable(attribute.key).c_str(),
                value_text(attribute.value).c_str());
  }
  for (const weft::Event& event : span.events) {
    std::printf("    event %s\n", printable(event.name).c_str());
  }
}

}  // namespace weft_spool
