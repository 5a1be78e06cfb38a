// SPDX-License-Identifier: Apache-2.0
#include "waterfall.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string_view>
#include <tuple>
#include <vector>

#include "text_layout.hpp"

namespace viewer {
namespace {

constexpr std::string_view kReset = "\033[0m";
constexpr std::string_view kDim = "\033[2m";
constexpr std::string_view kBold = "\033[1m";
constexpr std::string_view kRed = "\033[31m";
constexpr std::array<std::string_view, 5> kServiceColours = {"\033[36m", "\033[32m", "\033[33m",
                                                             "\033[35m", "\033[34m"};

/// A span in the order of drawing, with the lines that lead to it.
struct Row {
  const ReceivedSpan* span;
  std::string branch;        // before its name
  std::string continuation;  // before what is said under it
};

class Tree {
 public:
  Tree(const Trace& trace, bool ascii) : ascii_(ascii) {
    std::set<std::string_view> ids;
    for (const auto& span : trace.spans) ids.insert(span.span_id);
    for (const auto& span : trace.spans) {
      const bool top = span.parent_id.empty() || !ids.contains(span.parent_id);
      children_[top ? std::string_view() : std::string_view(span.parent_id)].push_back(&span);
    }
    for (auto& [parent, spans] : children_) {
      std::sort(spans.begin(), spans.end(), [](const auto* a, const auto* b) {
        return std::tie(a->start_ns, a->span_id) < std::tie(b->start_ns, b->span_id);
      });
    }
    for (const auto* span : children_[{}]) add(*span, "", "");
    for (const auto& span : trace.spans) add(span, "", "");  // each other's parents: no top
  }

  const std::vector<Row>& rows() const { return rows_; }

 private:
  void add(const ReceivedSpan& span, const std::string& branch, const std::string& indent) {
    if (!drawn_.insert(&span).second) return;
    const auto it = children_.find(span.span_id);
    const bool leaf = it == children_.end() || span.span_id.empty();
    rows_.push_back({&span, branch, indent + (leaf ? "  " : ascii_ ? "| " : "│ ")});
    if (leaf) return;
    for (const auto* child : it->second) {
      const bool last = child == it->second.back();
      const std::string_view corner = last ? (ascii_ ? "`-" : "└─") : (ascii_ ? "|-" : "├─");
      const std::string_view line = last ? "  " : (ascii_ ? "| " : "│ ");
      add(*child, indent + std::string(corner), indent + std::string(line));
    }
  }

  bool ascii_;
  std::map<std::string_view, std::vector<const ReceivedSpan*>> children_;
  std::set<const ReceivedSpan*> drawn_;
  std::vector<Row> rows_;
};

/// Why it failed, in the most telling words that it has.
std::string reason(const ReceivedSpan& span) {
  for (const auto& event : span.events) {
    if (event.name != "exception") continue;
    const std::string type(find(event.attributes, "exception.type"));
    const std::string message(find(event.attributes, "exception.message"));
    return type + (type.empty() || message.empty() ? "" : ": ") + message;
  }
  if (!span.status_message.empty()) return span.status_message;
  return std::string(span.attribute("error.type"));
}

/// "502" stands behind the name; a sentence gets a line of its own.
bool is_code(std::string_view text) {
  return !text.empty() && text.size() <= 5 && text.find(' ') == std::string_view::npos;
}

/// What marks a failed span, behind its name.
std::string mark(const ReceivedSpan& span, bool ascii) {
  if (span.unfinished()) return ascii ? " ! unfinished" : " ✗ unfinished";
  if (!span.failed()) return {};
  const std::string why = reason(span);
  return (ascii ? " !" : " ✗") + (is_code(why) ? " " + printable(why) : std::string());
}

/// An HTTP client span is called by its method alone: "GET → /stock/kettle" says more.
std::string title(const ReceivedSpan& span, bool ascii) {
  const std::string_view url = span.attribute("url.full");
  const auto scheme = url.find("://");
  if (span.kind_name() != "client" || scheme == std::string_view::npos) return printable(span.name);
  const auto path = url.find('/', scheme + 3);
  return printable(span.name) + (ascii ? " > " : " → ") +
         printable(path == std::string_view::npos ? "/" : url.substr(path));
}

class Picture {
 public:
  Picture(const Trace& trace, const Style& style)
      : trace_(trace), style_(style), tree_(trace, style.ascii) {
    for (const auto& span : trace.spans) {
      begin_ = std::min(begin_, span.start_ns);
      end_ = std::max(end_, span.end_ns);
      services_.insert(span.service);
      failed_ += span.failed() ? 1 : 0;
      unfinished_ += span.unfinished() ? 1 : 0;
      service_width_ = std::max(service_width_, columns(span.service));
    }
    service_width_ = std::min<std::size_t>(service_width_, 14);
    const std::size_t fixed = service_width_ + 1 + 2 * kTimeWidth + 2;
    const std::size_t free = style.width > fixed + 24 ? style.width - fixed : 24;
    bar_width_ = std::max<std::size_t>(12, free * 2 / 5);
    name_width_ = std::max<std::size_t>(12, free - bar_width_);
    std::size_t needed = 0;
    for (const auto& row : tree_.rows()) {
      needed = std::max(needed, columns(row.branch) + columns(title(*row.span, style.ascii)) +
                                    columns(mark(*row.span, style.ascii)) + 1);
    }
    if (needed < name_width_) {
      bar_width_ += name_width_ - needed;
      name_width_ = needed;
    }
  }

  std::string draw() {
    head();
    for (const auto& row : tree_.rows()) line(row);
    return std::move(out_);
  }

 private:
  static constexpr std::size_t kTimeWidth = 9;

