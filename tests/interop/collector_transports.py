#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A real OpenTelemetry Collector gets the same spans over each OTLP transport; what it sends on is what was recorded.

usage: collector_transports.py PROGRAM COLLECTOR

PROGRAM is otlp_spans, COLLECTOR was built from collector/main.go. The collector sends on by OTLP/HTTP to a receiver here,
where Google's protobuf decodes it (tests/exporters/otlp_decode.py) and each span is compared field by field.
"""
import http.server
import pathlib
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "exporters"))
import otlp_decode  # noqa: E402
from sender import free_port  # noqa: E402

CONFIGURATION = """
receivers:
  otlp:
    protocols:
      grpc:
        endpoint: 127.0.0.1:{grpc}
      http:
        endpoint: 127.0.0.1:{http}
exporters:
  otlphttp:
    endpoint: http://127.0.0.1:{sent_on}
    compression: none
    sending_queue:
      enabled: false
service:
  telemetry:
    metrics:
      level: none
    logs:
      level: error
  pipelines:
    traces:
      receivers: [otlp]
      exporters: [otlphttp]
"""


class Collector:
    """A context; `ports` are those of its receivers."""

    def __init__(self, program, sent_on):
        self.program = program
        self.ports = {"grpc": free_port(), "http": free_port()}
        self.folder = tempfile.TemporaryDirectory()
        path = pathlib.Path(self.folder.name) / "collector.yaml"
        path.write_text(CONFIGURATION.format(sent_on=sent_on, **self.ports))
        self.process = subprocess.Popen([program, "--config", f"file:{path}"])

    def __enter__(self):
        end = time.monotonic() + 30
        for port in self.ports.values():
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                except OSError:
                    if self.process.poll() is not None or time.monotonic() > end:
                        raise SystemExit("the collector did not start") from None
                    time.sleep(0.05)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=20)
        self.folder.cleanup()


def main():
    if len(sys.argv) != 3:
        print(__doc__)
        return 2
    judge = otlp_decode.Judge()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), otlp_decode.Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with Collector(sys.argv[2], server.server_address[1]) as collector:
        for protocol in ("http/protobuf", "http/json", "grpc"):
            for packing in ("none", "gzip"):
                otlp_decode.Receiver.requests = []
                port = collector.ports["grpc" if protocol == "grpc" else "http"]
                _, recorded = otlp_decode.run(sys.argv[1], OTEL_EXPORTER_OTLP_PROTOCOL=protocol,
                                              OTEL_EXPORTER_OTLP_COMPRESSION=packing,
                                              OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{port}")
                requests = [otlp_decode.trace_service_pb2.ExportTraceServiceRequest.FromString(body)
                            for _, _, body in otlp_decode.Receiver.requests]
                otlp_decode.compare(f"{protocol}, {packing}", recorded, requests, judge)
    return judge.end()


if __name__ == "__main__":
    sys.exit(main())
