// SPDX-License-Identifier: Apache-2.0
// A small OTLP/HTTP receiver that draws each trace in the terminal. It shares no code with the
// library, so it shows what really went over the wire.
#include <httplib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <mutex>
#include <thread>

#include "../command_line.hpp"
#include "received_span.hpp"
#include "trace_store.hpp"
#include "waterfall.hpp"

namespace {

using viewer::Trace;
using viewer::TraceStore;

constexpr std::size_t kMaxBody = 64U << 20U;  // decompressed

/// What the server's threads and the drawing loop share.
struct Inbox {
  explicit Inbox(TraceStore::Settings settings) : store(std::move(settings)) {}
  std::mutex mutex;
  std::condition_variable changed;
  TraceStore store;
  std::ofstream json;
  bool stopping = false;
};

void answer(httplib::Response& response, int status, const std::string& text) {
  response.status = status;
  response.set_content(text, "text/plain");
  std::cerr << "viewer: refused a request: " << text << '\n';
}

void receive(const httplib::Request& request, httplib::Response& response,
             const httplib::ContentReader& read, Inbox& inbox) {
  std::string body;
  const bool complete = read([&](const char* data, std::size_t size) {
    body.append(data, size);
    return body.size() <= kMaxBody;
  });
  if (!complete) return answer(response, 400, "the body did not arrive, or is beyond 64 MiB");
  if (request.get_header_value("Content-Type") != "application/x-protobuf") {
    return answer(response, 415, "the viewer reads application/x-protobuf alone");
  }
  auto spans = viewer::decode_request(body);
  if (!spans) return answer(response, 400, "this is no ExportTraceServiceRequest");
  const std::lock_guard lock(inbox.mutex);
  std::string lines;
  for (const auto& span : *spans) lines += viewer::to_json(span) + "\n";
  if (!inbox.store.add(std::move(*spans), TraceStore::Clock::now())) {
    return answer(response, 429, "too many spans of unfinished traces");
  }
  if (inbox.json.is_open()) inbox.json << lines << std::flush;
  inbox.changed.notify_one();
  response.set_content("", "application/x-protobuf");  // an ExportTraceServiceResponse
}

viewer::Style style_of(const CommandLine& options) {
  viewer::Style style;
  const bool terminal = isatty(STDOUT_FILENO) == 1;
  const char* no_colour = std::getenv("NO_COLOR");
  style.colour =
      (terminal && (no_colour == nullptr || *no_colour == '\0')) || options.given("--colour");
  style.ascii = options.given("--ascii");
  winsize window{};
  if (terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col >= 60) {
    style.width = window.ws_col;
  }
  if (options.given("--width")) {
    style.width = static_cast<std::size_t>(options.number("--width", 60, 1000));
  }
  return style;
}

void draw(const std::vector<Trace>& traces, const viewer::Style& style) {
  for (const Trace& trace : traces) std::cout << viewer::draw_waterfall(trace, style) << '\n';
  std::cout.flush();
}

/// Draws until there were enough traces, the time is over, or a signal came. Returns how many were
/// whole.
int draw_until_done(Inbox& inbox, const CommandLine& options) {
  const viewer::Style style = style_of(options);
  const int wanted = options.number("--traces", 0, 1'000'000);
  const int seconds = options.number("--timeout", 0, 1'000'000);
  const auto deadline = TraceStore::Clock::now() + std::chrono::seconds(seconds);
  int whole = 0;
  std::unique_lock lock(inbox.mutex);
  while (!inbox.stopping && (wanted == 0 || whole < wanted)) {
    const auto now = TraceStore::Clock::now();
    if (seconds > 0 && now >= deadline) break;
    const auto traces = inbox.store.take_whole(now);
    whole += static_cast<int>(traces.size());
    lock.unlock();
    draw(traces, style);
    lock.lock();
    inbox.changed.wait_for(lock, std::chrono::milliseconds(100));
  }
  draw(inbox.store.take_rest(), style);
  return whole;
}

/// SO_REUSEADDR alone: with httplib's own SO_REUSEPORT two programs share a port without a word.
void refuse_shared_port(socket_t sock) {
  const int yes = 1;
  setsockopt(sock, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
}

int listen_on(httplib::Server& server, const CommandLine& options) {
  const int port = options.number("--port", 0, 65535);
  server.set_socket_options(refuse_shared_port);
  if (port != 0 && server.bind_to_port("127.0.0.1", port)) return port;
  const int chosen = port == 0 ? server.bind_to_any_port("127.0.0.1") : -1;
  if (chosen < 0) options.fail_to_listen(port, std::strerror(errno));
  return chosen;
}

CommandLine options_of(int argc, char** argv) {
  CommandLine options("viewer",
                      "Receives traces by OTLP/HTTP (protobuf) and draws each one as a waterfall.",
                      {{"--port", "N", "4318", "where to listen on 127.0.0.1; 0: a free port"},
                       {"--traces", "N", "0", "end after N whole traces; 0: go on"},
                       {"--timeout", "SECONDS", "0", "end after that time; 0: go on"},
                       {"--quiet", "MS", "600", "a trace is whole when nothing came for so long"},
                       {"--outside", "SPANID", "", "a caller's span that will not be sent here"},
                       {"--json", "FILE", "", "write each span into FILE, one JSON line each"},
                       {"--width", "COLUMNS", "", "instead of the terminal's, or 100"},
                       {"--colour", "", "", "colours even where there is no terminal"},
                       {"--ascii", "", "", "draw with ASCII characters alone"}});
  options.parse(argc, argv);
  return options;
}

}  // namespace

int main(int argc, char** argv) {
  const CommandLine options = options_of(argc, argv);
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // every thread inherits it; one waits for them

  TraceStore::Settings settings;
  settings.quiet = std::chrono::milliseconds(options.number("--quiet", 1, 3'600'000));
  settings.quiet_outside = 5 * settings.quiet;
  settings.outside_parent = options.text("--outside");
  Inbox inbox(settings);
  if (options.given("--json")) {
    inbox.json.open(options.text("--json"));
    if (!inbox.json) options.fail("cannot write '" + options.text("--json") + "'");
  }

  httplib::Server server;
  server.set_tcp_nodelay(true);
  server.Post("/v1/traces",
              [&](const httplib::Request& request, httplib::Response& response,
                  const httplib::ContentReader& read) { receive(request, response, read, inbox); });
  const int port = listen_on(server, options);
  std::cerr << "viewer listens on http://127.0.0.1:" << port << std::endl;
  std::thread listener([&] { server.listen_after_bind(); });
  std::thread waiter([&] {
    int signal = 0;
    sigwait(&signals, &signal);
    const std::lock_guard lock(inbox.mutex);
    inbox.stopping = true;
    inbox.changed.notify_one();
  });

  const int whole = draw_until_done(inbox, options);
  server.stop();
  listener.join();
  pthread_kill(waiter.native_handle(), SIGTERM);
  waiter.join();
  const int wanted = options.number("--traces", 0, 1'000'000);
  if (whole >= wanted) return 0;
  std::cerr << "viewer: " << whole << " whole traces instead of " << wanted << '\n';
  return 1;
}
