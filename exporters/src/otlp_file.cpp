// SPDX-License-Identifier: Apache-2.0
#include <weft/exporters/otlp_file.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "delivery/delivery_exporter.hpp"
#include "delivery/description.hpp"
#include "delivery/option_checks.hpp"
#include "otlp/file_protocol.hpp"
#include "wire/file_channel.hpp"

namespace weft::inline v0::exporters {

namespace {

constexpr std::size_t kLongestLine = std::size_t{64} << 20U;  // as a request's limit

void check(OtlpFileOptions& options, std::vector<Error>& problems) {
  delivery::OptionChecks checks("OtlpFileOptions", problems);
  const OtlpFileOptions standard;
  checks.expect(options.keep_files >= 0 && options.keep_files <= 10'000, "keep_files",
                options.keep_files, standard.keep_files, "it must be 0 to 10000");
  if (options.rotate_at_bytes > 0 && options.path.empty()) {
    checks.refuse("rotate_at_bytes", std::to_string(options.rotate_at_bytes),
                  "standard output does not rotate; ignored");
  }
}

}  // namespace

ExporterPtr otlp_file(OtlpFileOptions options) {
  std::vector<Error> problems;
  check(options, problems);
  delivery::DeliverySettings settings;
  settings.peer = options.path.empty() ? "standard output" : options.path.string();
  delivery::Description description({});
  description.add("path", settings.peer, options.path.empty());
  settings.description = std::move(description).take();
  settings.max_request_size = kLongestLine;
  settings.packing = options.gzip ? wire::Packing::always : wire::Packing::none;
  settings.make_protocol = []() -> std::unique_ptr<delivery::Protocol> {
    return std::make_unique<otlp::FileProtocol>();
  };
  const wire::FileSettings file{.path = std::move(options.path),
                                .rotate_at_bytes = options.rotate_at_bytes,
                                .keep_files = options.keep_files,
                                .is_packed = options.gzip,
                                .patience = settings.retry.max_age};
  settings.open_channel =
      [file](const delivery::DeliverySettings&) -> std::unique_ptr<wire::Channel> {
    return std::make_unique<wire::FileChannel>(file);
  };
  return std::make_shared<delivery::DeliveryExporter>(std::move(settings), std::move(problems));
}

}  // namespace weft::inline v0::exporters
