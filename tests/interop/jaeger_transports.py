#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A real Jaeger gets the same spans over each transport, and must tell them alike.

usage: jaeger_transports.py PROGRAM

PROGRAM is otlp_spans. Starts Jaeger by tools/interop (which builds it once, in minutes), sends by OTLP over HTTP with
protobuf and with JSON, over gRPC, plain and packed, and by Zipkin; asks Jaeger's query API what arrived.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
NAMES = sorted(["", "GET /checkout", "after", "charge card", "consumed", "crowded", "left by an exception"])


def interop(command, state):
    subprocess.run([ROOT / "tools" / "interop", "jaeger", command, "--state", state], check=True,
                   stdout=subprocess.DEVNULL)


def send(program, service, **variables):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    environment.update(variables, WEFT_TEST_SERVICE=service, WEFT_TEST_FINITE="1")
    result = subprocess.run([program], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                            timeout=60, check=False)
    return f"exit status {result.returncode}: {result.stderr}" if result.returncode else ""


def spans_of(query, service):
    """What Jaeger has of the service; traces are shared, for every run takes up the same remote parent."""
    with DIRECT.open(f"{query}/api/traces?service={service}&limit=1000&start=1&end=4000000000000000",
                     timeout=10) as reply:
        traces = json.loads(reply.read())["data"]
    return [span for trace in traces for span in trace["spans"]
            if trace["processes"][span["processID"]]["serviceName"] == service]


def arrived(query, service):
    end = time.monotonic() + 10
    spans = []
    while len(spans) < len(NAMES) and time.monotonic() < end:
        spans = spans_of(query, service)
        time.sleep(0.1)
    return spans


def tags_of(items, without=()):
    return sorted((tag["key"], tag["type"], str(tag["value"])) for tag in items if tag["key"] not in without)


def told(spans):
    """Each span without what differs from run to run: ids and times."""
    def one(span):
        changing = ("exception.stacktrace",)
        return {"name": span["operationName"], "tags": tags_of(span["tags"], changing),
                "logs": [tags_of(log["fields"], changing) for log in span["logs"]],
                "references": sorted(reference["refType"] for reference in span["references"]),
                "warnings": span.get("warnings")}
    return sorted((one(span) for span in spans), key=lambda span: (span["name"], str(span)))


def differences(seen, reference):
    names = [span["name"] for span in seen]
    if names != NAMES:
        return f"the spans {names}"
    return "; ".join(f"{one}, not {other}"[:500] for one, other in zip(seen, reference) if one != other)


def main():
    if len(sys.argv) != 2 or sys.argv[1] in ("-h", "--help"):
        print(__doc__)
        return 2
    problems = []
    with tempfile.TemporaryDirectory() as folder:
        state = os.path.join(folder, "jaeger.env")
        interop("start", state)
        try:
            ports = dict(line.split("=", 1) for line in pathlib.Path(state).read_text().splitlines())
            query = ports["WEFT_JAEGER_QUERY_URL"]
            http = ports["WEFT_JAEGER_OTLP_HTTP_URL"]
            grpc = f"http://127.0.0.1:{ports['WEFT_JAEGER_OTLP_GRPC_PORT']}"
            zipkin = f"http://127.0.0.1:{ports['WEFT_JAEGER_ZIPKIN_PORT']}/api/v2/spans"
            reference = None
            for protocol, endpoint in (("http/protobuf", http), ("http/json", http), ("grpc", grpc)):
                for packing in ("none", "gzip"):
                    service = f"{protocol}-{packing}".replace("/", "-")
                    wrong = send(sys.argv[1], service, OTEL_EXPORTER_OTLP_ENDPOINT=endpoint,
                                 OTEL_EXPORTER_OTLP_PROTOCOL=protocol, OTEL_EXPORTER_OTLP_COMPRESSION=packing)
                    seen = told(arrived(query, service))
                    reference = reference or seen
                    if wrong or [span["name"] for span in seen] != NAMES or seen != reference:
                        problems.append(f"{service}: {wrong} {differences(seen, reference)}")
                    print(f"{service}: {len(seen)} spans, {sum(len(span['tags']) for span in seen)} tags", flush=True)
            wrong = send(sys.argv[1], "zipkin", WEFT_TEST_EXPORTER="zipkin", OTEL_EXPORTER_ZIPKIN_ENDPOINT=zipkin)
            spans = arrived(query, "zipkin")
            print(f"zipkin: {len(spans)} spans, {sum(len(span['tags']) for span in spans)} tags")
            problems += zipkin_problems(spans, reference, wrong)
        finally:
            interop("stop", state)
    print("\n".join(problems))
    print(f"7 transports, {len(problems)} problems")
    return 1 if problems else 0


def zipkin_problems(spans, reference, wrong):
    """Zipkin's values are text; what OTLP said of a span must be there as text."""
    problems = [wrong] if wrong else []
    names = sorted(span["operationName"] for span in spans)
    if names != NAMES:
        problems.append(f"zipkin: spans {names}")
    for span in spans:
        tags = {tag["key"]: tag["value"] for tag in span["tags"]}
        expected = next(item for item in reference if item["name"] == span["operationName"])
        for key, kind, value in expected["tags"]:
            if key.startswith(("otel.scope", "http", "text", "bool", "int")) and kind in ("string", "int64"):
                if str(tags.get(key)) != value:
                    problems.append(f"zipkin: {span['operationName']}: {key} is {str(tags.get(key))[:100]}, "
                                    f"not {value[:100]}")
        if len(span["logs"]) != len(expected["logs"]):
            problems.append(f"zipkin: {span['operationName']}: {len(span['logs'])} logs, not {len(expected['logs'])}")
    return problems


if __name__ == "__main__":
    sys.exit(main())
