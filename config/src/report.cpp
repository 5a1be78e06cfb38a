// SPDX-License-Identifier: Apache-2.0
#include "report.hpp"

#include <algorithm>

#include "tracer/environment.hpp"

namespace weft::inline v0::config {

namespace {

std::string shown(const Properties& node) {
  constexpr std::size_t kLongest = 120;
  if (const std::string* text = node.text()) return text->substr(0, kLongest);
  if (const bool* flag = node.boolean()) return *flag ? "true" : "false";
  if (const std::int64_t* integer = node.integer()) return std::to_string(*integer);
  if (const auto number = node.number()) return std::to_string(*number);
  if (node.list() != nullptr) return "(list)";
  return node.map() != nullptr ? "(map)" : "";
}

}  // namespace

void tell(const ErrorHandler& on_error, std::string_view what) {
  if (!on_error) return;
  on_error({ErrorCode::invalid_environment, detail::one_line(what)});
}

std::string Report::place(int line, std::string_view path) const {
  return file_ + (line > 0 ? ":" + std::to_string(line) : "") + ": " + std::string(path);
}

void Report::refuse(const Properties& node, std::string_view path, std::string_view reason,
                    std::string_view instead) const {
  config::tell(on_error_, place(node.line(), path) + "=\"" + shown(node) + "\" " +
                              std::string(reason) + "; " + std::string(instead));
}

void Report::tell(int line, std::string_view what) const {
  config::tell(on_error_, place(line, what));
}

Section::Section(const Properties* node, std::string path, const Report& report)
    : path_(std::move(path)), report_(report) {
  if (node == nullptr) return;
  line_ = node->line();
  if (node->is_null()) return;
  map_ = node->map();
  if (map_ == nullptr) report_.refuse(*node, path_, "is no map", "it is ignored");
}

const Properties* Section::any(std::string_view key) {
  asked_.push_back(key);
  if (map_ == nullptr) return nullptr;
  const auto found = std::find(map_->keys.begin(), map_->keys.end(), key);
  if (found == map_->keys.end()) return nullptr;
  return &map_->values[static_cast<std::size_t>(found - map_->keys.begin())];
}

const Properties* Section::get(std::string_view key) {
  const Properties* value = any(key);
  return value != nullptr && !value->is_null() ? value : nullptr;
}

const std::string* Section::text(std::string_view key) {
  const Properties* value = get(key);
  if (value == nullptr) return nullptr;
  if (value->text() == nullptr) {
    report_.refuse(*value, path(key), "is no text (write it in quotes)", "it is ignored");
  }
  return value->text();
}

const std::int64_t* Section::integer(std::string_view key, std::string_view instead) {
  const Properties* value = get(key);
  if (value == nullptr) return nullptr;
  if (value->integer() != nullptr && *value->integer() >= 0) return value->integer();
  report_.refuse(*value, path(key), "is no whole number of at least 0", instead);
  return nullptr;
}

const Properties::List* Section::list(std::string_view key) {
  const Properties* value = get(key);
  if (value == nullptr) return nullptr;
  if (value->list() == nullptr) {
    report_.refuse(*value, path(key), "is no list (write each with a dash)", "it is ignored");
  }
  return value->list();
}

std::string Section::only_key() {
  if (map_ == nullptr) return {};
  if (map_->keys.size() != 1) {
    report_.tell(line_, path_ + " names " + std::to_string(map_->keys.size()) +
                            " components where one is meant; it is ignored");
    return {};
  }
  return map_->keys.front();
}

void Section::finish() const {
  if (map_ == nullptr) return;
  for (std::size_t i = 0; i < map_->keys.size(); ++i) {
    const std::string& key = map_->keys[i];
    if (std::find(asked_.begin(), asked_.end(), key) != asked_.end()) continue;
    report_.tell(map_->values[i].line(), path(key) + " is not known here; it is ignored");
  }
}

}  // namespace weft::inline v0::config
