// SPDX-License-Identifier: Apache-2.0
#include "console/styles.hpp"

#include "console/text.hpp"
#include "console/trace_tree.hpp"

namespace weft::inline v0::console {

namespace {

void append_column(std::string& line, const std::string& text) {
  if (!text.empty()) line += "  " + text;
}

std::string offset(std::chrono::system_clock::time_point time,
                   std::chrono::system_clock::time_point begin) {
  return "+" + shown_duration(time - begin);
}

std::string service_of(const SpanData& span) {
  const AttributeValue* name = span.resource.find("service.name");
  return name == nullptr ? ""
                         : shown(std::get_if<std::string>(&name->variant()) != nullptr
                                     ? std::get<std::string>(name->variant())
                                     : shown_value(*name));
}

std::string header_line(const TraceTree& tree, const Palette& palette) {
  const SpanData& first = *tree.branches.front().span;
  std::string line = palette.title("trace " + first.context.trace_id().to_hex());
  append_column(line, service_of(first));
  const std::size_t count = tree.branches.size();
  append_column(line, std::to_string(count) + (count == 1 ? " span" : " spans"));
  append_column(line, palette.time(shown_duration(tree.end - tree.begin)));
  return line + "\n";
}

std::string span_line(const Branch& branch, const TraceTree& tree, const Palette& palette) {
  const SpanData& span = *branch.span;
  std::string line = palette.faint(branch.stem) + shown(span.name);
  append_column(line, palette.kind(kind_name(span.kind)));
  if (span.start_time != tree.begin) append_column(line, offset(span.start_time, tree.begin));
  append_column(line, palette.time(shown_duration(span.end_time - span.start_time)));
  append_column(line, status_text(span.status, palette));
  if (branch.orphan) {
    append_column(line, palette.faint("(its parent " + span.parent.span_id().to_hex() +
                                      " is not in this batch)"));
  }
  return line + "\n";
}

std::string dropped_text(const SpanData& span) {
  std::string text;
  const auto add = [&](std::uint32_t count, std::string_view what) {
    if (count > 0) text += " " + std::to_string(count) + " " + std::string(what);
  };
  add(span.dropped_attributes_count, "attributes");
  add(span.dropped_events_count, "events");
  add(span.dropped_links_count, "links");
  return text.empty() ? text : " dropped by limits:" + text;
}

// What a span has beside its line; each entry begins with a space.
std::vector<std::string> details(const SpanData& span) {
  std::vector<std::string> lines;
  if (!span.attributes.empty()) lines.push_back(shown_attributes(span.attributes));
  for (const Event& event : span.events) {
    lines.push_back(" • " + shown(event.name) + "  " + offset(event.time, span.start_time) + " " +
                    shown_attributes(event.attributes));
  }
  for (const Link& link : span.links) {
    lines.push_back(" → " + link.context.trace_id().to_hex() + " " +
                    link.context.span_id().to_hex() + shown_attributes(link.attributes));
  }
  if (std::string dropped = dropped_text(span); !dropped.empty()) {
    lines.push_back(std::move(dropped));
  }
  return lines;
}

std::string without_trailing_spaces(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

}  // namespace

std::string_view kind_name(SpanKind kind) noexcept {
  switch (kind) {
    case SpanKind::server:
      return "server";
    case SpanKind::client:
      return "client";
    case SpanKind::producer:
      return "producer";
    case SpanKind::consumer:
      return "consumer";
    case SpanKind::internal:
      break;
  }
  return "";
}

std::string status_text(const Status& status, const Palette& palette) {
  if (status.code == StatusCode::unset) return "";
  if (status.code == StatusCode::ok) return "OK";
  const std::string description = shown(status.description);
  return palette.trouble(description.empty() ? "ERROR" : "ERROR " + description);
}

std::string tree_text(const std::vector<SpanData>& spans, const Palette& palette) {
  std::string text;
  for (const TraceTree& tree : make_trees(spans)) {
    text += header_line(tree, palette);
    for (const Branch& branch : tree.branches) {
      text += span_line(branch, tree, palette);
      for (const std::string& detail : details(*branch.span)) {
        // The space that a detail begins with is the one that sets it apart.
        text += palette.faint(without_trailing_spaces(branch.prefix + detail.substr(1))) + "\n";
      }
    }
  }
  return text;
}

std::string line_text(const std::vector<SpanData>& spans, const Palette& palette) {
  std::string text;
  for (const SpanData& span : spans) {
    text += shown_time(span.start_time) + " " + span.context.trace_id().to_hex() + " " +
            span.context.span_id().to_hex() + " " + palette.title(shown(span.name));
    append_column(text, palette.kind(kind_name(span.kind)));
    append_column(text, palette.time(shown_duration(span.end_time - span.start_time)));
    append_column(text, status_text(span.status, palette));
    for (const std::string& detail : details(span)) {
      text += palette.faint(" " + without_trailing_spaces(detail));
    }
    text += "\n";
  }
  return text;
}

}  // namespace weft::inline v0::console
