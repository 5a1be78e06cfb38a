#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A weft service between services of other OpenTelemetry SDKs.

usage: chain.py WEFT_HOP GO_HOP

For each format a Python, a Go and a weft service are started, each with its own SDK. Requests go through them in chains
with weft behind, between and before the others, kept and not kept, with baggage and trace state. Every chain has to be
one trace: each service's parent is the service before it, the decision stays and what travels along arrives unchanged.
"""
import itertools
import json
import os
import pathlib
import subprocess
import sys
import urllib.request

TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
BAGGAGE = {"user": "alice", "tenant": "blue-7"}
FORMATS = ["tracecontext,baggage", "b3", "b3multi", "jaeger"]
CHAINS = [("python", "weft", "go"), ("go", "weft", "python"), ("weft", "go", "weft", "python", "weft"), ("python", "weft"),
          ("go", "weft")]


def entry(name, sampled):
    """What the client outside sends."""
    flag = "1" if sampled else "0"
    if name == "tracecontext,baggage":
        return {"traceparent": f"00-{TRACE}-{PARENT}-0{flag}", "tracestate": "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE",
                "baggage": ",".join(f"{key}={value}" for key, value in BAGGAGE.items())}
    if name == "b3":
        return {"b3": f"{TRACE}-{PARENT}-{flag}"}
    if name == "b3multi":
        return {"X-B3-TraceId": TRACE, "X-B3-SpanId": PARENT, "X-B3-Sampled": flag}
    return {"uber-trace-id": f"{TRACE}:{PARENT}:0:{flag}", **{f"uberctx-{key}": value for key, value in BAGGAGE.items()}}


def problems(name, chain, sampled, reports):
    if [one.get("service") for one in reports] != list(chain):
        yield f"the services were {reports}"
        return
    before = PARENT
    for place, one in enumerate(reports):
        where = f"{place + 1}. {one['service']}"
        if one["trace"] != TRACE:
            yield f"{where}: trace {one['trace']} instead of {TRACE}"
        if sampled and one["parent"] != before:
            yield f"{where}: parent {one['parent']} instead of {before}"
        if one["sampled"] != sampled:
            yield f"{where}: sampled is {one['sampled']}"
        # Go's Jaeger propagator carries no baggage, so none arrives behind it.
        carries = name == "tracecontext,baggage" or (name == "jaeger" and "go" not in chain[:place + 1])
        if carries and {key: one["baggage"].get(key) for key in BAGGAGE} != BAGGAGE:
            yield f"{where}: baggage {one['baggage']}"
        if name == "tracecontext,baggage" and one["state"] != "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE":
            yield f"{where}: state {one['state']}"
        before = one["span"]
    if len({one["span"] for one in reports}) != len(reports):
        yield "a span id is there twice"


def ask(url, headers):
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=30) as reply:
        return json.load(reply)


def start(command, name):
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "OTEL_PROPAGATORS": name})
    return process, f"http://127.0.0.1:{int(process.stdout.readline())}/"


def run_format(name, commands):
    services = {service: start(command, name) for service, command in commands(name).items()}
    failures, asked = [], 0
    try:
        for chain, sampled in itertools.product(CHAINS, (True, False)):
            urls = [services[service][1].rstrip("/") for service in chain]
            reports = ask(urls[0], {**entry(name, sampled), "x-next": ",".join(urls[1:])})
            asked += 1
            failures += [f"{name}, {' > '.join(chain)}, {'kept' if sampled else 'not kept'}: {problem}"
                         for problem in problems(name, chain, sampled, reports)]
    finally:
        for process, _ in services.values():
            process.kill()
            process.wait()
    print(f"{name}: {asked} requests through {len(CHAINS)} chains, {len(failures)} problems")
    return failures


def main():
    weft, go = sys.argv[1:]
    here = pathlib.Path(__file__).parent

    def commands(name):
        return {"weft": [weft], "go": [go, name], "python": [sys.executable, str(here / "hop.py"), name]}

    failures = [failure for name in FORMATS for failure in run_format(name, commands)]
    print("\n".join(failures))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
