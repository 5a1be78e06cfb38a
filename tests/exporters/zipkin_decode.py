#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the Zipkin exporter sends, field by field beside what was recorded, as OpenTelemetry maps spans to Zipkin's.

usage: zipkin_decode.py PROGRAM

PROGRAM is otlp_spans; the receiver is here.
"""
import base64
import http.server
import json
import math
import struct
import sys
import threading

import otlp_decode

KINDS = {1: None, 2: "SERVER", 3: "CLIENT", 4: "PRODUCER", 5: "CONSUMER"}
STATUSES = {1: "OK", 2: "ERROR"}


def plain(value):
    """A recorded value as JSON has it."""
    kind, content = value
    if kind == "int":
        return int(content)
    if kind == "double":
        number = struct.unpack(">d", bytes.fromhex(content))[0]
        return number if math.isfinite(number) else {math.inf: "Infinity", -math.inf: "-Infinity"}.get(number, "NaN")
    if kind == "bytes":
        return base64.b64encode(bytes.fromhex(content)).decode()
    if kind == "array":
        return [plain(item) for item in content]
    if kind == "map":
        return {key: plain(item) for key, item in content}
    return content


def tag(text, value):
    """A tag's text, read back in the form of the value that it stands for."""
    return text if isinstance(plain(value), str) else json.loads(text)


def expected_tags(span):
    tags = {key: value for key, value in span["resource"][1] if key != "service.name"}
    tags.update(dict(span["attributes"]))
    expected = {key: plain(value) for key, value in tags.items()}
    extra = {"otel.scope.name": span["scope"][0], "otel.scope.version": span["scope"][1]}
    code, description = span["status"]
    if code in STATUSES:
        extra["otel.status_code"] = STATUSES[code]
    if code == 2:
        expected["error"] = description
    for what, count in zip(("attributes", "events", "links"), span["dropped"]):
        extra[f"otel.dropped_{what}_count"] = str(count) if count else ""
    expected.update({key: text for key, text in extra.items() if text})
    return tags, expected


def annotation(event):
    if not event["attributes"]:
        return event["name"]
    return event["name"], {key: plain(value) for key, value in event["attributes"]}


def read_annotation(text, event):
    if not event["attributes"]:
        return text
    name, attributes = text.split(": ", 1)
    return json.loads(name), json.loads(attributes)


def judge_span(sent, span, judge):
    what = span["name"] or "(empty)"
    start, end = int(span["start"]), int(span["end"])
    judge.same(f"{what}: ids", [sent["traceId"], sent["id"], sent.get("parentId", "")],
               [span["context"]["trace_id"], span["context"]["span_id"],
                span["parent"]["span_id"] if span["has_parent"] else ""])
    judge.same(f"{what}: name and kind", [sent["name"], sent.get("kind")], [span["name"], KINDS[span["kind"]]])
    judge.same(f"{what}: times", [sent["timestamp"], sent["duration"]],
               [start // 1000, max(1, (end - start) // 1000)])
    judge.same(f"{what}: service", sent["localEndpoint"]["serviceName"], "conformance")
    values, expected = expected_tags(span)
    tags = {key: tag(text, values[key]) if key in values and key != "error" else text
            for key, text in sent["tags"].items()}
    judge.same(f"{what}: tags", sorted(tags), sorted(expected))
    for key, value in expected.items():
        judge.same(f"{what}: tag {key}", tags.get(key), value)
    annotations = sent.get("annotations", [])
    judge.same(f"{what}: annotations", len(annotations), len(span["events"]))
    for one, event in zip(annotations, span["events"]):
        judge.same(f"{what}: annotation", [one["timestamp"], read_annotation(one["value"], event)],
                   [int(event["time"]) // 1000, annotation(event)])


def main():
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    judge = otlp_decode.Judge()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), otlp_decode.Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}/api/v2/spans"
    _, recorded = otlp_decode.run(sys.argv[1], WEFT_TEST_EXPORTER="zipkin", OTEL_EXPORTER_ZIPKIN_ENDPOINT=url)
    sent = {}
    for path, headers, body in otlp_decode.Receiver.requests:
        judge.same("path and type", [path, headers["Content-Type"]], ["/api/v2/spans", "application/json"])
        sent.update({span["id"]: span for span in json.loads(body)})
    judge.same("spans", sorted(sent), sorted(span["context"]["span_id"] for span in recorded))
    for span in recorded:
        judge_span(sent[span["context"]["span_id"]], span, judge)
    return judge.end()


if __name__ == "__main__":
    sys.exit(main())
