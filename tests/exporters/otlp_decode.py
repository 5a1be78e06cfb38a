#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the OTLP exporters send and write, judged by Google's protobuf and its JSON.

usage: otlp_decode.py PROGRAM

Runs PROGRAM (otlp_spans) against receivers of its own: HTTP with protobuf and with JSON, gRPC, each plain and packed;
standard output, and a file, plain and packed. Decodes what arrives with the generated classes of opentelemetry-proto;
compares each span field by field with what the program says it recorded, and with what is known of the spans that it
records: so all transports say the same.
"""
import base64
import concurrent.futures
import gzip
import http.server
import json
import math
import os
import pathlib
import struct
import subprocess
import sys
import tempfile
import threading

import grpc
from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2

HAS_IS_REMOTE, IS_REMOTE = 0x100, 0x200


class Receiver(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    requests = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        Receiver.requests.append((self.path, dict(self.headers), body))
        self.send_response(200)
        self.send_header("Content-Type", "application/x-protobuf")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def run(program, **variables):
    """The lines that the program writes, the last of which is what it recorded."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    environment.update(variables)
    result = subprocess.run([program], env=environment, stdout=subprocess.PIPE, timeout=60, check=True)
    lines = result.stdout.splitlines(keepends=True)
    return b"".join(lines[:-1]), json.loads(lines[-1])


def is_camel_case(key):
    return key[0].islower() and "_" not in key


def from_json(text, judge):
    """OTLP's JSON as a message: ids are hex there, and base64 in protobuf's JSON."""
    counts = {"startTimeUnixNano", "endTimeUnixNano", "timeUnixNano", "intValue"}
    numbers = {"kind", "code", "flags", "droppedAttributesCount", "droppedEventsCount", "droppedLinksCount"}

    def convert(value):
        if isinstance(value, list):
            return [convert(item) for item in value]
        if not isinstance(value, dict):
            return value
        for key, item in value.items():
            judge.same(f"JSON: {key} is in lowerCamelCase", is_camel_case(key), True)
            if key in counts:
                judge.same(f"JSON: {key} is text", type(item), str)
            if key in numbers:
                judge.same(f"JSON: {key} is a number", type(item), int)
            if key.endswith(("traceId", "spanId", "SpanId")):
                judge.same(f"JSON: {key} is hex", bytes.fromhex(item).hex(), item)
        return {key: base64.b64encode(bytes.fromhex(item)).decode() if key.endswith(("traceId", "spanId", "SpanId"))
                else convert(item) for key, item in value.items()}

    return json_format.ParseDict(convert(json.loads(text)), trace_service_pb2.ExportTraceServiceRequest())


def over_http(program, protocol, compression, judge):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Receiver.requests = []
    _, recorded = run(program, OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{server.server_address[1]}/base",
                      OTEL_EXPORTER_OTLP_COMPRESSION=compression, OTEL_EXPORTER_OTLP_PROTOCOL=protocol)
    server.shutdown()
    requests = []
    for path, headers, body in Receiver.requests:
        judge.same("path", path, "/base/v1/traces")
        judge.same("content type", headers["Content-Type"], CONTENT_TYPES[protocol])
        judge.same("content encoding", headers.get("Content-Encoding", "none"), compression)
        plain = gzip.decompress(body) if compression == "gzip" else body
        requests.append(from_json(plain, judge) if protocol == "http/json" else
                        trace_service_pb2.ExportTraceServiceRequest.FromString(plain))
    return recorded, requests


CONTENT_TYPES = {"http/protobuf": "application/x-protobuf", "http/json": "application/json"}


def over_grpc(program, compression, _judge):
    requests = []

    def export(request, _context):
        requests.append(request)
        return trace_service_pb2.ExportTraceServiceResponse()

    server = grpc.server(concurrent.futures.ThreadPoolExecutor(2))
    handler = grpc.unary_unary_rpc_method_handler(
        export, trace_service_pb2.ExportTraceServiceRequest.FromString,
        trace_service_pb2.ExportTraceServiceResponse.SerializeToString)
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(
        "opentelemetry.proto.collector.trace.v1.TraceService", {"Export": handler}),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    _, recorded = run(program, OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{port}",
                      OTEL_EXPORTER_OTLP_COMPRESSION=compression, OTEL_EXPORTER_OTLP_PROTOCOL="grpc")
    server.stop(None)
    return recorded, requests


