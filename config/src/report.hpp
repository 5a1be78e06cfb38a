// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <weft/config.hpp>
#include <weft/version.hpp>

namespace weft::inline v0::config {

/// Every message goes through here: one line, whatever it quotes from the file.
void tell(const ErrorHandler& on_error, std::string_view what);

/// Tells what is wrong with a file: "weft.yaml:12: key=\"value\" reason; instead".
class Report {
 public:
  Report(std::string file, const ErrorHandler& on_error)
      : file_(std::move(file)), on_error_(on_error) {}

  /// "weft.yaml:12: path"; "weft.yaml: path" of what is not there, which has line 0.
  std::string place(int line, std::string_view path) const;
  void refuse(const Properties& node, std::string_view path, std::string_view reason,
              std::string_view instead) const;
  /// The same of what is not there, or has no text.
  void tell(int line, std::string_view what) const;

 private:
  const std::string file_;
  const ErrorHandler& on_error_;
};

/// One map of the file, by its path. What nobody asked for is told by `finish`.
class Section {
 public:
  /// `node` may be null, or no map: told, and as good as empty.
  Section(const Properties* node, std::string path, const Report& report);

  bool is_there() const noexcept { return map_ != nullptr; }
  int line() const noexcept { return line_; }
  const std::string& path() const noexcept { return path_; }
  const Report& report() const noexcept { return report_; }
  std::string path(std::string_view key) const {
    return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
  }

  /// The value of `key`; null when it is absent or nothing.
  const Properties* get(std::string_view key);
  /// Whether the key is there, with a value or without.
  const Properties* any(std::string_view key);
  Section section(std::string_view key) { return {any(key), path(key), report_}; }
  // Typed; null, and told, when it is of another type.
  const std::string* text(std::string_view key);
  const std::int64_t* integer(std::string_view key, std::string_view instead);
  const Properties::List* list(std::string_view key);
  /// The only key of a map that names a component, such as `otlp_http`; empty, and told, otherwise.
  std::string only_key();
  /// Tells the keys that nobody asked for.
  void finish() const;

 private:
  const Properties::Map* map_ = nullptr;
  int line_ = 0;
  const std::string path_;
  const Report& report_;
  std::vector<std::string_view> asked_;
};

}  // namespace weft::inline v0::config
