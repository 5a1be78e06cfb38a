// SPDX-License-Identifier: Apache-2.0
#include "yaml_reader.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <map>
#include <sstream>
#include <utility>
#include <vector>

#include "scalar.hpp"

namespace weft::inline v0::config {

namespace {

constexpr std::size_t kMostNodes = 100'000;  // aliases multiply them
constexpr std::size_t kDeepest = 64;

int line_of(const YAML::Mark& mark) noexcept { return mark.line + 1; }

std::size_t count_nodes(const Properties& node) {
  std::size_t count = 1;
  const Properties::List* children = node.map() != nullptr ? &node.map()->values : node.list();
  if (children == nullptr) return count;
  for (const Properties& child : *children) count += count_nodes(child);
  return count;
}

/// Builds the tree from the parser's events: that way each node has its line, and neither aliases
/// nor depth can cost more than they are allowed to.
class TreeBuilder final : public YAML::EventHandler {
 public:
  explicit TreeBuilder(const Variables& variables) : variables_(variables) {}
  Properties take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (wants_key()) return take_key(mark, "");
    // The mark is that of what follows; a value that is left out stands with its key.
    const bool has_key = !open_.empty() && open_.back().is_map;
    add({std::monostate(), has_key ? open_.back().key_line : line_of(mark)}, anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (wants_key() || found == anchors_.end()) {
      throw ReadError{line_of(mark), "an alias stands where it means nothing"};
    }
    count(mark, count_nodes(found->second));
    add(found->second, 0);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    if (wants_key()) return take_key(mark, value);
    std::string bad;
    auto text = substituted(value, variables_, bad);
    if (!text) {
      throw ReadError{line_of(mark), "\"" + bad +
                                         "\" is no reference to a variable: write ${NAME}, "
                                         "${NAME:-default}, or $$ for a dollar sign"};
    }
    const bool is_plain = tag.empty() || tag == "?";
    add({is_plain ? typed_scalar(std::move(*text)) : Properties::Value(std::move(*text)),
         line_of(mark)},
        anchor);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    begin(mark, anchor, false);
  }
  void OnSequenceEnd() override { end(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    begin(mark, anchor, true);
  }
  void OnMapEnd() override { end(); }

 private:
  struct Frame {
    int line = 0;
    YAML::anchor_t anchor = 0;
    bool is_map = false;
    int key_line = 0;  // the latest key's
    Properties::List values{};
    std::vector<std::string> keys{};
  };

  bool wants_key() const noexcept {
    return !open_.empty() && open_.back().is_map &&
           open_.back().keys.size() == open_.back().values.size();
  }
  void take_key(const YAML::Mark& mark, const std::string& key) {
    for (const std::string& other : open_.back().keys) {
      if (other == key) throw ReadError{line_of(mark), "the key \"" + key + "\" is there twice"};
    }
    open_.back().keys.push_back(key);
    open_.back().key_line = line_of(mark);
  }
  void count(const YAML::Mark& mark, std::size_t nodes) {
    count_ += nodes;
    if (count_ > kMostNodes) throw ReadError{line_of(mark), "there are more than 100000 nodes"};
  }
  void begin(const YAML::Mark& mark, YAML::anchor_t anchor, bool is_map) {
    if (wants_key()) throw ReadError{line_of(mark), "a key is neither a list nor a map"};
    if (open_.size() >= kDeepest) throw ReadError{line_of(mark), "it nests too deep"};
    count(mark, 1);
    open_.push_back({line_of(mark), anchor, is_map, 0, {}, {}});
  }
  void end() {
    Frame frame = std::move(open_.back());
    open_.pop_back();
    Properties::Value value = std::move(frame.values);
    if (frame.is_map) {
      value = Properties::Map{std::move(frame.keys), std::get<Properties::List>(std::move(value))};
    }
    add({std::move(value), frame.line}, frame.anchor);
  }
  void add(Properties node, YAML::anchor_t anchor) {
    if (anchor != 0) anchors_[anchor] = node;
    if (open_.empty()) {
      root_ = std::move(node);
    } else {
      open_.back().values.push_back(std::move(node));
    }
  }

  const Variables& variables_;
  Properties root_;
  std::vector<Frame> open_;
  std::map<YAML::anchor_t, Properties> anchors_;
  std::size_t count_ = 0;
};

/// Of a document that is not read, its beginning alone.
class Beginning final : public YAML::EventHandler {
 public:
  int line() const noexcept { return line_; }

  void OnDocumentStart(const YAML::Mark& mark) override { line_ = line_of(mark); }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}

 private:
  int line_ = 0;
};

// 0: there is none. What it holds, and whether it is YAML, is nobody's concern.
int line_of_next_document(YAML::Parser& parser) {
  Beginning next;
  try {
    parser.HandleNextDocument(next);
  } catch (const YAML::Exception& exception) {
    return next.line() > 0 ? next.line() : line_of(exception.mark);
  }
  return next.line();
}

}  // namespace

Document read_yaml(std::string_view text, const Variables& variables) {
  TreeBuilder builder(variables);
  int next_line = 0;
  try {
    std::istringstream in{std::string(text)};
    YAML::Parser parser(in);
    parser.HandleNextDocument(builder);
    next_line = line_of_next_document(parser);
  } catch (const YAML::Exception& exception) {
    throw ReadError{line_of(exception.mark), "it is no YAML: " + exception.msg};
  }
  return {builder.take(), next_line};
}

}  // namespace weft::inline v0::config
