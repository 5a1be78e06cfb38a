#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Our propagators beside those of OpenTelemetry's Python SDK.

usage: propagators.py PROGRAM [--sets N] [--seed S]

Makes N header sets for each format (10,000 in all unless told otherwise; seeded, valid and damaged) and gives them to
PROGRAM (carry_headers) and to Python's propagator of that format. Three things must hold for each set:

1. both take the same out of it, or one of the differences below explains it;
2. Python's takes out of what we send what we took;
3. ours takes out of what Python sends what Python took.

Each difference is a rule that we follow and they do not. It explains a set only where its condition holds, and one
that explains nothing any more fails the test, so that this list stays true.
"""
import argparse
import json
import logging
import random
import re
import subprocess
import sys
import urllib.parse

from opentelemetry import baggage, trace
from opentelemetry.baggage.propagation import W3CBaggagePropagator
from opentelemetry.context import Context
from opentelemetry.propagators.b3 import B3MultiFormat, B3SingleFormat
from opentelemetry.propagators.jaeger import JaegerPropagator
from opentelemetry.propagators.ot_trace import OTTracePropagator
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

SAMPLED, RANDOM, DEFERRED = 0x01, 0x02, 0x40
PEERS = {
    "tracecontext": TraceContextTextMapPropagator(),
    "baggage": W3CBaggagePropagator(),
    "b3": B3SingleFormat(),
    "b3multi": B3MultiFormat(),
    "jaeger": JaegerPropagator(),
    "ottrace": OTTracePropagator(),
}


# --- What is carried, as both sides are asked for it

def by_name(headers):
    carrier = {}
    for name, value in headers:
        carrier.setdefault(name.lower(), []).append(value)
    return carrier


def collapsed(text):
    """How many U+FFFD stand for a run of bad bytes is the decoder's choice."""
    return re.sub("\ufffd+", "\ufffd", text)


def theirs(propagator, headers):
    context = PEERS[propagator].extract(by_name(headers), Context())
    span = trace.get_current_span(context).get_span_context()
    valid = span.is_valid
    sent = {}
    PEERS[propagator].inject(sent, context)
    return {
        "trace": trace.format_trace_id(span.trace_id) if valid else "",
        "span": trace.format_span_id(span.span_id) if valid else "",
        "flags": int(span.trace_flags) & (SAMPLED | RANDOM) if valid else 0,
        "deferred": False,
        "state": span.trace_state.to_header() if valid else "",
        "baggage": {key: collapsed(str(value)) for key, value in baggage.get_all(context).items()},
        "sent": list(sent.items()),
    }


def ours(program, requests):
    lines = "".join(json.dumps({"propagator": p, "headers": h}) + "\n" for p, h in requests)
    result = subprocess.run([program], input=lines.encode(), stdout=subprocess.PIPE, timeout=300, check=True)
    answers = []
    for line in result.stdout.decode().splitlines():
        answer = json.loads(line)
        answer["deferred"] = bool(answer["flags"] & DEFERRED)
        answer["flags"] &= SAMPLED | RANDOM
        answer["baggage"] = {key: collapsed(value) for key, value in answer["baggage"]}
        answers.append(answer)
    assert len(answers) == len(requests), f"{len(answers)} answers to {len(requests)} requests"
    return answers


# --- Header sets: well-formed ones, then damage

TEXTS = ["", "v", "a b", "a+b", "a%20b", "%2B", "Am%C3%A9lie", "%FF%fe", "%", "%4", "%zz", "x=y=z", "é", "\"q\"", "a\\b",
         "%20v", "v%20", "%00", "1;p=2", "1;p", "1;a b;c", " v ", "v\t", "a,b", "%3Bx", "a/b", "~!*'()", "\x7f", "\x01"]
KEYS = ["k", "key-1", "a", "b", "userid", "k%41", "k k", "", "x_y", "!#$&'*.^`|~"]
STATE_KEYS = ["a", "rojo", "congo", "t@v", "0t@v", "9", "a@b@c", "x*/-_", "A", "", "a b", "k" * 256, "k" * 257]
STATE_VALUES = ["1", "  b", "b ", "x" * 256, "x" * 257, "", "a=b", "!~", "\x7f", "ü"]


