# SPDX-License-Identifier: Apache-2.0
"""OpenTelemetry Python's propagators, asked as carry_headers is."""
import logging

from opentelemetry import baggage, trace
from opentelemetry.baggage.propagation import W3CBaggagePropagator
from opentelemetry.context import Context
from opentelemetry.propagators.b3 import B3MultiFormat, B3SingleFormat
from opentelemetry.propagators.jaeger import JaegerPropagator
from opentelemetry.propagators.ot_trace import OTTracePropagator
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from answers import by_name, comparable

PROPAGATORS = {
    "tracecontext": TraceContextTextMapPropagator(),
    "baggage": W3CBaggagePropagator(),
    "b3": B3SingleFormat(),
    "b3multi": B3MultiFormat(),
    "jaeger": JaegerPropagator(),
    "ottrace": OTTracePropagator(),
}


def answer(propagator, headers):
    context = PROPAGATORS[propagator].extract(by_name(headers), Context())
    span = trace.get_current_span(context).get_span_context()
    valid = span.is_valid
    sent = {}
    PROPAGATORS[propagator].inject(sent, context)
    return comparable({
        "trace": trace.format_trace_id(span.trace_id) if valid else "",
        "span": trace.format_span_id(span.span_id) if valid else "",
        "flags": int(span.trace_flags) & 0x0F if valid else 0,
        "state": span.trace_state.to_header() if valid else "",
        "baggage": [(key, str(value)) for key, value in baggage.get_all(context).items()],
        "sent": [list(one) for one in sent.items()],
    })


def answers(requests):
    logging.disable(logging.CRITICAL)  # they warn of each damaged header
    return [answer(propagator, headers) for propagator, headers in requests]
