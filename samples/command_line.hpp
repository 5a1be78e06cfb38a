// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

/// The samples' command lines: `--name VALUE`, `--name=VALUE` and `--help`. A mistake ends the
/// program with one sentence that names the option and its value, and status 2.
class CommandLine {
 public:
  struct Option {
    std::string name;      // "--port"
    std::string argument;  // "N"; empty: it takes none
    std::string fallback;  // the value when it is not given
    std::string help;
  };

  CommandLine(std::string program, std::string purpose, std::vector<Option> options)
      : program_(std::move(program)), purpose_(std::move(purpose)), options_(std::move(options)) {}

  void parse(int argc, char** argv) {
    for (int i = 1; i < argc; ++i) {
      std::string name = argv[i];
      if (name == "-h" || name == "--help") show_help();
      std::string value;
      const auto equals = name.find('=');
      const bool attached = name.starts_with("--") && equals != std::string::npos;
      if (attached) {
        value = name.substr(equals + 1);
        name.resize(equals);
      }
      const Option* option = find(name);
      if (option == nullptr) fail("there is no option '" + name + "'");
      if (option->argument.empty()) {
        if (attached) fail(name + " takes no value, but '" + value + "' was given");
        value = "yes";
      } else if (!attached) {
        if (++i == argc) fail(name + " needs a value: " + name + " " + option->argument);
        value = argv[i];
      }
      given_[name] = value;
    }
  }

  bool given(const std::string& name) const { return given_.contains(name); }
  std::string text(const std::string& name) const {
    const auto it = given_.find(name);
    return it != given_.end() ? it->second : find(name)->fallback;
  }
  int number(const std::string& name, int least, int most) const {
    const std::string value = text(name);
    int number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error != std::errc() || end != value.data() + value.size() || number < least ||
        number > most) {
      fail(name + " is '" + value + "', but must be a number from " + std::to_string(least) +
           " to " + std::to_string(most));
    }
    return number;
  }

  /// Of a service: "http://HOST:PORT", without a path.
  std::string url(const std::string& name) const {
    const std::string value = text(name);
    const auto is_port = [](std::string_view digits) {
      std::uint16_t port = 0;
      const auto [end, error] = std::from_chars(digits.begin(), digits.end(), port);
      return error == std::errc() && end == digits.end() && port != 0;
    };
    constexpr std::string_view kScheme = "http://";
    const std::string_view rest =
        std::string_view(value).substr(value.starts_with(kScheme) ? kScheme.size() : value.size());
    const auto colon = rest.find(':', rest.find(']') == rest.npos ? 0 : rest.find(']'));
    const std::string_view host = rest.substr(0, colon);
    if (host.empty() || host.find_first_of("/?#@ ") != host.npos ||
        (colon != rest.npos && !is_port(rest.substr(colon + 1)))) {
      fail(name + " is '" + value + "', but must be a URL such as " + find(name)->fallback);
    }
    return value;
  }

  [[noreturn]] void fail(const std::string& sentence) const {
    std::cerr << program_ << ": " << sentence << "; see " << program_ << " --help\n";
    std::exit(2);
  }

  /// The port, which may be 0 for any, could not be had.
  [[noreturn]] void fail_to_listen(int port, const std::string& why) const {
    if (port != 0) {
      fail("cannot listen on port " + std::to_string(port) + ": " + why +
           "; --port 0 takes a free one");
    }
    fail("found no free port on 127.0.0.1: " + why + "; end what holds them, or raise ulimit -n");
  }

 private:
  const Option* find(std::string_view name) const {
    for (const Option& option : options_) {
      if (option.name == name) return &option;
    }
    return nullptr;
  }

  [[noreturn]] void show_help() const {
    std::cout << "usage: " << program_ << " [options]\n\n" << purpose_ << "\n\n";
    for (const Option& option : options_) {
      const std::string head = option.name + (option.argument.empty() ? "" : " ") + option.argument;
      std::cout << "  " << head << std::string(head.size() < 18 ? 18 - head.size() : 1, ' ')
                << option.help;
      if (!option.fallback.empty()) std::cout << " (default: " << option.fallback << ")";
      std::cout << '\n';
    }
    std::cout << "  --help            this text\n";
    std::exit(0);
  }

  std::string program_;
  std::string purpose_;
  std::vector<Option> options_;
  std::map<std::string, std::string> given_;
};
