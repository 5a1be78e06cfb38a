// SPDX-License-Identifier: Apache-2.0
// The figures as OTLP/JSON metrics.
#include <algorithm>
#include <array>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "codec/json_writer.hpp"
#include "tracer/stats_reporter.hpp"

namespace weft::inline v0::detail {

namespace {

using codec::JsonWriter;
using BatchDurations = ExporterStats::Failed;
using FailedBatches = ExporterStats::FailedBatches;
using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

constexpr int kCumulative = 2;  // AGGREGATION_TEMPORALITY_CUMULATIVE

void write_value(JsonWriter& json, const AttributeValue& value);

void write_attribute(JsonWriter& json, std::string_view key, const AttributeValue& value) {
  json.begin_object();
  json.member("key", key);
  json.key("value");
  write_value(json, value);
  json.end_object();
}

void write_array(JsonWriter& json, const AttributeValue::Array& array) {
  json.key("arrayValue");
  json.begin_object();
  json.key("values");
  json.begin_array();
  for (const AttributeValue& value : array) write_value(json, value);
  json.end_array();
  json.end_object();
}

// Bytes and maps are not among the resources' attributes of the conventions: left empty.
void write_value(JsonWriter& json, const AttributeValue& value) {
  json.begin_object();
  if (const auto* text = std::get_if<std::string>(&value)) {
    json.member("stringValue", *text);
  } else if (const auto* flag = std::get_if<bool>(&value)) {
    json.key("boolValue");
    json.boolean(*flag);
  } else if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    json.key("intValue");
    json.integer_text(*integer);
  } else if (const auto* real = std::get_if<double>(&value)) {
    json.key("doubleValue");
    json.number(*real);
  } else if (const auto* array = std::get_if<AttributeValue::Array>(&value)) {
    write_array(json, *array);
  }
  json.end_object();
}

/// The metrics of one request.
class Metrics {
 public:
  Metrics(JsonWriter& json, std::uint64_t begin, std::uint64_t now)
      : json_(json), begin_(begin), now_(now) {}

  void begin_sum(std::string_view name, std::string_view unit, bool is_monotonic) {
    begin_metric(name, unit, "sum");
    json_.key("isMonotonic");
    json_.boolean(is_monotonic);
    json_.key("dataPoints");
    json_.begin_array();
  }
  void point(std::uint64_t value, Labels labels) {
    begin_point(labels);
    json_.key("asInt");
    json_.integer_text(value);
    json_.end_object();
  }
  void begin_histogram(std::string_view name, std::string_view unit) {
    begin_metric(name, unit, "histogram");
    json_.key("dataPoints");
    json_.begin_array();
  }
  void durations(const BatchDurations& batches, Labels labels) {
    begin_point(labels);
    json_.key("count");
    json_.integer_text(batches.batches);
    json_.key("sum");
    json_.number(std::chrono::duration<double>(batches.duration).count());
    json_.key("bucketCounts");
    json_.begin_array();
    for (const std::uint64_t count : batches.durations) json_.integer_text(count);
    json_.end_array();
    json_.key("explicitBounds");
    json_.begin_array();
    for (const double bound : ExporterStats::kDurationBounds) json_.number(bound);
    json_.end_array();
    json_.end_object();
  }
  void end_metric() {
    json_.end_array();
    json_.end_object();
    json_.end_object();
  }
  void sum(std::string_view name, bool is_monotonic, std::uint64_t value, Labels labels) {
    begin_sum(name, "{span}", is_monotonic);
    point(value, labels);
    end_metric();
  }

 private:
  void begin_metric(std::string_view name, std::string_view unit, std::string_view kind) {
    json_.begin_object();
    json_.member("name", name);
    json_.member("unit", unit);
    json_.key(kind);
    json_.begin_object();
    json_.key("aggregationTemporality");
    json_.number(kCumulative);
  }
  void begin_point(Labels labels) {
    json_.begin_object();
    json_.key("attributes");
    json_.begin_array();
    for (const auto& [key, value] : labels) {
      write_attribute(json_, key, AttributeValue(std::string(value)));
    }
    json_.end_array();
    json_.key("startTimeUnixNano");
    json_.integer_text(begin_);
    json_.key("timeUnixNano");
    json_.integer_text(now_);
  }

