#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the demo and judges each trace by what the viewer received.

usage: demo_test.py DEMO BUILD_FOLDER [--requests N] [--crash]

Exit status: 0 all well, 1 something is wrong (one sentence each).
"""

import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile

SERVICES = {"gateway", "orders", "payments"}


class Trace:
    def __init__(self, trace_id, outside_parent, spans):
        self.id = trace_id
        self.outside_parent = outside_parent
        self.spans = spans
        self.by_id = {span["span_id"]: span for span in spans}

    def named(self, name, service=None):
        return [s for s in self.spans
                if s["name"] == name and (service is None or s["service"] == service)]

    def parent(self, span):
        return self.by_id.get(span["parent_span_id"])

    def card(self):
        charges = self.named("charge card", "payments")
        return charges[0]["attributes"].get("card.brand") if len(charges) == 1 else None


def label(span):
    return f"{span['service']}: {span['name']}"


def judge_shape(trace):
    """One root, every parent present, three services."""
    if not trace.spans:
        yield "the viewer did not receive it"
        return
    if len(trace.by_id) != len(trace.spans):
        yield "a span id occurs twice"
    tops = [s for s in trace.spans if s["parent_span_id"] not in trace.by_id]
    if len(tops) != 1:
        yield f"{len(tops)} spans are without a parent here: {[label(s) for s in tops]}"
        return
    top = tops[0]
    if label(top) != "gateway: POST /checkout":
        yield f"the top is {label(top)}"
    if top["parent_span_id"] != (trace.outside_parent or ""):
        yield f"the top's parent is '{top['parent_span_id']}', not '{trace.outside_parent or ''}'"
    if top["parent_is_remote"] != bool(trace.outside_parent):
        yield "the top says wrongly whether its parent is remote"
    services = {s["service"] for s in trace.spans}
    if services != SERVICES:
        yield f"it has spans of {sorted(services)}"


def judge_parents(trace):
    """A server span's parent is the client span of the call, in the calling service."""
    callers = {"orders": "gateway", "payments": "orders"}
    for span in trace.spans:
        parent = trace.parent(span)
        if span["kind"] == "server" and span["service"] in callers:
            caller = callers[span["service"]]
            if not parent or parent["kind"] != "client" or parent["service"] != caller:
                yield f"{label(span)} is not the child of a client span of {caller}"
            elif not span["parent_is_remote"]:
                yield f"{label(span)} has a parent in another process, but does not say remote"
        elif parent and parent["service"] != span["service"]:
            yield f"{label(span)} is the child of {label(parent)}"
    for name in ("check stock", "look up price"):
        for span in trace.named(name, "gateway") or [None]:
            parent = span and trace.parent(span)
            if not parent or parent["name"] != "POST /checkout":
                yield f"'{name}', which runs in a pool, is not a child of the request's span"
    for name, parent_name in (("SELECT stock", "GET /stock/{item}"),
                              ("SELECT prices", "GET /price/{item}"),
                              ("INSERT orders", "POST /orders"),
                              ("UPDATE orders", "POST /orders"),
                              ("check fraud", "POST /payments"),
                              ("charge card", "POST /payments")):
        found = trace.named(name)
        if len(found) != 1 or trace.parent(found[0])["name"] != parent_name:
            yield f"there is not one '{name}' under '{parent_name}'"


def judge_times(trace):
    for span in trace.spans:
        if span["end_ns"] < span["start_ns"]:
            yield f"{label(span)} ends before it begins"
        parent = trace.parent(span)
        if not parent:
            continue
        here = parent["service"] == span["service"]
        # Clocks of two processes may differ a little; and a server is done after the client has
        # its answer, by as much as the machine likes.
        if span["start_ns"] < parent["start_ns"] - (0 if here else 2_000_000):
            yield f"{label(span)} begins before its parent {label(parent)}"
        if here and span["end_ns"] > parent["end_ns"]:
            yield f"{label(span)} ends after its parent {label(parent)}"


# Which spans of a trace have an error status, by the card: everything else has none.
FAILING = {
    "visa": [],
    "slow": [],
    "declined": ["gateway: POST", "orders: POST", "payments: charge card"],
    "broken": ["gateway: POST", "gateway: POST /checkout", "orders: POST", "orders: POST /orders",
               "payments: POST /payments", "payments: charge card"],
}
STATUS = {"visa": 201, "slow": 201, "declined": 402, "broken": 502}


def judge_outcome(trace):
    card = trace.card()
    if card not in FAILING:
        yield f"'charge card' says card '{card}'"
        return
    failing = sorted(label(s) for s in trace.spans if s["status"] == "error")
    if failing != sorted(FAILING[card]):
        yield f"with the card '{card}' these have an error status: {failing}"
    top = trace.named("POST /checkout")[0]
    if top["attributes"].get("http.response.status_code") != str(STATUS[card]):
        yield f"the gateway's status is {top['attributes'].get('http.response.status_code')}"
    charge = trace.named("charge card")[0]
    if card == "declined" and charge["status_message"] != "the bank declined the card":
        yield f"'charge card' says why: '{charge['status_message']}'"
    if card == "slow" and charge["end_ns"] - charge["start_ns"] < 300_000_000:
        yield "the slow bank took less than 300 ms"
    events = [e for e in trace.named("POST /payments")[0]["events"] if e["name"] == "exception"]
    types = [e["attributes"].get("exception.type") for e in events]
    if types != (["storefront::BankUnreachable"] if card == "broken" else []):
        yield f"POST /payments has the exceptions {types}"


