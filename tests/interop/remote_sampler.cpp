// SPDX-License-Identifier: Apache-2.0
// Shows what samplers::jaeger_remote does, for remote_sampling.py. Arguments: the endpoint, the
// service, and for TLS files: the authority, the client's certificate and its key. For each line of
// input, a span name, it starts a root and answers "1" or "0", a tab, and `sampler.type`.
#include <weft/weft.hpp>

#include <iostream>
#include <memory>
#include <string>
#include <utility>

namespace {

class Noting final : public weft::SpanProcessor {
 public:
  void on_end(const weft::SpanView& span) override {
    const auto found = span.find("sampler.type");
    if (found) type = std::get<std::string>(*found);
  }
  std::string type;
};

}  // namespace

int main(int count, char** arguments) {
  if (count < 3) return 2;
  const auto file = [&](int number) { return count > number ? arguments[number] : ""; };
  const auto noting = std::make_shared<Noting>();
  const auto telemetry = weft::init(
      {.service_name = arguments[2],
       .sampler = weft::samplers::jaeger_remote(
           {.endpoint = arguments[1],
            .polling_interval = std::chrono::milliseconds(50),
            .initial_sampler = weft::samplers::always_off(),
            .tls = {.ca_file = file(3), .certificate_file = file(4), .key_file = file(5)}}),
       .exporters = {weft::exporters::in_memory()},
       .processors = {noting}});
  constexpr weft::Tracer kTracer{"remote_sampler"};
  for (std::string name; std::getline(std::cin, name);) {
    noting->type.clear();
    bool is_sampled = false;
    {
      const auto span = kTracer.start(name);
      is_sampled = span.context().is_sampled();
    }
    std::cout << (is_sampled ? "1" : "0") << '\t' << noting->type << std::endl;
  }
}
