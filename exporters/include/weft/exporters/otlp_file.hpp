// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>

#include <weft/exporter.hpp>
#include <weft/version.hpp>

namespace weft::inline v0::exporters {

/// Where `otlp_file` writes.
struct OtlpFileOptions {
  std::filesystem::path path{};        ///< empty: standard output; its folder is made if missing
  std::uintmax_t rotate_at_bytes = 0;  ///< size that no file outgrows unless by one batch; 0: any
  int keep_files = 5;                  ///< full ones, as path.1 (the newest), path.2, …
  bool gzip = false;                   ///< each batch is a gzip member; zcat reads the whole
};

/// Writes spans as OTLP's JSON, one TracesData a line: what the collector's otlpjsonfile receiver
/// reads. `OTEL_TRACES_EXPORTER=otlp/stdout` is this on standard output. A batch is one write at
/// the end of the file, so several processes can share it; a lock on the file (`flock`) keeps them
/// from rotating it twice, and others from packing into it at the same time. What was left half
/// written, by a process that was killed or on a disk that was full, is ended by whoever writes
/// next: half a line with a line's end, half a gzip member by taking it away (unless it is above
/// 4 MiB, or 8 MiB when unpacked). A disk that is full or a file that cannot be written keeps the
/// batch; it is tried again later as `RetryOptions` says of
/// a collector. A file that was moved away is made anew. A pipe is given what it has room for, and
/// never waited for: a line that is longer than that (64 KiB where nothing is in it) goes in
/// pieces, and what others write to the same pipe, standard output say, may come between these. A
/// line that nobody read on for five minutes is cut, ended, and its batch given up as too old. A
/// compressed one is never cut, since nothing behind it could be read. OpenTelemetry Protocol File
/// Exporter.
WEFT_API ExporterPtr otlp_file(OtlpFileOptions options = {});

}  // namespace weft::inline v0::exporters
