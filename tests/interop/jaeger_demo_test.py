# SPDX-License-Identifier: Apache-2.0
"""Good and broken traces for jaeger_demo.py, and a server that answers as Jaeger does.

Run by `jaeger_demo.py --self-test`.
"""

import argparse
import copy
import http.server
import json
import threading
import unittest

from jaeger_demo import check, described, judge, parse_arguments, trace_argument

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
CALLER = "b7ad6b7169203331"


def made_span(span_id, parent, process, name="work", **more):
    references = [{"refType": "CHILD_OF", "traceID": TRACE, "spanID": parent}] if parent else []
    return {
        "traceID": TRACE,
        "spanID": span_id,
        "operationName": name,
        "references": references,
        "processID": process,
        "tags": [],
        **more,
    }


def made_trace():
    """gateway (root, client) -> orders -> payments (failed)."""
    processes = {
        p: {"serviceName": n} for p, n in (("p1", "gateway"), ("p2", "orders"), ("p3", "payments"))
    }
    failed = [{"key": "error", "type": "bool", "value": True}]
    spans = [
        made_span("a1", None, "p1", "GET /order"),
        made_span("a2", "a1", "p1"),
        made_span("b1", "a2", "p2"),
        made_span("c1", "b1", "p3", tags=failed),
    ]
    return {"traceID": TRACE, "spans": spans, "processes": processes}


def options_for(*more):
    return parse_arguments(["--query", "http://127.0.0.1:1", "--trace", TRACE, *more])


class Judgement(unittest.TestCase):
    def setUp(self):
        self.trace = made_trace()

    def judge(self, *more, outside=None):
        return judge({TRACE: self.trace}, options_for(*more), {TRACE: outside})

    def one_fault(self, pattern, *more, outside=None):
        faults = self.judge(*more, outside=outside)
        self.assertEqual(len(faults), 1, faults)
        self.assertRegex(faults[0], pattern)

    def test_a_whole_trace_has_no_fault(self):
        self.assertEqual(
            self.judge(
                "--services",
                "gateway,orders,payments",
                "--service-count",
                "3",
                "--min-spans",
                "4",
                "--root-service",
                "gateway",
                "--min-error-spans",
                "1",
            ),
            [],
        )

    def test_a_whole_trace_is_described_with_its_root(self):
        self.assertRegex(
            described(TRACE, self.trace),
            r"whole, 4 spans of gateway, orders, payments under 'GET /order'",
        )

    def test_a_trace_that_jaeger_lacks_is_a_fault(self):
        self.trace = None
        self.one_fault("does not have it")

    def test_a_missing_parent_is_named(self):
        del self.trace["spans"][1]
        self.one_fault(r"'work' \(b1, orders\) has the parent a2, which is not in the trace")

    def test_a_second_root_is_counted(self):
        self.trace["spans"][2]["references"] = []
        self.one_fault("2 roots instead of one: .*GET /order.*orders")

    def test_a_trace_without_a_root_is_a_fault(self):
        self.trace["spans"][0]["references"] = made_span("a1", "c1", "p1")["references"]
        self.one_fault("0 roots")

    def test_a_ring_beside_the_root_is_found(self):
        self.trace["spans"][2]["references"] = made_span("b1", "c1", "p2")["references"]
        self.one_fault("2 spans are each other's parents")

    def test_a_span_id_that_occurs_twice_is_a_fault(self):
        self.trace["spans"].append(copy.deepcopy(self.trace["spans"][3]))
        self.one_fault("c1 occurs more than once")

    def test_a_link_is_not_a_parent(self):
        link = {"refType": "FOLLOWS_FROM", "traceID": "0" * 31 + "1", "spanID": "ffff"}
        self.trace["spans"][0]["references"] = [link]
        self.assertEqual(self.judge(), [])

    def test_a_missing_service_is_named(self):
        self.one_fault(
            "no span of stock; there are spans of gateway, orders, payments",
            "--services",
            "gateway,stock",
        )

    def test_a_wrong_number_of_services_is_a_fault(self):
        self.one_fault("3 services instead of 2", "--service-count", "2")

    def test_too_few_spans_are_a_fault(self):
        self.one_fault("4 spans instead of at least 5", "--min-spans", "5")

    def test_a_root_of_another_service_is_a_fault(self):
        self.one_fault("belongs to gateway instead of orders", "--root-service", "orders")

    def test_too_few_traces_are_a_fault(self):
        self.one_fault("1 traces instead of at least 2", "--min-traces", "2")

    def test_missing_errors_are_a_fault(self):
        self.one_fault("1 spans with an error instead of at least 2", "--min-error-spans", "2")

    def test_a_caller_outside_may_be_the_parent_of_the_root(self):
        self.trace["spans"][0] = made_span(self.trace["spans"][0]["spanID"], CALLER, "p1")
        self.assertEqual(self.judge("--root-service", "gateway", outside=CALLER), [])

    def test_a_caller_outside_who_was_not_followed_is_a_fault(self):
        self.one_fault("traceparent was not followed", outside=CALLER)


class CommandLine(unittest.TestCase):
    def test_an_upper_case_trace_id_is_asked_for_in_lower_case(self):
        self.assertEqual(trace_argument(TRACE.upper() + ":" + CALLER), (TRACE, CALLER))

    def test_a_short_trace_id_is_refused(self):
        self.assertRaises(argparse.ArgumentTypeError, trace_argument, TRACE[1:])


class Asking(unittest.TestCase):
    """Against a server of our own that answers as Jaeger does."""

    def setUp(self):
        self.replies = []  # one (status, text) each; the last one is repeated
        test = self

        class Answer(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                status, text = test.replies[0] if len(test.replies) == 1 else test.replies.pop(0)
                self.send_response(status)
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *arguments):
                pass

        self.server = http.server.HTTPServer(("127.0.0.1", 0), Answer)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()
        self.query = f"http://127.0.0.1:{self.server.server_port}"

    def tearDown(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def check(self, *more):
        return check(parse_arguments(["--query", self.query, *more]))[0]

    def test_asks_again_until_the_trace_is_whole(self):
        self.replies = [(404, "{}"), (200, json.dumps({"data": [made_trace()]}))]
        self.assertEqual(self.check("--trace", TRACE), [])

    def test_finds_the_traces_of_a_service(self):
        self.replies = [(200, json.dumps({"data": [made_trace()]}))]
        self.assertEqual(self.check("--service", "gateway", "--wait", "0"), [])

    def test_an_answer_that_is_not_json_is_a_fault(self):
        self.replies = [(200, "<html>")]
        self.assertRegex(self.check("--trace", TRACE, "--wait", "0")[0], "gave no answer")

    def test_an_error_status_is_a_fault(self):
        self.replies = [(500, "storage is gone")]
        self.assertRegex(
            self.check("--trace", TRACE, "--wait", "0")[0], "answered 500: storage is gone"
        )
