// SPDX-License-Identifier: Apache-2.0
#include "tracer/resource_detection.hpp"

#include <fcntl.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <optional>

#include "codec/utf8.hpp"
#include "platform/random.hpp"

namespace weft::inline v0::detail {

namespace {

constexpr std::size_t kLargestFile = 16384;

std::string read_file(const std::string& path) {
  std::string text;
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);  // a pipe holds nobody up
  if (file < 0) return text;
  char buffer[1024];
  while (text.size() < kLargestFile) {
    const ssize_t size = read(file, buffer, sizeof buffer);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) break;
    text.append(buffer, static_cast<std::size_t>(size));
  }
  close(file);
  return text;
}

std::string executable_path(const Surroundings& surroundings) {
  char path[4096];
  const ssize_t size = readlink((surroundings.root + "/proc/self/exe").c_str(), path, sizeof path);
  if (size <= 0) return {};
  std::string_view text(path, static_cast<std::size_t>(size));
  constexpr std::string_view kDeleted = " (deleted)";  // replaced by an upgrade while it runs
  if (text.ends_with(kDeleted)) text.remove_suffix(kDeleted.size());
  return std::string(text);
}

std::string executable_name(const Surroundings& surroundings, const std::string& path) {
  if (!path.empty()) return path.substr(path.rfind('/') + 1);
  return std::string(trimmed(surroundings.file("/proc/self/comm")));
}

void add(std::vector<Attribute>& attributes, std::string key, std::string value) {
  if (!value.empty()) attributes.push_back({std::move(key), AttributeValue(std::move(value))});
}

Resource of_schema(const std::vector<Attribute>& attributes) {
  return Resource(attributes, std::string(kResourceSchema));
}

void add_operating_system(std::vector<Attribute>& attributes, const Surroundings& surroundings) {
  add(attributes, "os.type", "linux");
  std::string release = surroundings.file("/etc/os-release");
  if (release.empty()) release = surroundings.file("/usr/lib/os-release");
  add(attributes, "os.description", os_release_value(release, "PRETTY_NAME"));
  add(attributes, "os.name", os_release_value(release, "NAME"));
  add(attributes, "os.version", os_release_value(release, "VERSION_ID"));
}

}  // namespace

std::string Surroundings::file(const std::string& path) const { return read_file(root + path); }

Resource sdk_resource(const Surroundings& surroundings) {
  const std::string name = executable_name(surroundings, executable_path(surroundings));
  return Resource({{"service.name", name.empty() ? "unknown_service" : "unknown_service:" + name},
                   {"telemetry.sdk.name", "weft"},
                   {"telemetry.sdk.language", "cpp"},
                   {"telemetry.sdk.version", version()}});
}

Resource detect_service(const Surroundings&) {
  return of_schema({{"service.instance.id", AttributeValue(random_uuid())}});
}

Resource detect_process(const Surroundings& surroundings) {
  std::vector<Attribute> attributes;
  attributes.push_back({"process.pid", AttributeValue(static_cast<std::int64_t>(getpid()))});
  const std::string path = executable_path(surroundings);
  add(attributes, "process.executable.name", executable_name(surroundings, path));
  add(attributes, "process.executable.path", path);
  return of_schema(attributes);
}

Resource detect_host(const Surroundings& surroundings) {
  std::vector<Attribute> attributes;
  utsname system{};
  if (uname(&system) == 0) {
    add(attributes, "host.name", system.nodename);
    add(attributes, "host.arch", std::string(host_arch(system.machine)));
  }
  std::string id = machine_id(surroundings.file("/etc/machine-id"));
  if (id.empty()) id = machine_id(surroundings.file("/var/lib/dbus/machine-id"));
  add(attributes, "host.id", std::move(id));
  add_operating_system(attributes, surroundings);
  return of_schema(attributes);
}

Resource detect_operating_system(const Surroundings& surroundings) {
  std::vector<Attribute> attributes;
  add_operating_system(attributes, surroundings);
  return of_schema(attributes);
}

