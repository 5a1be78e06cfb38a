// SPDX-License-Identifier: Apache-2.0
#include <dlfcn.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netdb.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <ostream>
#include <string>
#include <thread>

#include <weft/weft.hpp>

#include "exporters/scripted_server.hpp"
#include "support/account.hpp"

// Whatever the peer does: shutdown comes back in time, and a healthy exporter does not notice.

namespace {

std::atomic<int> hanging{0};

}  // namespace

// Stands before the C library's: a name that ends so is never resolved.
extern "C" int getaddrinfo(const char* name, const char* service, const addrinfo* hints,
                           addrinfo** result) {
  using Function = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
  static const auto real = reinterpret_cast<Function>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  if (name != nullptr && std::strcmp(name, "hangs.example") == 0) {
    hanging.fetch_add(1);
    std::this_thread::sleep_for(std::chrono::seconds{30});
  }
  return real(name, service, hints, result);
}

namespace weft::testing {

namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

enum class Peer : std::uint8_t {
  black_hole,
  drip,
  stalled_handshake,
  endless_resolution,
  refused,
  unanswered_http2,
  drip_http2,
};

// HTTP/2: an empty SETTINGS, and a frame of 16 KiB and of a type that is to be ignored.
const std::string kEndlessFrame("\0\0\0\4\0\0\0\0\0\0\x40\0\xfa\0\0\0\0\0\0", 19);

struct Case {
  const char* name;
  Peer peer;
  const char* exporter;
};
std::ostream& operator<<(std::ostream& out, const Case& one) { return out << one.name; }

class Exit : public ::testing::TestWithParam<Case> {
 protected:
  std::string url() {
    const std::string port = std::to_string(server.port());
    switch (GetParam().peer) {
      case Peer::black_hole:
      case Peer::unanswered_http2:
        server.then({.then = Answer::Then::hang});
        return "http://127.0.0.1:" + port + "/v1/traces";
      case Peer::drip:
        server.then({.then = Answer::Then::drip});
        return "http://127.0.0.1:" + port + "/v1/traces";
      case Peer::drip_http2:
        server.then({.body = kEndlessFrame, .then = Answer::Then::drip});
        return "http://127.0.0.1:" + port + "/";
      case Peer::stalled_handshake:
        return "https://127.0.0.1:" + port + "/v1/traces";
      case Peer::endless_resolution:
        return "http://hangs.example:4318/v1/traces";
      case Peer::refused:
        return "http://127.0.0.1:" + std::to_string(ScriptedServer::free_port()) + "/";
    }
    return {};
  }
  ExporterPtr exporter() {
    const std::string name = GetParam().exporter;
    if (name == "grpc") return exporters::otlp_grpc({.endpoint = url()});
    if (name == "json") {
      return exporters::otlp_http({.endpoint = url(), .encoding = exporters::Encoding::json});
    }
    if (name == "zipkin") return exporters::zipkin({.endpoint = url()});
    return exporters::otlp_http({.endpoint = url()});
  }

  ScriptedServer server;
  const Tracer tracer{"exit"};
};

}  // namespace

TEST_P(Exit, IsWithinItsDeadlineAndAHalfSecond) {
  const auto begin = steady_clock::now();
  steady_clock::time_point asked;
  {
    auto telemetry = init({.exporters = {exporter()}, .on_error = [](const Error&) {}});
    {
      auto span = tracer.start("unsent");
    }
    telemetry.force_flush(150ms);  // it is on its way, or waits for its next try
    asked = steady_clock::now();
    telemetry.shutdown(300ms);
    EXPECT_LT(steady_clock::now() - asked, 800ms);
    const Stats stats = telemetry.stats();
    EXPECT_EQ(stats.dropped.shutdown, 1U);
    expect_exact_account(telemetry);
  }
  // Telemetry, exporter and connections are gone as well.
  EXPECT_LT(steady_clock::now() - asked, 1s);
  EXPECT_LT(steady_clock::now() - begin, 5s);
}

TEST_P(Exit, OfADestructorIsWithinTheConfiguredTime) {
  auto begin = steady_clock::now();
  {
    auto telemetry = init(
        {.exporters = {exporter()}, .on_error = [](const Error&) {}, .shutdown_timeout = 200ms});
    {
      auto span = tracer.start("unsent");
    }
    begin = steady_clock::now();
  }
  EXPECT_LT(steady_clock::now() - begin, 700ms);
}

TEST_P(Exit, WithoutAThreadOfOursIsInTimeOnTheCallersThread) {
  auto begin = steady_clock::now();
  {
    auto telemetry = init({.exporters = {exporter()},
                           .batch = {.worker = {.none = true}},
                           .on_error = [](const Error&) {}});
    {
      auto span = tracer.start("unsent");
    }
    telemetry.force_flush(50ms);
    begin = steady_clock::now();
    telemetry.shutdown(200ms);
    EXPECT_EQ(telemetry.stats().dropped.shutdown, 1U);
    expect_exact_account(telemetry);
  }
  EXPECT_LT(steady_clock::now() - begin, 700ms);
}

