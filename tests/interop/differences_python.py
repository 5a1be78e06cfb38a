# SPDX-License-Identifier: Apache-2.0
"""Where OpenTelemetry Python's propagators read headers differently, each with the clause that we follow."""
import re
import urllib.parse

from answers import by_name
from header_grammars import (BAD_PERCENT, LEVEL_1_KEY, LEVEL_2_KEY, OWS, UBER_TRACE_ID, b3_is_damaged, firsts, members,
                             same_span, single_is_damaged, without)

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


# The same for what crossed over.
ON_THE_WAY = {}


def lost(propagator, sender, reader):
    """Baggage that was sent and not taken, of what is spelled so that both sides mean the same."""
    if propagator != "baggage" and not (propagator == "jaeger" and sender["trace"]) or len(sender["baggage"]) > 64:
        return {}
    # Metadata travels as it came; theirs drops a member for a property that breaks the grammar.
    odd = {m.split("=")[0] for m in members(sender["sent"]) if METADATA.match(m) or PLUS.match(m)}
    simple = {k: v for k, v in sender["baggage"].items()
              if "+" not in v and v == v.strip() and re.fullmatch(r"\w+", k) and k not in odd}
    return {k: v for k, v in simple.items() if reader["baggage"].get(k, "").split(";")[0] != v.split(";")[0]}
