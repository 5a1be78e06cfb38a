// SPDX-License-Identifier: Apache-2.0
#include <weft/exporters/otlp_http.hpp>

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "delivery/blocking_export.hpp"
#include "delivery/http_delivery.hpp"
#include "otlp/http_settings.hpp"

namespace weft::inline v0::exporters {

namespace {

/// The worker uses the asynchronous face. A user's exporter that wraps this one calls
/// `export_spans`, which waits for the answer on a delivery of its own.
class OtlpHttpExporter final : public SpanExporter {
 public:
  OtlpHttpExporter(delivery::DeliverySettings settings, std::vector<Error> problems)
      : blocking_(settings),
        delivery_(
            std::make_shared<delivery::HttpDelivery>(std::move(settings), std::move(problems))) {}

  ExportResult export_spans(const SpanBatch& batch) override { return blocking_.send(batch); }
  bool shutdown(Deadline) override {
    blocking_.close();
    return true;
  }
  std::shared_ptr<detail::AsyncExporter> async_exporter() override { return delivery_; }

 private:
  delivery::BlockingExport blocking_;
  std::shared_ptr<delivery::HttpDelivery> delivery_;
};

}  // namespace

ExporterPtr otlp_http(OtlpHttpOptions options) {
  std::vector<Error> problems;
  delivery::DeliverySettings settings = otlp::http_delivery_settings(std::move(options), problems);
  return std::make_shared<OtlpHttpExporter>(std::move(settings), std::move(problems));
}

}  // namespace weft::inline v0::exporters