Resource process_identity() {
  return Resource({{"service.instance.id", random_uuid()}, {"process.pid", getpid()}});
}

namespace {

// A part that cannot be decoded drops the whole variable (OpenTelemetry Resource SDK), and what is
// no text cannot be decoded.
std::optional<TextPairs> resource_pairs(const Environment& environment) {
  constexpr const char* kVariable = "OTEL_RESOURCE_ATTRIBUTES";
  constexpr const char* kInstead = "none of its attributes is used";
  auto pairs = environment.pairs(kVariable, kInstead);
  const auto is_text = [](const auto& pair) {
    return codec::is_utf8(pair.first) && codec::is_utf8(pair.second);
  };
  if (!pairs || std::all_of(pairs->begin(), pairs->end(), is_text)) return pairs;
  environment.refuse(kVariable, environment.text(kVariable).value_or(""),
                     "is not UTF-8 once it is decoded", kInstead);
  return std::nullopt;
}

}  // namespace

Resource environment_resource(const Environment& environment) {
  std::vector<Attribute> attributes;
  if (const auto pairs = resource_pairs(environment)) {
    for (const auto& [key, value] : *pairs) {
      const bool is_unset = key == "service.name" && value.empty();
      if (!is_unset) attributes.push_back({key, AttributeValue(value)});
    }
  }
  Resource resource(attributes);
  if (const auto name = environment.text("OTEL_SERVICE_NAME")) {
    return resource.merge(Resource({{"service.name", *name}}));
  }
  return resource;
}

std::string random_uuid() {
  Random random;
  random.seed();
  // The version in the top of the seventh byte, the variant in the top of the ninth.
  const std::uint64_t high = (random.next() & ~0xf000ULL) | 0x4000ULL;
  const std::uint64_t low = (random.next() >> 2U) | (1ULL << 63U);
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(36);
  for (unsigned i = 0; i < 32; ++i) {
    if (i == 8 || i == 12 || i == 16 || i == 20) text += '-';
    const std::uint64_t half = i < 16 ? high : low;
    text += kDigits[(half >> (60 - 4 * (i % 16))) & 15U];
  }
  return text;
}

std::string_view host_arch(std::string_view machine) noexcept {
  struct Name {
    std::string_view machine, arch;
  };
  static constexpr std::array kNames = {
      Name{"x86_64", "amd64"}, Name{"aarch64", "arm64"}, Name{"i386", "x86"},
      Name{"i686", "x86"},     Name{"ppc64le", "ppc64"}, Name{"ppc", "ppc32"},
      Name{"armv6l", "arm32"}, Name{"armv7l", "arm32"},  Name{"armv8l", "arm32"},
  };
  for (const Name& name : kNames) {
    if (name.machine == machine) return name.arch;
  }
  return machine;  // ppc64, s390x, riscv64 and the like
}

std::string os_release_value(std::string_view text, std::string_view name) {
  while (!text.empty()) {
    const std::string_view line = trimmed(text.substr(0, text.find('\n')));
    if (line.size() > name.size() && line.starts_with(name) && line[name.size()] == '=') {
      std::string_view value = line.substr(name.size() + 1);
      const bool is_quoted = value.size() >= 2 && value.front() == value.back() &&
                             (value.front() == '"' || value.front() == '\'');
      if (is_quoted) value = value.substr(1, value.size() - 2);
      std::string unescaped;
      for (std::size_t i = 0; i < value.size(); ++i) {
        if (value[i] == '\\' && i + 1 < value.size()) ++i;
        unescaped += value[i];
      }
      return unescaped;
    }
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return {};
}

std::string machine_id(std::string_view text) {
  const std::string_view id = trimmed(text);
  const bool is_hex = std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
  });
  return id.size() == 32 && is_hex ? std::string(id) : std::string();
}

}  // namespace weft::inline v0::detail