  std::string paint(std::string_view colour, std::string_view text) const {
    if (!style_.colour || colour.empty() || text.empty()) return std::string(text);
    return std::string(colour) + std::string(text) + std::string(kReset);
  }

  std::string_view service_colour(const std::string& service) const {
    const auto place = std::distance(services_.begin(), services_.find(service));
    return kServiceColours[static_cast<std::size_t>(place) % kServiceColours.size()];
  }

  static std::string counted(std::size_t count, std::string_view what) {
    return std::to_string(count) + " " + std::string(what) + (count == 1 ? "" : "s");
  }

  void head() {
    const std::string dot = style_.ascii ? " - " : " · ";
    const std::size_t rule = style_.width > 39 ? style_.width - 39 : 3;
    std::string dashes;
    for (std::size_t i = 0; i < rule; ++i) dashes += style_.ascii ? "-" : "─";
    out_ += paint(kBold, "trace " + trace_.id) + " " + paint(kDim, dashes) + "\n";
    std::string facts = counted(trace_.spans.size(), "span") + dot +
                        counted(services_.size(), "service") + dot +
                        duration_text(end_ - begin_, style_.ascii);
    if (failed_ > 0) facts += dot + paint(kRed, std::to_string(failed_) + " failed");
    if (unfinished_ > 0) facts += dot + paint(kRed, std::to_string(unfinished_) + " unfinished");
    const std::size_t orphans = trace_.orphans();
    if (trace_.roots() == 0 && orphans == 1) {
      facts += dot + "begun outside by span " + tree_.rows().front().span->parent_id;
    } else if (orphans > 0) {
      const std::string what = orphans == 1
                                   ? "the parent of 1 span is missing"
                                   : "the parents of " + counted(orphans, "span") + " are missing";
      facts += dot + paint(kRed, "incomplete: " + what);
    }
    out_ += facts + "\n";
    const std::string total = duration_text(end_ - begin_, style_.ascii);
    const std::size_t left = service_width_ + 1 + name_width_;
    out_ += paint(kDim, fit("", left, style_.ascii) + fit_right("after", kTimeWidth) +
                            fit_right("took", kTimeWidth) + "  0" +
                            fit_right(total, bar_width_ > 1 ? bar_width_ - 1 : 0)) +
            "\n";
  }

  void line(const Row& row) {
    const ReceivedSpan& span = *row.span;
    const std::string marked = mark(span, style_.ascii);
    const std::size_t room = name_width_ - std::min(name_width_, columns(row.branch));
    const std::size_t name_room = room - std::min(room, columns(marked));
    const std::string whole_name = title(span, style_.ascii);
    const std::string name =
        fit(whole_name, std::min(name_room, columns(whole_name)), style_.ascii);
    const std::string label = name + marked;
    out_ += paint(service_colour(span.service),
                  fit(printable(span.service), service_width_, style_.ascii)) +
            " " + paint(kDim, row.branch) + (span.failed() ? paint(kRed, label) : label) +
            std::string(room - std::min(room, columns(label)), ' ');
    out_ +=
        paint(kDim, fit_right(duration_text(span.start_ns - begin_, style_.ascii), kTimeWidth)) +
        fit_right(duration_text(length(span), style_.ascii), kTimeWidth) + "  " + bar(span) + "\n";
    if (span.failed()) explain(row);
  }

  void explain(const Row& row) {
    const std::string why = printable(reason(*row.span));
    if (why.empty() || is_code(why)) return;
    const std::string under = row.continuation + (style_.ascii ? "` " : "╰ ");
    const std::size_t taken = service_width_ + 1 + columns(under);
    const std::size_t room = style_.width - std::min(style_.width, taken);
    out_ += std::string(service_width_ + 1, ' ') + paint(kDim, under) +
            paint(kRed, fit(why, std::min(room, columns(why)), style_.ascii)) + "\n";
  }

  static std::uint64_t length(const ReceivedSpan& span) {
    return span.end_ns > span.start_ns ? span.end_ns - span.start_ns : 0;
  }

  /// In half columns, so that short spans still differ in where they are.
  std::string bar(const ReceivedSpan& span) const {
    const double total = std::max(1.0, static_cast<double>(end_ - begin_));
    const auto halves = static_cast<double>(2 * bar_width_);
    const auto place = [&](std::uint64_t time) {
      return static_cast<std::size_t>(static_cast<double>(time - begin_) / total * halves);
    };
    std::size_t from = std::min(place(span.start_ns), 2 * bar_width_ - 1);
    const std::size_t to =
        std::clamp(place(span.start_ns + length(span)), from + 1, 2 * bar_width_);
    std::string text(from / 2, ' ');
    std::string blocks;
    while (from < to) {
      const bool whole = from % 2 == 0 && from + 2 <= to;
      if (style_.ascii) {
        blocks += whole ? "#" : "=";
      } else {
        blocks += whole ? "█" : (from % 2 == 0 ? "▌" : "▐");
      }
      from += whole ? 2 : 1;
    }
    return text + paint(span.failed() ? kRed : service_colour(span.service), blocks);
  }

  const Trace& trace_;
  const Style& style_;
  Tree tree_;
  std::set<std::string> services_;
  std::uint64_t begin_ = UINT64_MAX;
  std::uint64_t end_ = 0;
  std::size_t failed_ = 0;
  std::size_t unfinished_ = 0;
  std::size_t service_width_ = 7;
  std::size_t name_width_ = 0;
  std::size_t bar_width_ = 0;
  std::string out_;
};

}  // namespace

std::string draw_waterfall(const Trace& trace, const Style& style) {
  return trace.spans.empty() ? std::string() : Picture(trace, style).draw();
}

}  // namespace viewer