TEST_P(Exit, OfOneExporterIsNothingToAnother) {
  ScriptedServer healthy;
  auto telemetry =
      init({.exporters = {exporter(), exporters::otlp_http({.endpoint = healthy.url()})},
            .batch = {.schedule_delay = 10ms},
            .on_error = [](const Error&) {}});
  for (std::size_t i = 1; i <= 5; ++i) {
    {
      auto span = tracer.start("for two");
    }
    ASSERT_TRUE(healthy.wait_for(i, 2s)) << i;
  }
  const auto begin = steady_clock::now();
  while (telemetry.stats().exported < 5 && steady_clock::now() - begin < 5s) {
    std::this_thread::sleep_for(1ms);
  }
  EXPECT_EQ(telemetry.stats().exported, 5U);
  expect_exact_account(telemetry);
  telemetry.shutdown(100ms);
  expect_exact_account(telemetry);
}

INSTANTIATE_TEST_SUITE_P(
    WithAPeer, Exit,
    ::testing::Values(Case{"HttpBlackHole", Peer::black_hole, "http"},
                      Case{"HttpSlowDrip", Peer::drip, "http"},
                      Case{"JsonSlowDrip", Peer::drip, "json"},
                      Case{"GrpcSlowDrip", Peer::drip_http2, "grpc"},
                      Case{"ZipkinSlowDrip", Peer::drip, "zipkin"},
                      Case{"HttpStalledHandshake", Peer::stalled_handshake, "http"},
                      Case{"HttpNameThatHangs", Peer::endless_resolution, "http"},
                      Case{"HttpRefused", Peer::refused, "http"},
                      Case{"GrpcBlackHole", Peer::unanswered_http2, "grpc"},
                      Case{"GrpcStalledHandshake", Peer::stalled_handshake, "grpc"},
                      Case{"GrpcNameThatHangs", Peer::endless_resolution, "grpc"},
                      Case{"GrpcRefused", Peer::refused, "grpc"},
                      Case{"ZipkinBlackHole", Peer::black_hole, "zipkin"}),
    [](const auto& one) { return std::string(one.param.name); });

// With a thread of ours, and on the caller's: a pipe that nobody reads holds up neither.
class ExitWithAPipe : public ::testing::TestWithParam<bool> {
 protected:
  ~ExitWithAPipe() override { ::unlink(path.c_str()); }

  void expect_in_time(const ExporterPtr& exporter) {
    const auto begin = steady_clock::now();
    {
      auto telemetry = init({.exporters = {exporter},
                             .batch = {.worker = {.none = GetParam()}},
                             .on_error = [](const Error&) {}});
      {
        auto span = Tracer{"exit"}.start("unsent");
      }
      telemetry.run_once(0ms);
      telemetry.force_flush(100ms);
      telemetry.shutdown(200ms);
      EXPECT_EQ(telemetry.stats().dropped.shutdown, 1U);
      expect_exact_account(telemetry);
    }
    EXPECT_LT(steady_clock::now() - begin, 800ms);
  }

  const std::string path = ::testing::TempDir() + "weft_pipe_" + std::to_string(::getpid());
};

/// While it lives, standard output is a pipe that is full.
class FullOutput {
 public:
  FullOutput() {
    std::fflush(stdout);
    EXPECT_EQ(::pipe2(ends_, O_CLOEXEC | O_NONBLOCK), 0);
    const std::string dots(4096, '.');
    while (::write(ends_[1], dots.data(), dots.size()) > 0) {
    }
    ::fcntl(ends_[1], F_SETFL, 0);
    ::dup2(ends_[1], STDOUT_FILENO);
  }
  ~FullOutput() {
    ::dup2(before_, STDOUT_FILENO);
    for (const int one : {before_, ends_[0], ends_[1]}) ::close(one);
  }

 private:
  const int before_ = ::dup(STDOUT_FILENO);
  int ends_[2]{};
};

TEST_P(ExitWithAPipe, ThatHasNoReaderIsInTime) {
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  expect_in_time(exporters::otlp_file({.path = path}));
}

TEST_P(ExitWithAPipe, ThatIsTheConsolesAndFullIsInTime) {
  const FullOutput full;
  expect_in_time(exporters::console());
}

TEST_P(ExitWithAPipe, ThatIsStandardOutputAndFullIsInTime) {
  const FullOutput full;
  expect_in_time(exporters::otlp_file());
}

INSTANTIATE_TEST_SUITE_P(Of, ExitWithAPipe, ::testing::Bool(), [](const auto& one) {
  return one.param ? "TheCallersThread" : "AThreadOfOurs";
});

TEST(ExitItself, IsTestedWithANameThatDoesHang) {
  auto telemetry = init({.exporters = {exporters::otlp_http({.endpoint = "http://hangs.example/"})},
                         .on_error = [](const Error&) {}});
  {
    auto span = Tracer{"exit"}.start("unsent");
  }
  telemetry.force_flush(200ms);
  EXPECT_EQ(hanging.load(), 1);
  telemetry.shutdown(50ms);
}

}  // namespace weft::testing