def hexes(rng, digits):
    kind = rng.random()
    if kind < 0.05:
        return "0" * digits
    return "".join(rng.choice("0123456789abcdef") for _ in range(digits))


def damaged(rng, text):
    """The text with one thing wrong that a sender, a proxy or a person gets wrong."""
    kind, place = rng.randrange(8), rng.randrange(len(text) + 1)
    if kind == 0:
        return text[:place]
    if kind == 1:
        return text[:place] + rng.choice("0aAfFgG-_:%. \t,;=+dx\x01\x7fé") + text[place:]
    if kind == 2:
        return text[:place] + rng.choice("0aAgG-:. ") + text[place + 1:]
    if kind == 3:
        return text.upper()
    if kind == 4:
        return rng.choice([" ", "\t", " \t"]) + text
    if kind == 5:
        return text + rng.choice([" ", "\t", "-", ":", "-1", "-what", "0", ","])
    if kind == 6:
        return text[:place] + text[place + 1:]
    return ""


def some(rng, headers, share):
    """The headers, each damaged now and then; sometimes one is missing, doubled or spelled in another case."""
    out = []
    for name, value in headers:
        if rng.random() < 0.06:
            continue
        if rng.random() < share:
            value = damaged(rng, value)
        out.append([rng.choice([name, name, name.upper(), name.title()]), value])
        if rng.random() < 0.04:
            out.append([name, value if rng.random() < 0.5 else damaged(rng, value)])
    return out


def make_tracecontext(rng):
    version = rng.choice(["00"] * 6 + ["01", "cc", "fe", "ff"])
    flags = rng.choice(["00", "01", "02", "03", "ff", "09"])
    more = rng.choice([""] * 6 + ["-", "-what", ".what"])
    headers = [["traceparent", f"{version}-{hexes(rng, 32)}-{hexes(rng, 16)}-{flags}{more}"]]
    for _ in range(rng.choice([0, 1, 1, 1, 2])):
        good = rng.random() < 0.6
        keys = STATE_KEYS[:4] if good else STATE_KEYS
        values = STATE_VALUES[:4] if good else STATE_VALUES
        members = [rng.choice(keys) + "=" + rng.choice(values) for _ in range(rng.choice([1, 1, 2, 3]))]
        if rng.random() < 0.05:
            members = [f"k{i}=v" for i in range(rng.choice([32, 33]))]
        headers.append(["tracestate", rng.choice([",", " , ", ",,"]).join(members)])
    return some(rng, headers, 0.12)


def make_baggage(rng):
    headers = []
    for _ in range(rng.choice([1, 1, 1, 2])):
        members = [rng.choice(KEYS) + rng.choice(["=", "=", " = ", ""]) + rng.choice(TEXTS)
                   for _ in range(rng.choice([1, 1, 2, 4]))]
        if rng.random() < 0.03:
            members = [f"k{i}=v" for i in range(rng.choice([64, 65, 100]))]
        headers.append(["baggage", rng.choice([",", " , ", ",,"]).join(members)])
    return some(rng, headers, 0.1)


def make_b3(rng):
    trace_id, span = hexes(rng, rng.choice([16, 32])), hexes(rng, 16)
    single = f"{trace_id}-{span}" + rng.choice(["", "-0", "-1", "-d", "-1-" + hexes(rng, 16), "-true", "-3"])
    single = rng.choice([single] * 8 + ["0", "1", "d", ""])
    several = [["X-B3-TraceId", trace_id], ["X-B3-SpanId", hexes(rng, 16)]]
    if rng.random() < 0.8:
        several.append(["X-B3-Sampled", rng.choice(["0", "1", "true", "false", "True", "TRUE", "d", "3", ""])])
    if rng.random() < 0.2:
        several.append(["X-B3-Flags", rng.choice(["1", "0", "2"])])
    if rng.random() < 0.3:
        several.append(["X-B3-ParentSpanId", rng.choice([hexes(rng, 16), "-", "1"])])
    kind = rng.random()
    return some(rng, [["b3", single]] if kind < 0.45 else several if kind < 0.85 else several + [["b3", single]], 0.1)


def make_prefixed(rng, prefix):
    return [[prefix + rng.choice(KEYS), rng.choice(TEXTS)] for _ in range(rng.choice([0, 0, 1, 2]))]


