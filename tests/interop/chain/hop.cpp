// SPDX-License-Identifier: Apache-2.0
// One service of a chain of services: says what it made of the request's headers, and calls the
// next one. The propagators are those of OTEL_PROPAGATORS.
//   hop            prints the port that it listens on
//   GET / with the header x-next: URL[,URL…]
#include <weft/httplib.hpp>
#include <weft/weft.hpp>

#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

namespace {

using nlohmann::json;

thread_local std::string parent_of_last;

// Sees the parents of the spans that are recorded.
class Parents final : public weft::SpanProcessor {
 public:
  void on_start(weft::Span&, const weft::Context& parent) override {
    const weft::SpanContext span = weft::span_context(parent);
    parent_of_last = span.is_valid() ? span.span_id().to_hex() : "";
  }
};

json seen_here() {
  const weft::SpanContext span = weft::current_span().context();
  json baggage = json::object();
  for (const auto& entry : weft::baggage::all()) baggage[entry.key] = entry.value;
  return {{"service", "weft"},
          {"trace", span.trace_id().to_hex()},
          {"span", span.span_id().to_hex()},
          {"parent", parent_of_last},
          {"sampled", span.is_sampled()},
          {"state", span.trace_state().to_string()},
          {"baggage", baggage}};
}

json call(const std::string& chain) {
  const std::size_t comma = chain.find(',');
  httplib::Client client(chain.substr(0, comma));
  httplib::Headers headers;
  if (comma != std::string::npos) headers.emplace("x-next", chain.substr(comma + 1));
  weft::inject(headers);
  const auto result = client.Get("/", headers);
  if (!result) return json::array({{{"error", httplib::to_string(result.error())}}});
  return json::parse(result->body);
}

}  // namespace

int main() {
  auto telemetry = weft::init({.service_name = "weft",
                               .exporters = {weft::exporters::in_memory()},
                               .processors = {std::make_shared<Parents>()}});
  weft::httplib::Server server;
  server.Get("/", [](const httplib::Request& request, httplib::Response& response) {
    json report = json::array({seen_here()});
    parent_of_last.clear();
    const std::string chain = request.get_header_value("x-next");
    if (!chain.empty()) {
      for (json& one : call(chain)) report.push_back(std::move(one));
    }
    response.set_content(report.dump(), "application/json");
  });
  const int port = server.bind_to_any_port("127.0.0.1");
  std::printf("%d\n", port);
  std::fflush(stdout);
  return server.listen_after_bind() ? 0 : 1;
}
