// SPDX-License-Identifier: Apache-2.0
// The program of somebody who uses weft: the same source for every way of getting it. It needs each
// of the three libraries, and an exception that crosses from one of them.
#include <weft/weft.hpp>

#include <chrono>
#include <cstdio>
#include <map>
#include <string>
#include <string_view>

namespace {

inline const weft::ContextVar<std::string> user{"user"};

int fail(const char* what) {
  std::puts(what);
  return 1;
}

bool lookup_error_is_caught() {
  try {
    (void)user.get();
  } catch (const weft::LookupError&) {
    return true;
  }
  return false;
}

}  // namespace

int main() {
  if (std::string_view{weft::version()} != WEFT_VERSION_STRING) {
    return fail("the headers and the library are not of one version");
  }
  if (!lookup_error_is_caught()) return fail("a variable that is unset has a value");

  auto memory = weft::exporters::in_memory();
  auto telemetry = weft::init({.service_name = "consumer", .exporters = {memory}});
  weft::Tracer tracer{"consumer", "1.0.0"};
  std::map<std::string, std::string> headers;
  {
    auto span = tracer.start("greet", {{"answer", 42}});
    weft::inject(headers);
  }
  if (!headers.contains("traceparent")) return fail("inject wrote no traceparent");
  if (!telemetry.force_flush(std::chrono::seconds{10})) return fail("force_flush failed");
  if (memory->spans().size() != 1) return fail("the span did not arrive");

  std::printf("weft %s\n", weft::version());
  return 0;
}