def make_jaeger(rng):
    trace_id = hexes(rng, rng.choice([32, 32, 32, 16, 1, 31, 33]))
    value = ":".join([trace_id, hexes(rng, rng.choice([16, 16, 16, 1, 15, 17])), rng.choice(["0", hexes(rng, 16), ""]),
                      rng.choice(["0", "1", "01", "3", "b", "9", "2", "ff", "001", "-1", "B"])])
    if rng.random() < 0.05:
        value = value.replace(":", rng.choice(["%3A", "%3a"]))
    return some(rng, [["uber-trace-id", value]], 0.12) + make_prefixed(rng, "uberctx-")


def make_ottrace(rng):
    headers = [["ot-tracer-traceid", hexes(rng, rng.choice([16, 16, 32, 1, 33]))],
               ["ot-tracer-spanid", hexes(rng, rng.choice([16, 16, 1, 17]))],
               ["ot-tracer-sampled", rng.choice(["true", "true", "false", "1", "0", "True", "yes"])]]
    return some(rng, headers, 0.08) + make_prefixed(rng, "ot-baggage-")


MAKERS = {"tracecontext": make_tracecontext, "baggage": make_baggage, "b3": make_b3, "b3multi": make_b3,
          "jaeger": make_jaeger, "ottrace": make_ottrace}


# --- The grammars, as regular expressions: what is no sentence of them is nothing to us

TRACEPARENT = re.compile(r"[ \t]*(00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}"
                         r"|(?!ff)[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(-[^\n]*)?)[ \t]*")
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
UBER_TRACE_ID = re.compile(r"[0-9a-f]{1,32}:[0-9a-f]{1,16}:[^:]*:[0-9a-f]{1,2}")
OT_SAMPLED = re.compile(r"true|false|0|1", re.IGNORECASE)
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


# What a member of a baggage header may have that the two sides read differently.
PLUS = re.compile(r"[^=]*=[^;]*[+]")
ENCODED_KEY = re.compile(r"[^=]*%")
METADATA = re.compile(r"[^=]*=[^;]*;")
ENCODED_SPACE = re.compile(r"[^=]*=\s*(%(20|0[9aAdD])|[^;]*%(20|0[9aAdD])\s*$)")
BAD_VALUE = re.compile(r"[^=]*=.*%(?![0-9A-Fa-f]{2})")


def but_for(headers, us, them, *kinds):
    """The two agree on everything but the entries of such members, and there are some."""
    odd = {m.split("=")[0].strip(OWS) for m in members(headers) if any(kind.match(m) for kind in kinds)}
    odd |= {urllib.parse.unquote_plus(key) for key in odd}
    return bool(odd) and without(us, odd) == without(them, odd)


def odd_prefixed_keys(headers):
    """The keys of baggage headers that the two sides spell in their own way, though they mean one thing."""
    odd = set()
    for name, value in headers:
        prefix = next((p for p in ("uberctx-", "ot-baggage-") if name.lower().startswith(p)), None)
        if prefix is None:
            continue
        key = name.lower()[len(prefix):]
        url = prefix == "uberctx-"
        if (not re.fullmatch(r"[!#$%&'*+.^_`|~0-9a-z-]+", key) or value != value.strip(OWS) or
                re.search(r"[\x00-\x08\x0a-\x1f\x7f]", value) or
                (url and (re.search(r"[+]|^%(20|0[9aAdD])|%(20|0[9aAdD])$", value) or BAD_PERCENT.search(value)))):
            odd.add(key)
    return odd


def agree_but_for_odd_keys(headers, us, them):
    odd = odd_prefixed_keys(headers)
    return same_span(us, them) and bool(odd) and without(us, odd) == without(them, odd)


