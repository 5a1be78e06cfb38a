// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <weft/exporters/console.hpp>

#include "console/styles.hpp"
#include "delivery/delivery_exporter.hpp"
#include "wire/stream_channel.hpp"

// <iostream> would put a static constructor into this library, so the stream is declared as it
// declares it, and made sure of by std::ios_base::Init where they are used (StreamChannel).
namespace std {
extern ostream cout;
}  // namespace std

namespace weft::inline v0::exporters {

namespace {

bool is_set(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0';
}

bool is_coloured(const ConsoleOptions& options, int file) {
  if (options.colour != Colour::automatic) return options.colour == Colour::always;
  const char* terminal = std::getenv("TERM");
  const bool dumb = terminal != nullptr && std::string_view(terminal) == "dumb";
  return file >= 0 && ::isatty(file) == 1 && !is_set("NO_COLOR") && !dumb;
}

class ConsoleProtocol final : public delivery::Protocol {
 public:
  ConsoleProtocol(ConsoleStyle style, bool coloured) : style_(style), palette_(coloured) {}

  std::string_view name() const noexcept override { return "console"; }
  delivery::Encoded encode(std::span<detail::Record* const> records, std::size_t,
                           wire::Buffer& body) override {
    std::vector<SpanData> spans;
    spans.reserve(records.size());
    for (const SpanView span : SpanBatch(records)) spans.push_back(span.data());
    const std::string text = style_ == ConsoleStyle::tree ? console::tree_text(spans, palette_)
                                                          : console::line_text(spans, palette_);
    std::ranges::copy(text, body.reserve(text.size()));
    body.set_size(text.size());
    return {.taken = records.size()};
  }
  delivery::Verdict judge(const wire::Reply& reply,
                          std::chrono::system_clock::time_point) const override {
    return delivery::judge_writing(reply);
  }

 private:
  const ConsoleStyle style_;
  const console::Palette palette_;
};

}  // namespace

// A stream that has failed is not tried again; one that is full keeps its batch as long as any
// exporter does.
ExporterPtr console(ConsoleOptions options) {
  std::ostream* const out = options.out != nullptr ? options.out : &std::cout;
  const bool coloured = is_coloured(options, wire::descriptor_of(*out));
  delivery::DeliverySettings settings;
  settings.peer = "console";
  settings.make_protocol = [=, style = options.style]() -> std::unique_ptr<delivery::Protocol> {
    return std::make_unique<ConsoleProtocol>(style, coloured);
  };
  settings.open_channel = [stream = wire::StreamSettings{out, settings.retry.max_age}](
                              const delivery::DeliverySettings&) -> std::unique_ptr<wire::Channel> {
    return std::make_unique<wire::StreamChannel>(stream);
  };
  settings.retry.enabled = false;
  return std::make_shared<delivery::DeliveryExporter>(std::move(settings), std::vector<Error>());
}

}  // namespace weft::inline v0::exporters