def to_standard_output(program, judge):
    output, recorded = run(program, WEFT_TEST_EXPORTER="otlp/stdout")
    return recorded, [from_json(line, judge) for line in output.splitlines()]


def to_file(program, compression, judge):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "a folder" / "traces.jsonl"
        _, recorded = run(program, WEFT_TEST_EXPORTER="file", WEFT_TEST_FILE=str(path),
                          **({"WEFT_TEST_GZIP": "1"} if compression == "gzip" else {}))
        content = path.read_bytes()
    text = gzip.decompress(content) if compression == "gzip" else content
    judge.same("the file ends with its last line", text[-1:], b"\n")
    return recorded, [from_json(line, judge) for line in text.splitlines()]


def value_of(any_value):
    kind = any_value.WhichOneof("value")
    if kind == "string_value":
        return ["string", any_value.string_value]
    if kind == "bool_value":
        return ["bool", any_value.bool_value]
    if kind == "int_value":
        return ["int", str(any_value.int_value)]
    if kind == "double_value":
        return ["double", struct.pack(">d", any_value.double_value).hex()]
    if kind == "bytes_value":
        return ["bytes", any_value.bytes_value.hex()]
    if kind == "array_value":
        return ["array", [value_of(value) for value in any_value.array_value.values]]
    if kind == "kvlist_value":
        return ["map", attributes_of(any_value.kvlist_value.values)]
    raise AssertionError(f"a value without a type: {any_value}")


def attributes_of(attributes):
    return [[attribute.key, value_of(attribute.value)] for attribute in attributes]


def span_of(span, scope_spans, resource_spans):
    """What was decoded, in the form that span_json.cpp prints."""
    return {
        "name": span.name,
        "trace_id": span.trace_id.hex(),
        "span_id": span.span_id.hex(),
        "parent_id": span.parent_span_id.hex(),
        "trace_state": span.trace_state,
        "flags": span.flags,
        "kind": span.kind,
        "start": str(span.start_time_unix_nano),
        "end": str(span.end_time_unix_nano),
        "status": [span.status.code, span.status.message],
        "attributes": attributes_of(span.attributes),
        "events": [
            {"name": event.name, "time": str(event.time_unix_nano), "attributes": attributes_of(event.attributes),
             "dropped_attributes": event.dropped_attributes_count} for event in span.events
        ],
        "links": [
            {"trace_id": link.trace_id.hex(), "span_id": link.span_id.hex(), "trace_state": link.trace_state,
             "flags": link.flags, "attributes": attributes_of(link.attributes),
             "dropped_attributes": link.dropped_attributes_count} for link in span.links
        ],
        "dropped": [span.dropped_attributes_count, span.dropped_events_count, span.dropped_links_count],
        "scope": [scope_spans.scope.name, scope_spans.scope.version, scope_spans.schema_url,
                  attributes_of(scope_spans.scope.attributes)],
        "resource": [resource_spans.schema_url, attributes_of(resource_spans.resource.attributes)],
    }


def flags_of(context, remote):
    return context["flags"] | HAS_IS_REMOTE | (IS_REMOTE if remote else 0)


def expected_of(recorded):
    """What was recorded, as it should be decoded."""
    expected = {key: recorded[key] for key in ("name", "kind", "start", "end", "status", "attributes", "events",
                                               "dropped", "scope", "resource")}
    context, parent = recorded["context"], recorded["parent"]
    expected["trace_id"] = context["trace_id"]
    expected["span_id"] = context["span_id"]
    expected["trace_state"] = context["trace_state"]
    expected["parent_id"] = parent["span_id"] if recorded["has_parent"] else ""
    expected["flags"] = flags_of(context, recorded["has_parent"] and parent["is_remote"])
    expected["links"] = [
        {"trace_id": link["context"]["trace_id"], "span_id": link["context"]["span_id"],
         "trace_state": link["context"]["trace_state"], "flags": flags_of(link["context"], link["context"]["is_remote"]),
         "attributes": link["attributes"], "dropped_attributes": link["dropped_attributes"]}
        for link in recorded["links"]
    ]
    return expected


