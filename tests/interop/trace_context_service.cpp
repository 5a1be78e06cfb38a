// SPDX-License-Identifier: Apache-2.0
// What the W3C's trace-context suite drives: a service that posts to each address which it is told,
// in its caller's trace. Nothing here knows a header of that specification.
//   trace_context_service      prints the port that it listens on
//   POST /test with [{"url": …, "arguments": …}, …]
#include <weft/httplib.hpp>
#include <weft/weft.hpp>

#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>

namespace {

using nlohmann::json;

void call(const json& action) {
  const std::string url = action.at("url").get<std::string>();
  const std::size_t path = url.find('/', url.find("://") + 3);
  weft::httplib::Client client(url.substr(0, path));
  const auto result =
      client.Post(url.substr(path), action.at("arguments").dump(), "application/json");
  if (!result) {
    std::fprintf(stderr, "%s: %s\n", url.c_str(), httplib::to_string(result.error()).c_str());
  }
}

}  // namespace

int main() {
  auto telemetry = weft::init(
      {.service_name = "trace-context-suite", .exporters = {weft::exporters::in_memory()}});
  weft::httplib::Server server;
  server.Post("/test", [](const httplib::Request& request, httplib::Response& response) {
    for (const json& action : json::parse(request.body)) call(action);
    response.set_content("{}", "application/json");
  });
  const int port = server.bind_to_any_port("127.0.0.1");
  std::printf("%d\n", port);
  std::fflush(stdout);
  return server.listen_after_bind() ? 0 : 1;
}
