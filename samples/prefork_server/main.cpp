// SPDX-License-Identifier: Apache-2.0
// A pre-forking HTTP server: telemetry is set up once, the listening socket is opened, and then
// workers are forked that accept from it. Each worker goes on with a telemetry of its own, as
// another instance of the service; nothing has to be called for that.
//
//     prefork_server [workers] [requests]      asks itself so many times, then stops
#include <weft/httplib.hpp>
#include <weft/weft.hpp>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

namespace {

constexpr weft::Tracer tracer{"prefork_server"};

int number(int argc, char** argv, int index, int otherwise) {
  const int given = argc > index ? std::atoi(argv[index]) : 0;
  return given > 0 ? given : otherwise;
}

// In the child: serves until SIGTERM.
void serve(weft::httplib::Server& server) {
  sigset_t terminate;
  sigemptyset(&terminate);
  sigaddset(&terminate, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &terminate, nullptr);  // before any thread, so that one waits for it
  std::jthread stopper([&] {
    int signal = 0;
    sigwait(&terminate, &signal);
    server.stop();
  });
  server.listen_after_bind();
}

// One request; the worker that answered, or nothing.
std::string ask(int port) {
  auto span = tracer.start("ask", {{"server.port", port}});
  weft::httplib::Client client("127.0.0.1", port);
  const auto answer = client.Get("/who");
  return answer && answer->status == 200 ? answer->body : "";
}

bool ask_all(int port, int requests) {
  std::set<std::string> workers;
  for (int i = 0; i < requests; ++i) workers.insert(ask(port));
  std::fprintf(stderr, "%d requests, answered by %zu workers\n", requests, workers.size());
  return !workers.contains("") && !workers.contains(std::to_string(getpid()));
}

bool stop(const std::vector<pid_t>& workers) {
  bool clean = true;
  for (const pid_t worker : workers) kill(worker, SIGTERM);
  for (const pid_t worker : workers) {
    int status = 0;
    waitpid(worker, &status, 0);
    clean = clean && WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }
  return clean;
}

}  // namespace

int main(int argc, char** argv) {
  const int worker_count = number(argc, argv, 1, 3);
  const int requests = number(argc, argv, 2, 12);
  auto telemetry = weft::init({.service_name = "prefork"});

  weft::httplib::Server server;
  server.Get("/who", [](const httplib::Request&, httplib::Response& response) {
    auto span = tracer.start("think");
    response.set_content(std::to_string(getpid()), "text/plain");
  });
  const int port = server.bind_to_any_port("127.0.0.1");
  if (port < 0) {
    std::fprintf(stderr, "no free port on 127.0.0.1\n");
    return 1;
  }

  std::vector<pid_t> workers;
  for (int i = 0; i < worker_count; ++i) {
    const pid_t worker = fork();
    if (worker < 0) std::perror("fork");
    if (worker == 0) {
      serve(server);
      return 0;  // `telemetry` goes: the worker's spans are flushed
    }
    workers.push_back(worker);
  }
  const bool answered = ask_all(port, requests);
  const bool clean = stop(workers);
  return answered && clean ? 0 : 1;
}
