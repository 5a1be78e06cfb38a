#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The figures that a program writes about itself are OTLP/JSON metrics, as Google's protobuf reads it.

usage: self_metrics.py PROGRAM

PROGRAM makes one span; it is run with WEFT_STATS_FILE.
"""
import os
import subprocess
import sys
import tempfile

from google.protobuf import json_format
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.metrics.v1.metrics_pb2 import AGGREGATION_TEMPORALITY_CUMULATIVE

# name: (unit, kind, monotonic), as in the semantic conventions, "SDK metrics"
EXPECTED = {
    "otel.sdk.span.started": ("{span}", "sum", True),
    "otel.sdk.span.live": ("{span}", "sum", False),
    "otel.sdk.processor.span.queue.size": ("{span}", "sum", False),
    "otel.sdk.processor.span.queue.capacity": ("{span}", "sum", False),
    "otel.sdk.processor.span.processed": ("{span}", "sum", True),
    "otel.sdk.exporter.span.inflight": ("{span}", "sum", False),
    "otel.sdk.exporter.span.exported": ("{span}", "sum", True),
    "otel.sdk.exporter.operation.duration": ("s", "histogram", None),
}
failures = []


def same(what, seen, expected):
    if seen != expected:
        failures.append(f"{what}: {seen!r}, expected {expected!r}")


def labels(point):
    return {a.key: a.value.string_value for a in point.attributes}


def value(metric, **wanted):
    wanted = {key.replace("__", "."): text for key, text in wanted.items()}
    return [p.as_int for p in metric.sum.data_points
            if all(labels(p).get(key) == text for key, text in wanted.items()) and "error.type" not in labels(p)]


def judge(request):
    resource = request.resource_metrics[0]
    names = {a.key: a.value.string_value for a in resource.resource.attributes}
    same("service.name", names.get("service.name"), "checkout")
    same("scope", resource.scope_metrics[0].scope.name, "weft")
    metrics = {m.name: m for m in resource.scope_metrics[0].metrics}
    same("names", sorted(metrics), sorted(EXPECTED))
    for name, (unit, kind, monotonic) in EXPECTED.items():
        metric = metrics[name]
        same(f"{name}: unit", metric.unit, unit)
        same(f"{name}: kind", metric.WhichOneof("data"), kind)
        data = getattr(metric, kind)
        same(f"{name}: temporality", data.aggregation_temporality, AGGREGATION_TEMPORALITY_CUMULATIVE)
        if kind == "sum":
            same(f"{name}: monotonic", data.is_monotonic, monotonic)
        for point in data.data_points:
            if not 0 < point.start_time_unix_nano <= point.time_unix_nano:
                failures.append(f"{name}: times {point.start_time_unix_nano}, {point.time_unix_nano}")
    same("started", value(metrics["otel.sdk.span.started"], otel__span__sampling_result="RECORD_AND_SAMPLE"), [1])
    same("dropped by the sampler", value(metrics["otel.sdk.span.started"], otel__span__sampling_result="DROP"), [0])
    same("live", value(metrics["otel.sdk.span.live"]), [0])
    same("capacity", value(metrics["otel.sdk.processor.span.queue.capacity"]), [2048])
    same("processed", value(metrics["otel.sdk.processor.span.processed"]), [1])
    same("inflight", value(metrics["otel.sdk.exporter.span.inflight"]), [0])
    same("exported", value(metrics["otel.sdk.exporter.span.exported"]), [1])
    duration = metrics["otel.sdk.exporter.operation.duration"].histogram.data_points[0]
    same("operations", duration.count, 1)
    same("buckets", sum(duration.bucket_counts), 1)
    same("bounds", len(duration.explicit_bounds) + 1, len(duration.bucket_counts))
    if not 0 < duration.sum < 60:
        failures.append(f"duration: {duration.sum} s")


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "figures.jsonl")
        variables = {key: text for key, text in os.environ.items() if not key.startswith(("OTEL_", "WEFT_"))}
        variables |= {"OTEL_TRACES_EXPORTER": "console", "WEFT_STATS_FILE": path}
        subprocess.run([sys.argv[1]], check=True, env=variables, stdout=subprocess.DEVNULL, timeout=60)
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                judge(json_format.Parse(line, ExportMetricsServiceRequest()))
    print("\n".join(failures) if failures else "one line of metrics, read by protobuf, as expected")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
