#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Asks a running Jaeger for traces and says whether each one is whole.

A trace is whole when it has exactly one root, every other span's parent is in the trace, every
span is reached from the root, no span id occurs twice, and the expected services took part.

Examples
  jaeger_demo.py --query http://127.0.0.1:16686 --trace 4bf92f3577b34da6a3ce929d0e0e4736 \\
      --services gateway,orders,payments
  jaeger_demo.py --query URL --trace-file ids.txt --services gateway,orders,payments --min-spans 5
  jaeger_demo.py --query URL --service gateway --min-traces 20 --service-count 3
  jaeger_demo.py --self-test

Exit status: 0 all whole, 1 something is wrong (one sentence each), 2 a mistake on the command line.
"""

import argparse
import json
import re
import sys
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request

# Straight to the address, whatever proxy the environment names: Jaeger is on this machine.
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class NoAnswer(Exception):
    """The query API could not be asked, or what it said is no answer; the text says which."""


# --- asking


def ask(query, path):
    """The decoded JSON document at `path`; None when Jaeger says that there is no such trace."""
    url = query.rstrip("/") + path
    try:
        with DIRECT.open(url, timeout=10) as reply:
            return json.loads(reply.read())
    except urllib.error.HTTPError as error:
        if error.code == 404:
            return None
        raise NoAnswer(
            f"{url} answered {error.code}: {error.read(300).decode(errors='replace')}"
        ) from error
    except (OSError, ValueError) as error:
        raise NoAnswer(
            f"{url} gave no answer: {error}; is Jaeger running (tools/interop jaeger start)?"
        ) from error


def traces_by_id(query, trace_ids):
    """{trace id: trace or None} for the ids asked for."""
    found = {}
    for trace_id in trace_ids:
        document = ask(query, f"/api/traces/{trace_id}")
        data = (document or {}).get("data")
        found[trace_id] = data[0] if data else None
    return found


def traces_of_service(query, service):
    """{trace id: trace} for the latest traces in which the service took part."""
    parameters = urllib.parse.urlencode({"service": service, "limit": 10000})
    document = ask(query, f"/api/traces?{parameters}")
    return {trace["traceID"]: trace for trace in (document or {}).get("data") or []}


# --- judging


def parent_of(span):
    """The span id of the parent, or None. Links also appear as references, of another type."""
    for reference in span.get("references") or []:
        if reference.get("refType") == "CHILD_OF" and reference.get("traceID") == span.get(
            "traceID"
        ):
            return reference.get("spanID")
    return None


def service_of(trace, span):
    return (
        trace.get("processes", {}).get(span.get("processID"), {}).get("serviceName", "(no service)")
    )


def is_error(span):
    return any(
        tag.get("key") == "error" and tag.get("value") is True for tag in span.get("tags") or []
    )


def named(trace, span):
    return f"'{span.get('operationName')}' ({span.get('spanID')}, {service_of(trace, span)})"


def listed(words):
    return ", ".join(words) if words else "none"


def reached_from(root_id, parents):
    children = {}
    for span_id, parent in parents.items():
        children.setdefault(parent, []).append(span_id)
    reached, ahead = set(), [root_id]
    while ahead:
        span_id = ahead.pop()
        if span_id not in reached:
            reached.add(span_id)
            ahead.extend(children.get(span_id, []))
    return reached


def shape_faults(trace, outside_parent=None):
    """Sentences about the tree: roots, parents, doubles, rings.

    `outside_parent` is the span of a caller that does not export to this Jaeger.
    """
    spans = trace.get("spans") or []
    by_id = {span["spanID"]: span for span in spans}
    parents = {span["spanID"]: parent_of(span) for span in spans}
    faults = []
    seen = set()
    for span in spans:
        if span["spanID"] in seen:
            faults.append(f"the span id {span['spanID']} occurs more than once")
        seen.add(span["spanID"])
    is_root = {None, outside_parent} if outside_parent else {None}
    roots = [span_id for span_id, parent in parents.items() if parent in is_root]
    for span_id, parent in parents.items():
        if parent not in is_root and parent not in by_id:
            faults.append(
                f"span {named(trace, by_id[span_id])} has the parent {parent}, "
                "which is not in the trace"
            )
    if outside_parent and not any(parents[span_id] == outside_parent for span_id in roots):
        faults.append(
            f"no span has the caller's span {outside_parent} as its parent: "
            "its traceparent was not followed"
        )
    if len(roots) != 1:
        names = listed([named(trace, by_id[span_id]) for span_id in roots])
        faults.append(f"there are {len(roots)} roots instead of one: {names}")
    elif not faults:
        lost = set(parents) - reached_from(roots[0], parents)
        if lost:
            names = listed([named(trace, by_id[span_id]) for span_id in sorted(lost)])
            faults.append(
                f"{len(lost)} spans are each other's parents and not reached from the root: {names}"
            )
    return faults


def faults_of(trace, expected, outside_parent=None):
    """Every sentence about what is wrong with one trace; empty when it is whole."""
    if not trace or not trace.get("spans"):
        return ["Jaeger does not have it"]
    faults = shape_faults(trace, outside_parent)
    spans = trace["spans"]
    services = sorted({service_of(trace, span) for span in spans})
    missing = [name for name in expected.services if name not in services]
    if missing:
        faults.append(f"no span of {listed(missing)}; there are spans of {listed(services)}")
    if expected.service_count is not None and len(services) != expected.service_count:
        faults.append(
            f"{len(services)} services instead of {expected.service_count}: {listed(services)}"
        )
    if len(spans) < expected.min_spans:
        faults.append(f"{len(spans)} spans instead of at least {expected.min_spans}")
    if expected.root_service:
        roots = {service_of(trace, s) for s in spans if parent_of(s) in (None, outside_parent)}
        if roots and roots != {expected.root_service}:
            faults.append(
                f"the root belongs to {listed(sorted(roots))} instead of {expected.root_service}"
            )
    return faults


def judge(traces, expected, outside_parents):
    """All faults over all traces, each beginning with the trace it speaks of."""
    faults = []
    for trace_id, trace in traces.items():
        outside = outside_parents.get(trace_id)
        faults += [f"trace {trace_id}: {fault}" for fault in faults_of(trace, expected, outside)]
    if len(traces) < expected.min_traces:
        faults.append(f"{len(traces)} traces instead of at least {expected.min_traces}")
    errors = sum(is_error(span) for trace in traces.values() if trace for span in trace["spans"])
    if errors < expected.min_error_spans:
        faults.append(
            f"{errors} spans with an error instead of at least {expected.min_error_spans}"
        )
    return faults


def described(trace_id, trace):
    spans = trace["spans"]
    ids = {span["spanID"] for span in spans}
    root = next(span for span in spans if parent_of(span) not in ids)
    services = listed(sorted({service_of(trace, span) for span in spans}))
    return f"trace {trace_id}: whole, {len(spans)} spans of {services} under {named(trace, root)}"


# --- the command line


def trace_argument(text):
    """ID, or ID:PARENT for a trace begun by a caller whose own span is not exported here."""
    match = re.fullmatch(r"([0-9a-fA-F]{32})(?::([0-9a-fA-F]{16}))?", text.strip())
    if not match:
        raise argparse.ArgumentTypeError(
            f"'{text}' is not 32 hexadecimal digits, optionally ':' and 16 more"
        )
    return match.group(1).lower(), (match.group(2) or "").lower() or None


def parse_arguments(arguments):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--query", metavar="URL", help="Jaeger's query address, e.g. $WEFT_JAEGER_QUERY_URL"
    )
    parser.add_argument(
        "--trace",
        metavar="ID[:PARENT]",
        type=trace_argument,
        action="append",
        default=[],
        help="a trace to check; PARENT is the caller's span id if it came with a traceparent",
    )
    parser.add_argument(
        "--trace-file", metavar="FILE", help="a file with one ID[:PARENT] per line; - is stdin"
    )
    parser.add_argument(
        "--service", metavar="NAME", help="check every trace in which this service took part"
    )
    parser.add_argument(
        "--services", metavar="A,B,C", default="", help="services that each trace must contain"
    )
    parser.add_argument(
        "--service-count", metavar="N", type=int, help="how many services each trace has"
    )
    parser.add_argument("--root-service", metavar="NAME", help="the service of each trace's root")
    parser.add_argument(
        "--min-spans", metavar="N", type=int, default=1, help="spans in each trace, at least"
    )
    parser.add_argument(
        "--min-traces", metavar="N", type=int, default=1, help="traces in all, at least"
    )
    parser.add_argument(
        "--min-error-spans", metavar="N", type=int, default=0, help="failed spans in all, at least"
    )
    parser.add_argument(
        "--wait",
        metavar="SECONDS",
        type=float,
        default=10,
        help="how long to ask again until all is well (default 10); exports arrive one by one",
    )
    parser.add_argument(
        "--self-test", action="store_true", help="check this program with good and broken traces"
    )
    options = parser.parse_args(arguments)
    if options.self_test:
        return options
    if not options.query:
        parser.error("--query URL is needed: the address of Jaeger's query API")
    if options.trace_file:
        try:
            with open(
                0 if options.trace_file == "-" else options.trace_file, encoding="utf-8"
            ) as file:
                options.trace += [trace_argument(line) for line in file if line.strip()]
        except (OSError, argparse.ArgumentTypeError) as error:
            parser.error(f"--trace-file {options.trace_file}: {error}")
    if bool(options.trace) == bool(options.service):
        parser.error(
            "give either traces (--trace, --trace-file with at least one line) or --service"
        )
    options.services = [name for name in options.services.split(",") if name]
    return options


def check(options):
    """Asks until all is well or the time is over; (faults, traces) of the last answer."""
    outside_parents = dict(options.trace)
    deadline = time.monotonic() + options.wait
    while True:
        try:
            if options.service:
                traces = traces_of_service(options.query, options.service)
            else:
                traces = traces_by_id(options.query, outside_parents)
            faults = judge(traces, options, outside_parents)
        except NoAnswer as error:
            traces, faults = {}, [str(error)]
        if not faults or time.monotonic() >= deadline:
            return faults, traces
        time.sleep(0.2)


def main(arguments):
    options = parse_arguments(arguments)
    if options.self_test:
        result = unittest.TextTestRunner().run(
            unittest.defaultTestLoader.loadTestsFromName("jaeger_demo_test")
        )
        return 0 if result.testsRun and result.wasSuccessful() else 1
    faults, traces = check(options)
    if faults:
        print("\n".join(faults))
        print(f"NOT whole: {len(faults)} faults in {len(traces)} traces")
        return 1
    for trace_id, trace in traces.items():
        print(described(trace_id, trace))
    print(f"all {len(traces)} traces are whole")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