  JsonWriter& json_;
  const std::uint64_t begin_, now_;
};

struct Component {
  std::string type, name;
};

// "otlp_http" is the conventions' type "otlp_http_exporter"; a user's own class is its own type.
std::vector<Component> exporter_components(const Stats& stats) {
  std::vector<Component> components;
  for (const ExporterStats& exporter : stats.exporters) {
    const bool is_ours = exporter.name.starts_with("otlp_") || exporter.name == "zipkin";
    const std::string type = is_ours ? exporter.name + "_exporter" : exporter.name;
    components.push_back({type, type + "/" + std::to_string(components.size())});
  }
  return components;
}

// Whether an open span is sampled nobody counts, so the live ones are told without a label.
void write_span_metrics(Metrics& metrics, const Figures& figures) {
  const Stats& stats = figures.stats;
  const std::uint64_t recorded_only = std::min(figures.recorded_only, stats.started);
  metrics.begin_sum("otel.sdk.span.started", "{span}", true);
  metrics.point(stats.started - recorded_only,
                {{"otel.span.sampling_result", "RECORD_AND_SAMPLE"}});
  metrics.point(recorded_only, {{"otel.span.sampling_result", "RECORD_ONLY"}});
  metrics.point(stats.not_recorded, {{"otel.span.sampling_result", "DROP"}});
  metrics.end_metric();
  metrics.sum("otel.sdk.span.live", false, stats.live, {});
}

void write_processor_metrics(Metrics& metrics, const Stats& stats) {
  constexpr std::pair<std::string_view, std::string_view> kType{"otel.component.type",
                                                                "batching_span_processor"};
  constexpr std::pair<std::string_view, std::string_view> kName{"otel.component.name",
                                                                "batching_span_processor/0"};
  const ProcessorStats& processor = stats.processor;
  metrics.sum("otel.sdk.processor.span.queue.size", false, processor.queue_size, {kType, kName});
  metrics.sum("otel.sdk.processor.span.queue.capacity", false, processor.queue_capacity,
              {kType, kName});
  metrics.begin_sum("otel.sdk.processor.span.processed", "{span}", true);
  metrics.point(processor.processed, {kType, kName});
  metrics.point(stats.dropped.queue_full, {kType, kName, {"error.type", "queue_full"}});
  metrics.end_metric();
}

// Why an exporter gave something up, as `error.type`: spans, and the batches they were in.
struct Reason {
  std::string_view name;
  std::uint64_t Drops::* spans;
  BatchDurations FailedBatches::* batches;
};
constexpr std::array<Reason, 5> kReasons{{
    {"queue_full", &Drops::queue_full, &FailedBatches::queue_full},
    {"rejected", &Drops::rejected, &FailedBatches::rejected},
    {"too_large", &Drops::too_large, &FailedBatches::too_large},
    {"retry_exhausted", &Drops::retry_exhausted, &FailedBatches::retry_exhausted},
    {"shutdown", &Drops::shutdown, &FailedBatches::shutdown},
}};

void write_exported(Metrics& metrics, const ExporterStats& exporter, const Component& component) {
  const std::pair<std::string_view, std::string_view> type{"otel.component.type", component.type};
  const std::pair<std::string_view, std::string_view> name{"otel.component.name", component.name};
  metrics.point(exporter.exported, {type, name});
  for (const Reason& reason : kReasons) {
    const std::uint64_t count = exporter.failures.*reason.spans;
    if (count != 0) metrics.point(count, {type, name, {"error.type", reason.name}});
  }
}

BatchDurations successful(const ExporterStats& exporter) {
  BatchDurations left{exporter.batches, exporter.duration, exporter.durations};
  for (const Reason& reason : kReasons) {
    const BatchDurations& part = exporter.failed_batches.*reason.batches;
    left.batches -= part.batches;
    left.duration -= part.duration;
    for (std::size_t i = 0; i < left.durations.size(); ++i) left.durations[i] -= part.durations[i];
  }
  return left;
}

void write_durations(Metrics& metrics, const ExporterStats& exporter, const Component& component) {
  const std::pair<std::string_view, std::string_view> type{"otel.component.type", component.type};
  const std::pair<std::string_view, std::string_view> name{"otel.component.name", component.name};
  metrics.durations(successful(exporter), {type, name});
  for (const Reason& reason : kReasons) {
    const BatchDurations& batches = exporter.failed_batches.*reason.batches;
    if (batches.batches != 0) metrics.durations(batches, {type, name, {"error.type", reason.name}});
  }
}

void write_exporter_metrics(Metrics& metrics, const Stats& stats) {
  if (stats.exporters.empty()) return;
  const std::vector<Component> components = exporter_components(stats);
  const auto each = [&](auto write) {
    for (std::size_t i = 0; i < components.size(); ++i) write(stats.exporters[i], components[i]);
    metrics.end_metric();
  };
  metrics.begin_sum("otel.sdk.exporter.span.inflight", "{span}", false);
  each([&](const ExporterStats& exporter, const Component& component) {
    metrics.point(exporter.inflight, {{"otel.component.type", component.type},
                                      {"otel.component.name", component.name}});
  });
  metrics.begin_sum("otel.sdk.exporter.span.exported", "{span}", true);
  each([&](const ExporterStats& exporter, const Component& component) {
    write_exported(metrics, exporter, component);
  });
  metrics.begin_histogram("otel.sdk.exporter.operation.duration", "s");
  each([&](const ExporterStats& exporter, const Component& component) {
    write_durations(metrics, exporter, component);
  });
}

void write_resource(JsonWriter& json, const Resource& resource) {
  json.key("resource");
  json.begin_object();
  json.key("attributes");
  json.begin_array();
  for (const Attribute& attribute : resource.attributes()) {
    write_attribute(json, attribute.key, attribute.value);
  }
  json.end_array();
  json.end_object();
  json.member("schemaUrl", resource.schema_url());
}

}  // namespace

std::string stats_as_otlp_json(const Figures& figures, const Resource& resource,
                               std::uint64_t begin, std::uint64_t now) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.key("resourceMetrics");
  json.begin_array();
  json.begin_object();
  write_resource(json, resource);
  json.key("scopeMetrics");
  json.begin_array();
  json.begin_object();
  json.key("scope");
  json.begin_object();
  json.member("name", std::string_view("weft"));
  json.member("version", version());
  json.end_object();
  json.key("metrics");
  json.begin_array();
  Metrics metrics(json, begin, now);
  write_span_metrics(metrics, figures);
  write_processor_metrics(metrics, figures.stats);
  write_exporter_metrics(metrics, figures.stats);
  for (int i = 0; i < 3; ++i) {  // metrics, scopeMetrics, resourceMetrics
    json.end_array();
    json.end_object();
  }
  return text;
}

}  // namespace weft::inline v0::detail