UNFINISHED = ["payments: POST /payments", "payments: charge card"]


def judge_crash(trace):
    """The service was killed while it waited for the bank: what it had open is marked, no other."""
    marked = [s for s in trace.spans if s["attributes"].get("weft.unfinished") == "true"]
    if sorted(label(s) for s in marked) != UNFINISHED:
        yield f"these are marked as unfinished: {[label(s) for s in marked]}"
    for span in marked:
        if span["status"] != "error":
            yield f"{label(span)} is unfinished, but its status is {span['status']}"
        ended = [e for e in span["events"] if e["name"] == "weft.process_ended"]
        if len(ended) != 1 or int(ended[0]["attributes"].get("process.pid", "0")) <= 0:
            yield f"{label(span)} does not say which process ended: {span['events']}"
    if not [e for e in trace.named("charge card")[0]["events"]
            if e["name"] == "waiting for the bank"]:
        yield "'charge card' lost the event that it had before the kill"
    failing = sorted(label(s) for s in trace.spans if s["status"] == "error")
    if failing != sorted(["gateway: POST", "gateway: POST /checkout", "orders: POST",
                          "orders: POST /orders"] + UNFINISHED):
        yield f"these have an error status: {failing}"


def judge_baggage(trace):
    customer = trace.named("check fraud")[0]["attributes"].get("customer")
    if customer != "Ann Lee, gold; 100%":
        yield f"the customer arrived as '{customer}', two services further"


def judge_logs(trace, logs):
    for service in SERVICES - ({"payments"} if trace.card() in ("visa", "slow") else set()):
        lines = [line for line in logs[service] if f"trace_id={trace.id} " in line]
        if not lines:
            yield f"{service} logged no line with its trace id"
        elif not all(re.search(r" request_id=[0-9a-f]{32} .* span_id=[0-9a-f]{16}$", line)
                     for line in lines):
            yield f"a line of {service} lacks a request or span id: {lines}"


def judge(trace, logs):
    faults = list(judge_shape(trace))
    if not faults:
        outcome = judge_crash if trace.card() == "stuck" else judge_outcome
        for question in (judge_parents, judge_times, outcome, judge_baggage):
            faults += question(trace)
        faults += judge_logs(trace, logs)
    return [f"trace {trace.id}: {fault}" for fault in faults]


def read_traces(folder):
    spans = {}
    for line in (folder / "spans.json").read_text(encoding="utf-8").splitlines():
        span = json.loads(line)
        spans.setdefault(span["trace_id"], []).append(span)
    wanted = [line.partition(":") for line in (folder / "traces.txt").read_text().split()]
    traces = [Trace(i, parent or None, spans.pop(i, [])) for i, _, parent in wanted]
    return traces, spans


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("demo")
    parser.add_argument("programs")
    parser.add_argument("--requests", type=int, default=6)
    parser.add_argument("--crash", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        command = [options.demo, "--programs", options.programs, "--logs", name, "--requests",
                   str(options.requests)] + (["--crash"] if options.crash else [])
        expected = options.requests + (2 if options.crash else 0)
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              timeout=110, check=False)
        print(done.stdout)
        if done.returncode != 0:
            print(f"the demo ended with status {done.returncode}")
            return 1
        traces, others = read_traces(folder)
        logs = {s: [line for log in folder.glob(f"{s}*.log")
                    for line in log.read_text().splitlines()] for s in SERVICES}
        faults = [fault for trace in traces for fault in judge(trace, logs)]
        faults += [f"trace {i}: nobody asked for it" for i in others]
        if len(traces) != expected:
            faults.append(f"{len(traces)} traces instead of {expected}")
        if options.crash:
            if [trace.card() for trace in traces].count("stuck") != 1:
                faults.append("there is not one trace that was cut off")
            if len(re.findall(r"✗ unfinished", done.stdout)) != len(UNFINISHED):
                faults.append("the picture does not mark what is unfinished")
        if options.requests >= 5:
            cards = {trace.card() for trace in traces}
            faults += [f"no trace has the card '{card}'" for card in set(FAILING) - cards]
            if sum(bool(trace.outside_parent) for trace in traces) != 1:
                faults.append("not exactly one trace began outside")
        drawn = len(re.findall(r"^trace [0-9a-f]{32} ", done.stdout, re.MULTILINE))
        if drawn != expected:
            faults.append(f"{drawn} traces were drawn")
    print("\n".join(faults) if faults else f"all {len(traces)} traces are as they should be")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
