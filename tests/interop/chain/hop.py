#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One service of a chain, with OpenTelemetry's Python SDK: see hop.cpp. usage: hop.py FORMAT"""
import http.server
import json
import sys
import urllib.request

from opentelemetry import baggage, context, trace
from opentelemetry.baggage.propagation import W3CBaggagePropagator
from opentelemetry.propagators.b3 import B3MultiFormat, B3SingleFormat
from opentelemetry.propagators.composite import CompositePropagator
from opentelemetry.propagators.jaeger import JaegerPropagator
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

FORMATS = {
    "tracecontext,baggage": [TraceContextTextMapPropagator(), W3CBaggagePropagator()],
    "b3": [B3SingleFormat()],
    "b3multi": [B3MultiFormat()],
    "jaeger": [JaegerPropagator()],
}
PROPAGATOR = CompositePropagator(FORMATS[sys.argv[1]])
TRACER = TracerProvider().get_tracer("chain")


def seen(span):
    here = span.get_span_context()
    return {"service": "python", "trace": trace.format_trace_id(here.trace_id), "span": trace.format_span_id(here.span_id),
            "parent": trace.format_span_id(span.parent.span_id) if getattr(span, "parent", None) else "",
            "sampled": here.trace_flags.sampled, "state": here.trace_state.to_header(), "baggage": dict(baggage.get_all())}


def call(chain):
    first, _, rest = chain.partition(",")
    headers = {"x-next": rest} if rest else {}
    PROPAGATOR.inject(headers)
    with urllib.request.urlopen(urllib.request.Request(first, headers=headers), timeout=20) as reply:
        return json.load(reply)


class Hop(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        token = context.attach(PROPAGATOR.extract({name.lower(): value for name, value in self.headers.items()}))
        try:
            with TRACER.start_as_current_span("GET /") as span:
                report = [seen(span)]
                chain = self.headers.get("x-next")
                if chain:
                    report += call(chain)
        finally:
            context.detach(token)
        body = json.dumps(report).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hop)
print(server.server_port, flush=True)
server.serve_forever()
