// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <weft/error.hpp>
#include <weft/exporter.hpp>
#include <weft/options.hpp>
#include <weft/processor.hpp>
#include <weft/sampler.hpp>
#include <weft/version.hpp>

/// Declarative configuration: OpenTelemetry's file, in YAML. A program that links weft::config
/// needs nothing of this header: `init` then reads the file that OTEL_CONFIG_FILE names, in place
/// of every other OTEL_ variable. The header is for those who read a file themselves, or extend it.
namespace weft::inline v0::config {

/// A node of a configuration file, after substitution: nothing, a boolean, a number, text, a list
/// or a map. Types are those of YAML 1.2's core schema; a quoted scalar is text. A plain value.
class WEFT_API Properties {
 public:
  using List = std::vector<Properties>;
  struct Map {
    std::vector<std::string> keys{};  ///< in the file's order
    List values{};                    ///< of the same number
  };
  using Value = std::variant<std::monostate, bool, std::int64_t, double, std::string, List, Map>;

  Properties() = default;
  Properties(Value value, int line) : value_(std::move(value)), line_(line) {}

  const Value& value() const noexcept { return value_; }
  bool is_null() const noexcept { return std::holds_alternative<std::monostate>(value_); }
  const bool* boolean() const noexcept { return std::get_if<bool>(&value_); }
  const std::int64_t* integer() const noexcept { return std::get_if<std::int64_t>(&value_); }
  /// A number of either kind.
  std::optional<double> number() const noexcept;
  const std::string* text() const noexcept { return std::get_if<std::string>(&value_); }
  const List* list() const noexcept { return std::get_if<List>(&value_); }
  const Map* map() const noexcept { return std::get_if<Map>(&value_); }
  /// The value of `key` in a map; null when it is absent, or this is none.
  const Properties* find(std::string_view key) const noexcept;
  /// Where it stands in the file, from 1.
  int line() const noexcept { return line_; }

 private:
  Value value_{};
  int line_ = 0;
};

/// A parsed file. Any thread may read it.
struct Model {
  std::string file{};  ///< its name, for messages
  Properties root{};
};

/// Told what is wrong, each as one line that names file, line, key and remedy.
using ErrorHandler = std::function<void(const Error&)>;

/// Reads a file, or a text that `file` names in messages, and replaces `${NAME}`, `${env:NAME}`,
/// `${NAME:-default}` and `$$` in its scalars. None, and one error, when it is no YAML, has a
/// malformed reference, or is larger than 1 MiB. OpenTelemetry Configuration, "Parse".
WEFT_API std::optional<Model> parse(const std::filesystem::path& file,
                                    const ErrorHandler& on_error = nullptr);
WEFT_API std::optional<Model> parse_text(std::string_view text, std::string file,
                                         const ErrorHandler& on_error = nullptr);

/// The components that a model describes, as options for `init`; what code adds to them wins. What
/// cannot be had is told, and its default is used. OpenTelemetry Configuration, "Create".
WEFT_API Options create(const Model& model, const ErrorHandler& on_error = nullptr);

/// Makes a component from what stands under its name in the file; may return null, or throw, for a
/// configuration that it refuses: told, and the component is left out.
using ExporterProvider = std::function<ExporterPtr(const Properties&)>;
using ProcessorProvider = std::function<ProcessorPtr(const Properties&)>;
using SamplerProvider = std::function<SamplerPtr(const Properties&)>;

/// Makes `name` known to files that are read from now on, for the life of the process; one of that
/// name that was registered before gives way. Any thread. OpenTelemetry Configuration,
/// "Register PluginComponentProvider".
WEFT_API void register_exporter(std::string name, ExporterProvider provider);
WEFT_API void register_processor(std::string name, ProcessorProvider provider);
WEFT_API void register_sampler(std::string name, SamplerProvider provider);

}  // namespace weft::inline v0::config
