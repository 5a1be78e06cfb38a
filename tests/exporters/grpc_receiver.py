#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""otlp_grpc against the gRPC library's own server.

usage: grpc_receiver.py PROGRAM

PROGRAM is send_spans. Every status, with and without RetryInfo, in trailers and as trailers alone; partial success;
timeouts; large replies; TLS with a client's certificate; what is sent; peers that do not speak gRPC.
"""
import concurrent.futures
import http.server
import pathlib
import sys
import tempfile
import threading
import time

import grpc
from google.protobuf import any_pb2, duration_pb2
from google.rpc import error_details_pb2, status_pb2
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2

from sender import Judge, Sender, free_port, make_authority, make_certificate

METHOD = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
SPANS = 3
RETRYABLE = {"CANCELLED", "DEADLINE_EXCEEDED", "ABORTED", "OUT_OF_RANGE", "UNAVAILABLE", "DATA_LOSS"}


class Call:
    def __init__(self, request, context):
        self.spans = sum(len(scope.spans) for resource in request.resource_spans for scope in resource.scope_spans)
        self.metadata = dict(context.invocation_metadata())
        self.peer = context.peer()
        self.time = time.monotonic()
        self.time_left = context.time_remaining()


class Collector:
    """Answers calls as the functions in `script` do, in order, then with a success."""

    def __init__(self, port=0, credentials=None, address=None):
        self.calls = []
        self.script = []
        self.server = grpc.server(concurrent.futures.ThreadPoolExecutor(4), options=[("grpc.so_reuseport", 0)])
        handler = grpc.unary_unary_rpc_method_handler(
            self.export, trace_service_pb2.ExportTraceServiceRequest.FromString,
            lambda reply: reply if isinstance(reply, bytes) else reply.SerializeToString())
        service, method = METHOD[1:].split("/")
        self.server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, {method: handler}),))
        address = address or f"127.0.0.1:{port}"
        self.port = (self.server.add_secure_port(address, credentials) if credentials else
                     self.server.add_insecure_port(address))
        self.server.start()

    def export(self, request, context):
        self.calls.append(Call(request, context))
        step = self.script.pop(0) if self.script else None
        return step(context) if step else trace_service_pb2.ExportTraceServiceResponse()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.stop(None)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"


def details(code, seconds=None):
    status = status_pb2.Status(code=code.value[0], message="as told")
    if seconds is not None:
        packed = any_pb2.Any()
        delay = duration_pb2.Duration(seconds=int(seconds), nanos=int(seconds % 1 * 1e9))
        packed.Pack(error_details_pb2.RetryInfo(retry_delay=delay))
        status.details.append(error_details_pb2_any())
        status.details.append(packed)
    return (("grpc-status-details-bin", status.SerializeToString()),)


def error_details_pb2_any():
    """Another detail, which comes first and is none of ours to read."""
    packed = any_pb2.Any()
    packed.Pack(error_details_pb2.DebugInfo(detail="not of interest"))
    return packed


def refuse(code, retry=None, with_headers=False, text="a reason: \u00e4 100%"):
    def step(context):
        if with_headers:
            context.send_initial_metadata((("x-header", "first"),))
        context.set_trailing_metadata(details(code, retry))
        context.abort(code, text)
    return step


def statuses(program, judge):
    for code in grpc.StatusCode:
        if code == grpc.StatusCode.OK:
            continue
        for retry in (None, 0.25):
            for with_headers in (False, True):
                what = f"{code.name}, RetryInfo {retry}, {'trailers' if with_headers else 'trailers alone'}"
                again = code.name in RETRYABLE or (code.name == "RESOURCE_EXHAUSTED" and retry is not None)
                with Collector() as collector:
                    collector.script = [refuse(code, retry, with_headers)]
                    with Sender(program, "grpc", OTEL_EXPORTER_OTLP_ENDPOINT=collector.url) as sender:
                        sender.send(SPANS, 10)  # a flush that is over soon does not hurry the second try
                        wait_until(lambda: len(collector.calls) >= (2 if again else 1))
                        account = sender.send(0, 5000)
                    calls = collector.calls
                judge.that(f"{what}: calls", len(calls) == (2 if again else 1), len(calls))
                judge.that(f"{what}: exported", account["exported"] == (SPANS if again else 0), account)
                judge.that(f"{what}: rejected", account["rejected"] == (0 if again else SPANS), account)
                if again and retry and len(calls) == 2:
                    waited = calls[1].time - calls[0].time
                    judge.that(f"{what}: waits as long as it is told", 0.25 <= waited < 2, waited)


def wait_until(condition, seconds=5):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.005)


def messages(program, judge):
    with Collector() as collector, Sender(program, "grpc", OTEL_EXPORTER_OTLP_ENDPOINT=collector.url) as sender:
        collector.script = [refuse(grpc.StatusCode.INVALID_ARGUMENT)]
        account = sender.send()
    told = "".join(account["errors"])
    judge.that("status and message are told", "answered INVALID_ARGUMENT: a reason: \u00e4 100%; 3 spans dropped" in told,
               told)


def request(program, judge):
    for compression in ("none", "gzip"):
        with Collector() as collector, Sender(
                program, "grpc", OTEL_EXPORTER_OTLP_ENDPOINT=collector.url + "/a/path", OTEL_EXPORTER_OTLP_TIMEOUT=7000,
                OTEL_EXPORTER_OTLP_HEADERS="api-key=a%20b", OTEL_EXPORTER_OTLP_COMPRESSION=compression) as sender:
            accounts = [sender.send(400) for _ in range(3)]
        judge.that(f"{compression}: all arrive", [call.spans for call in collector.calls] == [400] * 3, accounts)
        judge.that(f"{compression}: all are counted", accounts[-1]["exported"] == 1200, accounts)
        metadata = collector.calls[0].metadata
        judge.that("the agent is named", metadata["user-agent"].startswith("OTel-OTLP-Exporter-Cpp/"), metadata)
        judge.that("the collector is asked not to trace us", metadata["b3"] == "0", metadata)
        judge.that("headers become metadata", metadata["api-key"] == "a b", metadata)
        judge.that("the timeout is told", 5 < collector.calls[0].time_left <= 7, collector.calls[0].time_left)


def partial_success(program, judge):
    reply = trace_service_pb2.ExportTraceServiceResponse()
    reply.partial_success.rejected_spans = 1
    reply.partial_success.error_message = "one too many"
    with Collector() as collector, Sender(program, "grpc", OTEL_EXPORTER_OTLP_ENDPOINT=collector.url) as sender:
        collector.script = [lambda _: reply]
        account = sender.send()
        judge.that("a partial success is not repeated", len(collector.calls) == 1)
    judge.that("a partial success is counted", [account["exported"], account["rejected"]] == [2, 1], account)
    judge.that("a partial success is told", "one too many" in "".join(account["errors"]), account)


def large_reply(program, judge):
    reply = trace_service_pb2.ExportTraceServiceResponse()
    reply.partial_success.error_message = "x" * (5 << 20)
    with Collector() as collector, Sender(program, "grpc", OTEL_EXPORTER_OTLP_ENDPOINT=collector.url) as sender:
        collector.script = [lambda _: reply]
        account = sender.send()
        judge.that("a reply of 5 MiB is not tried again", len(collector.calls) == 1, len(collector.calls))
    judge.that("a reply of 5 MiB is a rejection", account["rejected"] == SPANS, account)


def timeout(program, judge):
    with Collector() as collector, Sender(program, "grpc", OTEL_EXPORTER_OTLP_ENDPOINT=collector.url,
                                          OTEL_EXPORTER_OTLP_TIMEOUT=200) as sender:
        collector.script = [lambda _: time.sleep(1) or trace_service_pb2.ExportTraceServiceResponse()]
        account = sender.send()
        judge.that("a timeout ends an attempt", len(collector.calls) == 2, len(collector.calls))
    judge.that("a timeout does not end the batch", account["exported"] == SPANS, account)


def refused_connection(program, judge):
    port = free_port()
    with Sender(program, "grpc", OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{port}") as sender:
        first = sender.send(SPANS, 200)
        judge.that("a refused connection keeps the batch", first["live"] == SPANS, first)
        with Collector(port) as collector:
            second = sender.send(0)
            judge.that("it is sent when the collector is there", sum(c.spans for c in collector.calls) == SPANS, second)


def restart(program, judge):
    port = free_port()
    with Sender(program, "grpc", OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{port}") as sender:
        for _ in range(3):
            with Collector(port) as collector:
                account = sender.send()
                judge.that("a collector that was restarted is found", sum(c.spans for c in collector.calls) == SPANS,
                           account)


class PlainHttp(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.send_error(404)

    def log_message(self, *_):
        pass


def not_grpc(program, judge):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), PlainHttp)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with Sender(program, "grpc", OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{server.server_address[1]}") as sender:
        account = sender.send(SPANS, 500)
    server.shutdown()
    judge.that("a server of HTTP/1 takes nothing", account["exported"] == 0 and account["errors"], account)


def tls(program, judge):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        make_authority(folder, "ca")
        make_certificate(folder, "server", "ca")
        make_certificate(folder, "client", "ca")
        read = lambda file: (folder / file).read_bytes()
        credentials = grpc.ssl_server_credentials([(read("server.key"), read("server.pem"))], read("ca.pem"), True)
        with Collector(0, credentials) as collector, Sender(
                program, "grpc", OTEL_EXPORTER_OTLP_ENDPOINT=f"https://127.0.0.1:{collector.port}",
                OTEL_EXPORTER_OTLP_CERTIFICATE=folder / "ca.pem",
                OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE=folder / "client.pem",
                OTEL_EXPORTER_OTLP_CLIENT_KEY=folder / "client.key") as sender:
            accounts = [sender.send() for _ in range(5)]
        judge.that("TLS: all arrive", accounts[-1]["exported"] == 5 * SPANS, accounts)
        judge.that("TLS: one connection", len({call.peer for call in collector.calls}) == 1,
                   [call.peer for call in collector.calls])
        with Collector(0, credentials) as collector, Sender(
                program, "grpc", OTEL_EXPORTER_OTLP_ENDPOINT=f"127.0.0.1:{collector.port}",
                OTEL_EXPORTER_OTLP_CERTIFICATE=folder / "ca.pem") as sender:
            account = sender.send(SPANS, 500)
        judge.that("TLS: without a scheme it is TLS, and a client without a certificate is not let in",
                   account["exported"] == 0 and not collector.calls, account)


def several_at_once(program, judge):
    """More calls than one are under way; a batch has 512 spans."""
    together = threading.Barrier(3, timeout=5)

    def wait_for_the_others(_context):
        together.wait()
        return trace_service_pb2.ExportTraceServiceResponse()

    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        make_authority(folder, "ca")
        make_certificate(folder, "server", "ca")
        credentials = grpc.ssl_server_credentials([((folder / "server.key").read_bytes(),
                                                    (folder / "server.pem").read_bytes())])
        for scheme, secret in (("http", None), ("https", credentials)):
            with Collector(0, secret) as collector, Sender(
                    program, "grpc", "--in-flight", "3", OTEL_BSP_MAX_EXPORT_BATCH_SIZE=100,
                    OTEL_EXPORTER_OTLP_ENDPOINT=f"{scheme}://127.0.0.1:{collector.port}",
                    OTEL_EXPORTER_OTLP_CERTIFICATE=folder / "ca.pem") as sender:
                collector.script = [wait_for_the_others] * 3
                account = sender.send(600)
            judge.that(f"{scheme}: three calls at once", account["exported"] == 600 and not together.broken, account,
                       len(collector.calls))


def other_addresses(program, judge):
    with tempfile.TemporaryDirectory() as folder:
        for address, endpoint in ((f"unix:{folder}/socket", f"unix://{folder}/socket"), ("[::1]:0", None)):
            with Collector(address=address) as collector, Sender(
                    program, "grpc", OTEL_EXPORTER_OTLP_ENDPOINT=endpoint or f"http://[::1]:{collector.port}") as sender:
                account = sender.send()
            judge.that(f"{address} is reached", account["exported"] == SPANS, account)


def without_scheme(program, judge):
    with Collector() as collector, Sender(program, "grpc", OTEL_EXPORTER_OTLP_ENDPOINT=f"127.0.0.1:{collector.port}",
                                          OTEL_EXPORTER_OTLP_INSECURE="true") as sender:
        account = sender.send()
        judge.that("insecure, without a scheme, is plain", len(collector.calls) == 1, account)


def main():
    if len(sys.argv) != 2 or sys.argv[1] in ("-h", "--help"):
        print(__doc__)
        return 2
    judge = Judge()
    for case in (request, messages, partial_success, large_reply, timeout, refused_connection, restart, not_grpc, tls,
                 several_at_once, other_addresses, without_scheme, statuses):
        begin = time.monotonic()
        case(sys.argv[1], judge)
        print(f"{case.__name__}: {time.monotonic() - begin:.1f} s", flush=True)
    return judge.end()


if __name__ == "__main__":
    sys.exit(main())
