// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include <weft/exporters/console.hpp>

#include "console/styles.hpp"

// <iostream> would put a static constructor into this library, so the streams are declared as it
// declares them, and made sure of by std::ios_base::Init where they are used.
namespace std {
extern ostream cout;
extern ostream cerr;
extern ostream clog;
}  // namespace std

namespace weft::inline v0::exporters {

namespace {

bool is_set(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0';
}

bool is_terminal(const std::ostream* out) {
  if (out == &std::cout) return ::isatty(STDOUT_FILENO) == 1;
  if (out == &std::cerr || out == &std::clog) return ::isatty(STDERR_FILENO) == 1;
  return false;
}

bool is_coloured(const ConsoleOptions& options, const std::ostream* out) {
  if (options.colour != Colour::automatic) return options.colour == Colour::always;
  const char* terminal = std::getenv("TERM");
  const bool dumb = terminal != nullptr && std::string_view(terminal) == "dumb";
  return is_terminal(out) && !is_set("NO_COLOR") && !dumb;
}

}  // namespace

// Not in the unnamed namespace: `Stats::exporters` shows the name.
class ConsoleExporter final : public SpanExporter {
 public:
  explicit ConsoleExporter(const ConsoleOptions& options)
      : out_(options.out != nullptr ? *options.out : std::cout),
        palette_(is_coloured(options, &out_)),
        style_(options.style) {}

  ExportResult export_spans(const SpanBatch& batch) override {
    std::vector<SpanData> spans;
    spans.reserve(batch.size());
    for (const SpanView span : batch) spans.push_back(span.data());
    const std::string text = style_ == ConsoleStyle::tree ? console::tree_text(spans, palette_)
                                                          : console::line_text(spans, palette_);
    const std::ios_base::Init streams;
    out_ << text << std::flush;
    return out_.good() ? ExportResult::success : ExportResult::failure;
  }

 private:
  std::ostream& out_;
  const console::Palette palette_;
  const ConsoleStyle style_;
};

ExporterPtr console(ConsoleOptions options) { return std::make_shared<ConsoleExporter>(options); }

}  // namespace weft::inline v0::exporters