# name: (formats, what must be so for it to explain a difference in what was extracted)
DIFFERENCES = {
    "two traceparents are none (Trace Context, 3.2.2); theirs takes the first": (
        {"tracecontext"}, lambda h, us, them: len(by_name(h).get("traceparent", [])) > 1 and not us["trace"]),
    "tracestate: the key grammar of Level 2 (3.3.2.2.1); theirs is that of Level 1": (
        {"tracecontext"}, lambda h, us, them: same_span(us, them) and us["state"] and not them["state"] and any(
            LEVEL_2_KEY.fullmatch(m.split("=")[0]) and not LEVEL_1_KEY.fullmatch(m.split("=")[0])
            for m in us["state"].split(","))),
    "tracestate: a repeated key is tolerated (3.3.1.4); theirs drops the list": (
        {"tracecontext"}, lambda h, us, them: same_span(us, them) and us["state"] and not them["state"] and
        len({m.split("=")[0] for m in us["state"].split(",")}) < len(us["state"].split(","))),
    "several baggage headers are one list (Baggage, 3.3.1); theirs reads the first": (
        {"baggage"}, lambda h, us, them: len(by_name(h).get("baggage", [])) > 1),
    "baggage: a plus is a plus (Baggage, 3.3.1.3); theirs makes it a space": (
        {"baggage"}, lambda h, us, them: but_for(h, us, them, PLUS)),
    "baggage: a key is taken literally (Baggage, 3.3.1.1); theirs decodes it": (
        {"baggage"}, lambda h, us, them: but_for(h, us, them, ENCODED_KEY)),
    "baggage: metadata is kept apart (baggage/api.md); to theirs it belongs to the value": (
        {"baggage"}, lambda h, us, them: but_for(h, us, them, METADATA)),
    "baggage: white space that was encoded belongs to the value; theirs strips it": (
        {"baggage"}, lambda h, us, them: but_for(h, us, them, ENCODED_SPACE)),
    "baggage: a member with a bad percent is malformed; theirs keeps it as it is": (
        {"baggage"}, lambda h, us, them: but_for(h, us, them, BAD_VALUE)),
    "baggage: 64 members are what must travel (Baggage, 3.3.2); theirs has the older 180": (
        {"baggage"}, lambda h, us, them: len(members(h)) > 64 and len(us["baggage"]) <= 64 and
        us["baggage"].keys() <= them["baggage"].keys()),
    "baggage: several of these in one header": (
        {"baggage"}, lambda h, us, them: but_for(h, us, them, PLUS, ENCODED_KEY, METADATA, ENCODED_SPACE, BAD_VALUE)),
    "B3: no state leaves the decision to us; theirs samples in the single form": (
        {"b3", "b3multi"}, lambda h, us, them: us["deferred"] and us["trace"] == them["trace"]),
    "B3: damaged is none; theirs reads the rest": (
        {"b3", "b3multi"}, lambda h, us, them: not us["trace"] and b3_is_damaged(h)),
    "B3: a damaged single header leaves the others to be read; theirs stops": (
        {"b3", "b3multi"}, lambda h, us, them: single_is_damaged(h) and
        us["span"] == firsts(h).get("x-b3-spanid")),
    "B3: `true` in any case is 1; to theirs TRUE is 0": (
        {"b3", "b3multi"}, lambda h, us, them: us["trace"] == them["trace"] and us["flags"] and
        firsts(h).get("x-b3-sampled", "").lower() == "true"),
    "B3: white space around a value is no part of it (RFC 9110, 5.5); theirs keeps it": (
        {"b3", "b3multi"}, lambda h, us, them: any(v != v.strip(OWS) for _, v in h)),
    "Jaeger: damaged is none; theirs reads numbers as Python does": (
        {"jaeger"}, lambda h, us, them: not us["trace"] and them["trace"] and
        not UBER_TRACE_ID.fullmatch(firsts(h).get("uber-trace-id", ""))),
    "Jaeger: colons may be encoded (client libraries did); theirs wants them plain": (
        {"jaeger"}, lambda h, us, them: us["trace"] and not them["trace"] and
        "%3a" in firsts(h)["uber-trace-id"].lower()),
    "Jaeger, OT: baggage travels without ids too; theirs needs the ids": (
        {"jaeger", "ottrace"}, lambda h, us, them: same_span(us, them) and not them["baggage"] and us["baggage"]),
    "Jaeger, OT: a header name is a token and its case is lost, `+` is a space, damaged is none; theirs is lenient": (
        {"jaeger", "ottrace"}, agree_but_for_odd_keys),
    "OT: a state that is none of true, false, 1, 0 is damage; 1 and True are true": (
        {"ottrace"}, lambda h, us, them: (us["trace"] == them["trace"] or not us["trace"]) and
        firsts(h).get("ot-tracer-sampled") not in ("true", "false", None)),
    "OT: an empty header is none, so that the next of its name counts; white space is no part of a value": (
        {"ottrace"}, lambda h, us, them: any(v != v.strip(OWS) for _, v in h) or any(
            len(v) > 1 and not v[0].strip(OWS) for v in by_name(h).values())),
}


