#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints one trace as Jaeger's query API returns it, as a tree.

usage: jaeger_trace.py QUERY_URL TRACE_ID

Example
  samples/storefront/jaeger_trace.py http://127.0.0.1:16686 4bf92f3577b34da6a3ce929d0e0e4736
"""

import json
import sys
import urllib.error
import urllib.request

# Straight to the address, whatever proxy the environment names: Jaeger is on this machine.
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))

# What says most about a span, in this order; the query API returns many more.
TAGS = ["span.kind", "http.route", "url.full", "http.response.status_code", "db.query.text",
        "otel.status_code", "otel.status_description", "error.type"]


def fetch(url):
    try:
        with DIRECT.open(url, timeout=10) as reply:
            return json.loads(reply.read())["data"][0]
    except (urllib.error.URLError, OSError, ValueError, LookupError) as error:
        sys.exit(f"jaeger_trace.py: {url} gave no trace: {error}")


def parent_of(span):
    for reference in span.get("references") or []:
        if reference["refType"] == "CHILD_OF":
            return reference["spanID"]
    return None


def tag_text(span):
    tags = {tag["key"]: tag["value"] for tag in span.get("tags") or []}
    return [f"{key} = {tags[key]}" for key in TAGS if key in tags]


def print_span(trace, span, children, indent, begin):
    service = trace["processes"][span["processID"]]["serviceName"]
    after = (span["startTime"] - begin) / 1000
    took = span["duration"] / 1000
    failed = any(t["key"] == "error" and t["value"] for t in span.get("tags") or [])
    print(f"{indent}{service}: {span['operationName']}{' ✗' if failed else ''}"
          f"  (after {after:.1f} ms, took {took:.1f} ms)")
    for text in tag_text(span):
        print(f"{indent}    {text}")
    for log in span.get("logs") or []:
        fields = {field["key"]: field["value"] for field in log["fields"]}
        name = fields.pop("event", "event")
        print(f"{indent}    event {name}: " + ", ".join(f"{k} = {v}" for k, v in fields.items()))
    for child in sorted(children.get(span["spanID"], []), key=lambda s: s["startTime"]):
        print_span(trace, child, children, indent + "  ", begin)


def main():
    if len(sys.argv) != 3 or sys.argv[1].startswith("-"):
        print(__doc__)
        return 0 if sys.argv[1:] in (["-h"], ["--help"]) else 2
    url = f"{sys.argv[1].rstrip('/')}/api/traces/{sys.argv[2]}"
    trace = fetch(url)
    spans = trace["spans"]
    ids = {span["spanID"] for span in spans}
    children = {}
    for span in spans:
        parent = parent_of(span)
        children.setdefault(parent if parent in ids else None, []).append(span)
    print(f"GET {url}")
    print(f"{len(spans)} spans, {len({s['processID'] for s in spans})} processes")
    begin = min(span["startTime"] for span in spans)
    for root in children.get(None, []):
        print_span(trace, root, children, "  ", begin)
    return 0


if __name__ == "__main__":
    sys.exit(main())