class Judge:
    def __init__(self):
        self.problems = []
        self.checked = 0

    def same(self, what, actual, expected):
        self.checked += 1
        if actual != expected:
            self.problems.append(f"{what}:\n    sent     {str(actual)[:400]}\n    recorded {str(expected)[:400]}")

    def message(self, message, what):
        """Nothing that the generated classes do not know, and nothing that they would refuse to print."""
        text = json_format.MessageToJson(message)
        self.same(f"{what}: unknown fields", message.DiscardUnknownFields() or json_format.MessageToJson(message), text)
        copy = type(message).FromString(message.SerializeToString())
        self.same(f"{what}: the same after Google's own serialisation", str(copy), str(message))


def decode(requests, judge):
    spans = {}
    for number, request in enumerate(requests):
        judge.message(request, f"request {number}")
        judge.same("one ResourceSpans", len(request.resource_spans), 1)
        for resource_spans in request.resource_spans:
            scopes = [str(scope_spans.scope) for scope_spans in resource_spans.scope_spans]
            judge.same("each scope once", len(scopes), len(set(scopes)))
            for scope_spans in resource_spans.scope_spans:
                for span in scope_spans.spans:
                    judge.same("each span once", span.span_id.hex() in spans, False)
                    spans[span.span_id.hex()] = span_of(span, scope_spans, resource_spans)
    return spans


