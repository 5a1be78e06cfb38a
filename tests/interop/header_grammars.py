# SPDX-License-Identifier: Apache-2.0
"""What the formats' grammars say of a header set, and what two readings of it have in common.

A difference is explained by these; they follow the specifications and neither side's code.
"""
import re

from answers import by_name

# What is no sentence of these is nothing to us.
LEVEL_1_KEY = re.compile(r"[a-z][_0-9a-z*/-]{0,255}|[a-z0-9][_0-9a-z*/-]{0,240}@[a-z][_0-9a-z*/-]{0,13}")
LEVEL_2_KEY = re.compile(r"[a-z0-9][_0-9a-z*/@-]{0,255}")
B3_SINGLE = re.compile(r"[01d]|([0-9a-f]{32}|[0-9a-f]{16})-[0-9a-f]{16}(-[01d](-[0-9a-f]{16})?)?")
B3_SEVERAL = {
    "x-b3-traceid": re.compile(r"[0-9a-f]{32}|[0-9a-f]{16}"),
    "x-b3-spanid": re.compile(r"[0-9a-f]{16}"),
    "x-b3-parentspanid": re.compile(r"[0-9a-f]{16}"),
    "x-b3-sampled": re.compile(r"[01]|true|false", re.IGNORECASE),
    "x-b3-flags": re.compile(r"(?s).*"),
}
UBER_TRACE_ID = re.compile(r"[0-9a-f]{1,32}:[0-9a-f]{1,16}:[^:]*:[0-9A-Fa-f]{1,2}")
BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
OWS = " \t"


def firsts(headers):
    return {name: values[0].strip(OWS) for name, values in by_name(headers).items()}


def is_b3_single(text):
    return B3_SINGLE.fullmatch(text) is not None and not any(re.fullmatch("0{16,}", part) for part in text.split("-")[:2])


def b3_is_damaged(headers):
    """The form that counts is no B3: no good single header, and of the others a bad one, or one id alone, or no id."""
    seen = {name: next((v.strip(OWS) for v in values if v.strip(OWS)), "")
            for name, values in by_name(headers).items()}
    if is_b3_single(seen.get("b3", "")):
        return False
    ids = [seen.get(name, "") for name in ("x-b3-traceid", "x-b3-spanid")]
    return (any(seen.get(name) and not grammar.fullmatch(seen[name]) for name, grammar in B3_SEVERAL.items()) or
            not all(ids) or any(re.fullmatch("0+", one) for one in ids))


def single_is_damaged(headers):
    return bool(firsts(headers).get("b3")) and not is_b3_single(firsts(headers)["b3"])


def members(headers):
    return [m.strip(OWS) for name, value in headers if name.lower() == "baggage" for m in value.split(",")]


def without(answer, keys):
    return {key: value for key, value in answer["baggage"].items() if key not in keys}


def same_span(a, b):
    return all(a[part] == b[part] for part in ("trace", "span", "flags"))


def equal(a, b):
    return same_span(a, b) and a["state"] == b["state"] and a["baggage"] == b["baggage"]
