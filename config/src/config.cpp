// SPDX-License-Identifier: Apache-2.0
#include <weft/config.hpp>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "create.hpp"
#include "report.hpp"
#include "yaml_reader.hpp"

namespace weft::inline v0 {

namespace config {

namespace {

constexpr std::size_t kLargestFile = std::size_t{1} << 20U;

std::optional<std::string> process_variable(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr) return std::nullopt;
  return std::string(value);
}

// What a user's handler throws stops nothing.
ErrorHandler guarded(const ErrorHandler& on_error) {
  return [&on_error](const Error& error) {
    try {
      if (on_error) on_error(error);
    } catch (...) {
    }
  };
}

std::optional<Model> parse_with(std::string_view text, std::string file, const Variables& variables,
                                const ErrorHandler& on_error) {
  const std::string name = std::filesystem::path(file).filename();
  if (text.size() > kLargestFile) {
    tell(on_error, name + " is larger than 1 MiB; it is not used");
    return std::nullopt;
  }
  try {
    Document document = read_yaml(text, variables);
    if (document.next_line > 0) {
      tell(on_error, name + ":" + std::to_string(document.next_line) +
                         ": a second document begins here; it is ignored (a file has one)");
    }
    return Model{std::move(file), std::move(document.root)};
  } catch (const ReadError& error) {
    tell(on_error,
         name + ":" + std::to_string(error.line) + ": " + error.what + "; the file is not used");
  } catch (const std::exception& exception) {
    tell(on_error, name + " cannot be read (" + exception.what() + "); it is not used");
  }
  return std::nullopt;
}

std::optional<std::string> text_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in || std::filesystem::is_directory(file)) return std::nullopt;
  std::string text(kLargestFile + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

std::optional<Model> parse_file(const std::filesystem::path& file, const Variables& variables,
                                const ErrorHandler& on_error) {
  const auto text = text_of(file);
  if (text) return parse_with(*text, file.string(), variables, on_error);
  tell(on_error, "OTEL_CONFIG_FILE=\"" + file.string() + "\" cannot be read; it is not used");
  return std::nullopt;
}

}  // namespace

std::optional<double> Properties::number() const noexcept {
  if (const auto* real = std::get_if<double>(&value_)) return *real;
  if (const auto* whole = integer()) return static_cast<double>(*whole);
  return std::nullopt;
}

const Properties* Properties::find(std::string_view key) const noexcept {
  if (map() == nullptr) return nullptr;
  for (std::size_t i = 0; i < map()->keys.size(); ++i) {
    if (map()->keys[i] == key) return &map()->values[i];
  }
  return nullptr;
}

std::optional<Model> parse(const std::filesystem::path& file, const ErrorHandler& on_error) {
  return parse_file(file, process_variable, guarded(on_error));
}

std::optional<Model> parse_text(std::string_view text, std::string file,
                                const ErrorHandler& on_error) {
  return parse_with(text, std::move(file), process_variable, guarded(on_error));
}

Options create(const Model& model, const ErrorHandler& on_error) {
  Options options;
  options.file = configured_by(model, guarded(on_error));
  return options;
}

}  // namespace config

namespace detail {
WEFT_API void link_config_file() noexcept;
void link_config_file() noexcept {}
}  // namespace detail

// The sdk asks for it by this name when OTEL_CONFIG_FILE is set and it is linked.
std::shared_ptr<const detail::FileConfiguration> detail::read_config_file(
    const std::string& path, const Environment::Getter& variables, const ErrorSink& sink) {
  const config::ErrorHandler on_error = [&](const Error& error) { sink(error.code, error.what); };
  const auto model = config::parse_file(path, variables, on_error);
  return model ? config::configured_by(*model, on_error) : nullptr;
}

}  // namespace weft::inline v0