def check_known_values(spans, judge):
    """The program and the decoder could agree on something wrong: these are written down here."""
    by_name = {span["name"]: span for span in spans.values()}
    judge.same("names", sorted(by_name), ["", "GET /checkout", "after", "charge card", "consumed", "crowded",
                                          "left by an exception"])
    root, charge, consumed = by_name["GET /checkout"], by_name["charge card"], by_name["consumed"]
    judge.same("root: ids", [root["trace_id"], root["parent_id"]],
               ["4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"])
    judge.same("root: trace state", root["trace_state"], "vendor=opaque")
    judge.same("root: flags", root["flags"] & (HAS_IS_REMOTE | IS_REMOTE | 1), HAS_IS_REMOTE | IS_REMOTE | 1)
    judge.same("child: flags", charge["flags"] & (HAS_IS_REMOTE | IS_REMOTE | 1), HAS_IS_REMOTE | 1)
    judge.same("kinds", [by_name[name]["kind"] for name in ("crowded", "GET /checkout", "charge card", "after",
                                                            "consumed")], [1, 2, 3, 4, 5])
    judge.same("statuses", [root["status"], charge["status"], by_name["after"]["status"]],
               [[0, ""], [2, "declined"], [1, ""]])
    judge.same("times", [consumed["start"], consumed["end"]], ["1792000010000000123", "1792000012000000123"])
    judge.same("parents", [charge["parent_id"], consumed["parent_id"]], [root["span_id"], ""])
    judge.same("dropped", by_name["crowded"]["dropped"], [72, 72, 72])
    judge.same("kept", [len(by_name["crowded"][what]) for what in ("attributes", "events", "links")], [128, 128, 128])
    judge.same("scopes", [root["scope"][:3], by_name[""]["scope"]],
               [["library", "1.2.3", "https://opentelemetry.io/schemas/1.27.0"],
                ["made", "2", "", [["scope.key", ["string", "scope value"]]]]])
    judge.same("resource schema", root["resource"][0], "https://opentelemetry.io/schemas/1.26.0")
    resource = dict(root["resource"][1])
    judge.same("resource", [resource["service.name"], resource["resource.key"]],
               [["string", "conformance"], ["int", "42"]])
    judge.same("escaped exception", by_name["left by an exception"]["status"][0], 2)
    values = dict(root["attributes"])
    judge.same("each key once", len(values), len(root["attributes"]))
    for key, expected in {
        "http.route": ["string", "/checkout"],
        "bool.true": ["bool", True],
        "bool.false": ["bool", False],
        "int.minimum": ["int", str(-2**63)],
        "int.maximum": ["int", str(2**63 - 1)],
        "int.unsigned": ["int", "7"],
        "double": ["double", struct.pack(">d", 0.1).hex()],
        "double.infinity": ["double", struct.pack(">d", math.inf).hex()],
        "double.minus.zero": ["double", struct.pack(">d", -0.0).hex()],
        "text": ["string", "overwritten by something longer"],
        "int.zero": ["string", "now a text"],
        "text.empty": ["string", ""],
        "text.unicode": ["string", "h\u00e9llo \u2192 \U0001f9f5"],
        "text.bad": ["string", "a\ufffdb\ufffd"],
        "text.zero": ["string", "a\0b"],
        "text.long": ["string", "x" * 100000],
        "bytes": ["bytes", "007fff"],
        "array.int": ["array", [["int", "1"], ["int", "2"], ["int", "300"]]],
        "array.text": ["array", [["string", "a"], ["string", ""], ["string", "c"]]],
        "array.bool": ["array", [["bool", True], ["bool", False]]],
        "array.empty": ["array", []],
        "array.nested": ["array", [["array", [["int", "1"]]], ["array", []], ["array", [["int", "2"], ["int", "3"]]]]],
        "map": ["map", [["inner", ["int", "1"]], ["deeper", ["map", [["deepest", ["string", "x"]]]]]]],
        "key with spaces \u00e9": ["int", "1"],
    }.items():
        judge.same(f"attribute {key}", values.get(key), expected)
    judge.same("events", [(event["name"], dict(event["attributes"])) for event in charge["events"][:2]],
               [("first", {}), ("second", {"attempt": ["int", "2"], "list": ["array", [["int", "1"], ["int", "2"]]]})])
    judge.same("event time", charge["events"][1]["time"], "1792000005000000123")
    exception = dict(charge["events"][2]["attributes"])
    judge.same("exception", [charge["events"][2]["name"], exception["exception.type"], exception["exception.message"],
                             exception["extra"]],
               ["exception", ["string", "std::runtime_error"], ["string", "no money"], ["bool", True]])
    judge.same("links", [(link["span_id"], link["flags"] & (HAS_IS_REMOTE | IS_REMOTE), link["trace_state"])
                         for link in charge["links"]],
               [("00f067aa0ba902b7", HAS_IS_REMOTE | IS_REMOTE, "vendor=opaque"),
                (root["span_id"], HAS_IS_REMOTE, "vendor=opaque")])


def main():
    if len(sys.argv) != 2 or sys.argv[1] in ("-h", "--help"):
        print(__doc__)
        return 2
    program, judge = sys.argv[1], Judge()
    for what, transport in {
        "HTTP, protobuf": lambda packing: over_http(program, "http/protobuf", packing, judge),
        "HTTP, JSON": lambda packing: over_http(program, "http/json", packing, judge),
        "gRPC": lambda packing: over_grpc(program, packing, judge),
        "file": lambda packing: to_file(program, packing, judge),
        "standard output": lambda packing: to_standard_output(program, judge),
    }.items():
        for packing in ("none", "gzip"):
            before = len(judge.problems)
            recorded, requests = transport(packing)
            spans = decode(requests, judge)
            judge.same("spans", sorted(spans), sorted(span["context"]["span_id"] for span in recorded))
            for span in recorded:
                decoded = spans.get(span["context"]["span_id"], {})
                for field, expected in expected_of(span).items():
                    judge.same(f"{span['name']}: {field}", decoded.get(field), expected)
            check_known_values(spans, judge)
            if len(judge.problems) > before:
                judge.problems.insert(before, f"{what}, {packing}:")
    print("\n".join(judge.problems))
    print(f"{judge.checked} comparisons, {len(judge.problems)} differ")
    return 1 if judge.problems else 0


if __name__ == "__main__":
    sys.exit(main())
