// SPDX-License-Identifier: Apache-2.0
// Sends spans when it is told to, for tests that play the receiver. Arguments: the exporter
// (http, grpc, zipkin, or a list of these with commas), then any of
//   --server-name NAME   --tls13   --ca-text FILE   --in-flight N   --shutdown MS
// Endpoints, timeouts and files come from OTEL_*. Commands on standard input, each answered by one
// line of JSON: "send SPANS FLUSH_MS" and "shutdown MS". At the end of the input it shuts down.
#include <weft/weft.hpp>

#include <chrono>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <iterator>
#include <mutex>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

struct Arguments {
  std::string exporters;
  weft::exporters::TlsOptions tls;
  int in_flight = 2;
};

std::string content_of(const std::string& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

Arguments parse(int count, char** values) {
  Arguments arguments{values[1], {}, 2};
  for (int i = 2; i < count; ++i) {
    const std::string option = values[i];
    if (option == "--tls13") {
      arguments.tls.min_version = weft::exporters::TlsVersion::v1_3;
    } else if (option == "--server-name") {
      arguments.tls.server_name = values[++i];
    } else if (option == "--ca-text") {
      arguments.tls.ca_pem = content_of(values[++i]);
    } else if (option == "--in-flight") {
      arguments.in_flight = std::stoi(values[++i]);
    }
  }
  return arguments;
}

template <class Options>
Options options_of(const Arguments& arguments) {
  Options options;
  options.tls = arguments.tls;
  options.max_in_flight = arguments.in_flight;
  options.retry.initial_backoff = milliseconds{20};
  options.retry.max_backoff = milliseconds{200};
  return options;
}

std::vector<weft::ExporterPtr> make_exporters(const Arguments& arguments) {
  using namespace weft::exporters;
  std::vector<weft::ExporterPtr> made;
  std::istringstream names(arguments.exporters);
  for (std::string name; std::getline(names, name, ',');) {
    if (name == "http") made.push_back(otlp_http(options_of<OtlpHttpOptions>(arguments)));
    if (name == "grpc") made.push_back(otlp_grpc(options_of<OtlpGrpcOptions>(arguments)));
    if (name == "zipkin") made.push_back(zipkin(options_of<ZipkinOptions>(arguments)));
  }
  return made;
}

class Errors {
 public:
  void add(const weft::Error& error) {
    const std::lock_guard lock(mutex_);
    texts_.push_back(error.what);
  }
  std::vector<std::string> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(texts_, {});
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> texts_;
};

nlohmann::json account(const weft::Stats& stats) {
  return {{"started", stats.started},
          {"exported", stats.exported},
          {"live", stats.live},
          {"rejected", stats.dropped.rejected},
          {"too_large", stats.dropped.too_large},
          {"retry_exhausted", stats.dropped.retry_exhausted},
          {"shutdown", stats.dropped.shutdown},
          {"queue_full", stats.dropped.queue_full}};
}

// The account is exact, and what is counted by state words agrees. An answer may come between two
// readings, so a few are made.
bool is_balanced(const weft::Telemetry& telemetry) {
  for (int attempt = 0; attempt < 100; ++attempt) {
    const weft::Stats stats = telemetry.stats();
    const weft::Audit audit = telemetry.audit();
    const bool exact =
        stats.started == stats.exported + stats.dropped.total() + stats.live + stats.spooled;
    if (exact && stats.live == audit.live && telemetry.stats().live == stats.live) return true;
    std::this_thread::sleep_for(milliseconds{1});
  }
  return false;
}

}  // namespace

int main(int count, char** values) {
  if (count < 2) return 2;
  Errors errors;
  const weft::Tracer tracer{"send_spans"};
  auto telemetry = weft::init({.service_name = "send_spans",
                               .exporters = make_exporters(parse(count, values)),
                               .on_error = [&](const weft::Error& error) { errors.add(error); },
                               .shutdown_timeout = milliseconds{500}});
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string command;
    int first = 0;
    int second = 0;
    words >> command >> first >> second;
    const auto begin = steady_clock::now();
    bool done = false;
    if (command == "send") {
      for (int i = 0; i < first; ++i) auto span = tracer.start("a span", {{"number", i}});
      done = static_cast<bool>(telemetry.force_flush(milliseconds{second}));
    } else {
      done = static_cast<bool>(telemetry.shutdown(milliseconds{first}));
    }
    nlohmann::json answer = account(telemetry.stats());
    answer["balanced"] = is_balanced(telemetry);
    answer["done"] = done;
    answer["ms"] = std::chrono::ceil<milliseconds>(steady_clock::now() - begin).count();
    answer["errors"] = errors.take();
    std::cout << answer.dump() << std::endl;
  }
}