def equal(us, them):
    return same_span(us, them) and us["state"] == them["state"] and us["baggage"] == them["baggage"]


def explanation(propagator, headers, us, them):
    for name, (formats, holds) in DIFFERENCES.items():
        if propagator in formats and holds(headers, us, them):
            return name
    return None


# --- What the other side reads of what one side sent

def survives(propagator, sender, reader):
    """What `reader` took from what `sender` sent is what `sender` had; the formats' own losses are allowed for."""
    trace_id, span, flags = sender["trace"], sender["span"], sender["flags"] & SAMPLED
    if propagator == "ottrace" and trace_id:
        trace_id = "0" * 16 + trace_id[16:]
        if trace_id == "0" * 32:
            trace_id, span, flags = "", "", 0
    if (trace_id, span) != (reader["trace"], reader["span"]):
        return False
    return flags == reader["flags"] & SAMPLED or sender["deferred"] or reader["deferred"]


def check_sent(program, rows, failures):
    """Both ways. Returns how many header sets were compared."""
    theirs_of_ours = [theirs(p, us["sent"]) for p, _, us, _ in rows]
    ours_of_theirs = ours(program, [(p, [list(one) for one in them["sent"]]) for p, _, _, them in rows])
    for (p, _, us, them), read, back in zip(rows, theirs_of_ours, ours_of_theirs):
        if not survives(p, us, read):
            failures.append(f"{p}: sent {us['sent']}; they took {read} instead of {us}")
        if not survives(p, them, back):
            failures.append(f"{p}: they sent {them['sent']}; we took {back} instead of {them}")
        # Metadata travels as it came; theirs drops a member for a property that breaks the grammar.
        with_metadata = {m.split("=")[0] for m in members(us["sent"]) if METADATA.match(m)}
        simple = {k: v for k, v in us["baggage"].items()
                  if "+" not in v and v == v.strip() and re.fullmatch(r"\w+", k) and k not in with_metadata}
        if p in ("baggage", "jaeger") and (us["trace"] or p == "baggage") and len(us["baggage"]) <= 64:
            lost = {k: v for k, v in simple.items() if read["baggage"].get(k, "").split(";")[0] != v.split(";")[0]}
            if lost:
                failures.append(f"{p}: sent {us['sent']}; of the baggage they lost {lost}")
    return 2 * len(rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--sets", type=int, default=1700)
    parser.add_argument("--seed", type=int, default=5)
    arguments = parser.parse_args()
    logging.disable(logging.CRITICAL)
    rng = random.Random(arguments.seed)
    requests = [(p, MAKERS[p](rng)) for p in MAKERS for _ in range(arguments.sets)]
    rows = [(p, h, us, theirs(p, h)) for (p, h), us in zip(requests, ours(arguments.program, requests))]
    failures, explained, same, taken = [], dict.fromkeys(DIFFERENCES, 0), 0, 0
    for p, headers, us, them in rows:
        taken += bool(us["trace"] or us["baggage"])
        if equal(us, them):
            same += 1
        elif reason := explanation(p, headers, us, them):
            explained[reason] += 1
        else:
            failures.append(f"{p}: {headers}\n  we took   {us}\n  they took {them}")
    sent = check_sent(arguments.program, rows, failures)
    if arguments.sets >= 1000:
        failures += [f"this difference explains nothing any more: {name}" for name, n in explained.items() if n == 0]
        if taken < len(rows) // 3:
            failures.append(f"only {taken} of {len(rows)} sets carried something: nothing much was compared")
    for name, count in explained.items():
        print(f"{count:6}  {name}")
    print(f"{same:6}  the same, of {len(rows)} ({taken} carried something); {sent} crossed over")
    print("\n".join(failures[:20]))
    print(f"{len(failures)} failures" if failures else "no difference without a reason")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
