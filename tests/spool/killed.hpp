// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <weft/weft.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace weft::testing {

/// A folder of its own, gone with the object.
class SpoolFolder {
 public:
  SpoolFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "weft-spool-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  SpoolFolder(const SpoolFolder&) = delete;
  SpoolFolder& operator=(const SpoolFolder&) = delete;
  ~SpoolFolder() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
  }
  const std::filesystem::path& path() const { return path_; }
  /// The spool files in it, oldest first.
  std::vector<std::filesystem::path> files(const std::string& suffix = ".weft") const {
    std::vector<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::directory_iterator(path_)) {
      if (entry.path().filename().string().ends_with(suffix)) found.push_back(entry.path());
    }
    std::sort(found.begin(), found.end());
    return found;
  }

 private:
  std::filesystem::path path_;
};

/// An exporter that never gets anything out: what ends stays in the file.
struct Silent final : SpanExporter {
  ExportResult export_spans(const SpanBatch&) override {
    for (;;) pause();
  }
};

/// Runs `body` in a process that then dies of SIGKILL without having sent anything. The caller has
/// no telemetry yet.
template <class Body>
pid_t run_and_kill(const std::filesystem::path& folder, Body&& body, Options options = {}) {
  const pid_t child = fork();
  if (child == 0) {
    options.spool_dir = folder;
    if (options.exporters.empty()) options.exporters = {std::make_shared<Silent>()};
    if (options.service_name.empty()) options.service_name = "killed";
    const Telemetry telemetry = init(std::move(options));
    body();
    raise(SIGKILL);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL ? child : -1;
}

/// What a process that starts on that folder sends of it.
struct Recovered {
  std::vector<SpanData> spans;
  Stats stats;
  std::vector<Error> errors;
};

inline Recovered recover(const std::filesystem::path& folder) {
  Recovered recovered;
  const auto memory = exporters::in_memory();
  Options options;
  options.service_name = "recovering";
  options.exporters = {memory};
  options.spool_dir = folder;
  options.on_error = [&](const Error& error) { recovered.errors.push_back(error); };
  Telemetry telemetry = init(std::move(options));
  telemetry.force_flush(std::chrono::seconds(60));
  recovered.stats = telemetry.stats();
  recovered.spans = memory->spans();
  telemetry.shutdown(std::chrono::seconds(10));
  return recovered;
}

}  // namespace weft::testing
