# SPDX-License-Identifier: Apache-2.0
"""Where OpenTelemetry Go's propagators read headers differently, each with the clause that we follow."""
import re

from answers import RANDOM, SAMPLED, by_name
from header_grammars import BAD_PERCENT, LEVEL_1_KEY, LEVEL_2_KEY, OWS, firsts, members

# What the grammar of Baggage (3.2.1) says of one member; a property may be any text to us, as metadata is opaque.
TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
OCTETS = r"[!#-+\--:<-\[\]-~]*"
PAIR = re.compile(rf"{TOKEN}[ \t]*=[ \t]*{OCTETS}")
PROPERTIES = re.compile(rf"([ \t]*{TOKEN}[ \t]*(=[ \t]*{OCTETS}[ \t]*)?(;|$))*")
# Ids as they like them: 16 or 32 digits of a trace, 16 of a span.
OT_FULL_IDS = {"ot-tracer-traceid": (16, 32), "ot-tracer-spanid": (16,)}


def same_but_for(a, b, *parts):
    """The rest is the same; of the flags they keep one, so that one is compared."""
    return all(part in parts or a[part] == b[part] for part in ("trace", "span", "state", "baggage")) and (
        "flags" in parts or a["flags"] & SAMPLED == b["flags"] & SAMPLED)


def taken_by_us_alone(us, them):
    return us["trace"] and not them["trace"]


def has_white_space(headers):
    return any(v != v.strip(OWS) for _, v in headers)


def first_is_empty(headers):
    """Of several headers of one name the first has nothing in it."""
    return any(len(v) > 1 and not v[0].strip(OWS) for v in by_name(headers).values())


def has_odd_space(headers, prefix):
    headers = [one for one in headers if one[0].lower().startswith(prefix)]
    return first_is_empty(headers) or has_white_space(headers)


# --- Trace Context

TRACEPARENT_00 = re.compile("00-[0-9a-f]{32}-[0-9a-f]{16}-([0-9a-f]{2})")


def has_unknown_flags(headers):
    parent = TRACEPARENT_00.fullmatch(firsts(headers).get("traceparent", ""))
    return parent is not None and int(parent[1], 16) > RANDOM


def ends_with_dash(headers):
    parent = firsts(headers).get("traceparent", "")
    return parent.endswith("-") and TRACEPARENT_00.fullmatch(parent[:-1]) is not None


def is_state_of_first(headers, us, them):
    """Of several tracestates they took the first or, by another rule, none; all that we took is ours to join."""
    states = by_name(headers).get("tracestate", [])
    first = ",".join(m.strip(OWS) if m.endswith(tuple(OWS)) else m.lstrip(OWS)
                     for m in states[0].split(",") if m.strip(OWS)) if states else ""
    return len(states) > 1 and same_but_for(us, them, "state") and them["state"] in ("", first)


def is_state_refused(us, them, why):
    """They dropped the whole list that we took, where `why` holds for its keys."""
    keys = [m.split("=")[0] for m in us["state"].split(",")]
    return same_but_for(us, them, "state") and us["state"] and not them["state"] and why(keys)


# --- Baggage

def flaws(header):
    """What they refuse a whole baggage header for, as a set of `empty`, `member` and `property`."""
    found = set()
    for member in (m.strip(OWS) for m in header.split(",")):
        pair, _, properties = member.partition(";")
        if not member:
            found.add("empty")
        elif not PAIR.fullmatch(pair.strip(OWS)) or BAD_PERCENT.search(pair.split("=", 1)[1]):
            found.add("member")
        elif not PROPERTIES.fullmatch(properties) or BAD_PERCENT.search(properties):
            found.add("property")
    return found


def keys_of(header):
    return {m.split("=")[0].strip(OWS) for m in header.split(",")}


def is_header_dropped(headers, us, them, flaw):
    """They took nothing of the headers that have a flaw, that one among them, and of the others what we took."""
    values = by_name(headers).get("baggage", [])
    flawed = [v for v in values if flaws(v)]
    dropped = set().union(*map(keys_of, flawed))
    whole = set().union(*map(keys_of, (v for v in values if v not in flawed)))
    ours, theirs = us["baggage"], them["baggage"]
    is_full = len(members(headers)) > 64  # by another rule we did not take the rest
    return any(flaw in flaws(v) for v in flawed) and theirs.keys() <= whole and all(
        ours.get(key) == theirs.get(key) or (is_full and key not in ours) for key in whole - dropped)


# --- B3, Jaeger, OT

def has_zero_parent(headers):
    seen = firsts(headers)
    parents = seen.get("b3", "").split("-")[3:] + [seen.get("x-b3-parentspanid", "")]
    return "0" * 16 in parents


def jaeger_flags(headers):
    return firsts(headers).get("uber-trace-id", "").split(":")[-1]


def has_short_id(headers):
    return any(len(firsts(headers).get(name, "")) not in sizes for name, sizes in OT_FULL_IDS.items())


def ot_baggage(headers):
    return [(name.lower().removeprefix("ot-baggage-"), value) for name, value in headers
            if name.lower().startswith("ot-baggage-")]


def is_no_w3c_baggage(key, value):
    """Read as a member of a baggage header, this is another text or none."""
    return not re.fullmatch(TOKEN, key) or not re.fullmatch(OCTETS, value) or "%" in value


# name: (formats, what must be so for it to explain a difference in what was extracted)
DIFFERENCES = {
    "two traceparents are none (Trace Context, 3.2.2); theirs takes the first": (
        {"tracecontext"}, lambda h, us, them: len(by_name(h).get("traceparent", [])) > 1 and not us["trace"]),
    "traceparent: what follows the flags of version 00 makes it none (3.2.2); theirs lets one dash pass": (
        {"tracecontext"}, lambda h, us, them: not us["trace"] and ends_with_dash(h)),
    "traceparent: flags that are not known are ignored (3.2.2.5.3); theirs refuses those above 02": (
        {"tracecontext"}, lambda h, us, them: taken_by_us_alone(us, them) and has_unknown_flags(h)),
    "traceparent: white space around a value is no part of it (RFC 9110, 5.5); theirs leaves that to its carrier": (
        {"tracecontext"}, lambda h, us, them: taken_by_us_alone(us, them) and has_odd_space(h, "traceparent")),
    "several tracestates are one list (Trace Context, 3.3.1); theirs reads the first": (
        {"tracecontext"}, is_state_of_first),
    "tracestate: the key grammar of Level 2 (3.3.2.2.1); theirs is that of Level 1": (
        {"tracecontext"}, lambda h, us, them: is_state_refused(us, them, lambda keys: any(
            LEVEL_2_KEY.fullmatch(key) and not LEVEL_1_KEY.fullmatch(key) for key in keys))),
    "tracestate: a repeated key is tolerated (3.3.1.4); theirs drops the list": (
        {"tracecontext"}, lambda h, us, them: is_state_refused(us, them, lambda keys: len(set(keys)) < len(keys))),
    "traceparent: the random flag goes on as it came (3.2.2.5.2); theirs keeps sampled alone": (
        {"tracecontext"}, lambda h, us, them: us["flags"] & RANDOM and same_but_for(us, them)),
    "baggage: a malformed member costs itself alone; theirs drops the header": (
        {"baggage"}, lambda h, us, them: is_header_dropped(h, us, them, "member")),
    "baggage: metadata is one opaque text (baggage/api.md); theirs drops the header for a bad property": (
        {"baggage"}, lambda h, us, them: is_header_dropped(h, us, them, "property")),
    "baggage: an empty member is passed over (RFC 9110, 5.6.1.2); theirs drops the header": (
        {"baggage"}, lambda h, us, them: is_header_dropped(h, us, them, "empty")),
    "baggage: 64 members are what must travel (Baggage, 3.3.2); theirs has the older 180": (
        {"baggage"}, lambda h, us, them: len(members(h)) > 64 and len(us["baggage"]) <= 64 and
        us["baggage"].items() <= them["baggage"].items()),
    "B3: a state alone is a whole single header, and that comes first (api-propagators.md); theirs goes on": (
        {"b3", "b3multi"}, lambda h, us, them: not us["trace"] and firsts(h).get("b3") in ("0", "1", "d")),
    "B3: the parent's id is none of ours, and zeros are digits; to theirs they are damage": (
        {"b3", "b3multi"}, lambda h, us, them: us["trace"] and has_zero_parent(h)),
    "B3: white space is no part of a value (RFC 9110, 5.5), and an empty header is none; theirs takes both as they are": (
        {"b3", "b3multi"}, lambda h, us, them: has_odd_space(h, ("b3", "x-b3-"))),
    "Jaeger: colons may be encoded (client libraries did); theirs wants them plain": (
        {"jaeger"}, lambda h, us, them: taken_by_us_alone(us, them) and
        "%3a" in firsts(h)["uber-trace-id"].lower()),
    "Jaeger: white space around a value is no part of it (RFC 9110, 5.5); theirs leaves that to its carrier": (
        {"jaeger"}, lambda h, us, them: taken_by_us_alone(us, them) and has_odd_space(h, "uber-trace-id")),
    "Jaeger: flags are one or two digits; theirs takes any number, and none": (
        {"jaeger"}, lambda h, us, them: not us["trace"] and them["trace"] and
        not re.fullmatch("[0-9A-Fa-f]{1,2}", jaeger_flags(h))),
    "Jaeger: baggage is part of the format; theirs leaves it out": (
        {"jaeger"}, lambda h, us, them: same_but_for(us, them, "baggage") and us["baggage"] and not them["baggage"]),
    "OT: short ids are padded on the left; theirs wants all digits": (
        {"ottrace"}, lambda h, us, them: taken_by_us_alone(us, them) and has_short_id(h)),
    "OT: an empty header is none, so that the next of its name counts; white space is no part of a value": (
        {"ottrace"}, lambda h, us, them: us["trace"] != them["trace"] and has_odd_space(h, "ot-tracer-")),
    "OT: baggage travels without ids too; theirs needs the ids": (
        {"ottrace"}, lambda h, us, them: same_but_for(us, them, "baggage") and not us["trace"] and
        us["baggage"] and not them["baggage"]),
    "OT: baggage is plain text; theirs reads it as members of a baggage header, all of them or none": (
        {"ottrace"}, lambda h, us, them: same_but_for(us, them, "baggage") and us["trace"] and
        any(is_no_w3c_baggage(*one) for one in ot_baggage(h))),
}


# The same for what crossed over: the headers that one side sent, what ours took or had, what theirs took or had.
ON_THE_WAY = {
    "traceparent: 03 is sampled and random (Trace Context, 3.2.2.5); theirs refuses it": (
        {"tracecontext"}, lambda h, us, them: taken_by_us_alone(us, them) and
        TRACEPARENT_00.fullmatch(firsts(h)["traceparent"])[1] == "03"),
    "B3: debug is accept as well; theirs sends debug for a span that is not sampled, after a debug alone": (
        {"b3", "b3multi"}, lambda h, us, them: same_but_for(us, them, "flags") and us["flags"] & SAMPLED and
        (firsts(h).get("b3", "").endswith("-d") or firsts(h).get("x-b3-flags") == "1")),
}


def lost(propagator, sender, reader):
    """Baggage that was sent and not taken, where all that was sent is to both sides what it is to Baggage."""
    sent = sender["sent"]
    if propagator == "baggage":
        is_read = not any(flaws(value) for _, value in sent) and len(sender["baggage"]) <= 64
    else:
        is_read = propagator == "ottrace" and reader["trace"] and not any(is_no_w3c_baggage(*o) for o in ot_baggage(sent))
    return {k: v for k, v in sender["baggage"].items() if reader["baggage"].get(k) != v} if is_read else {}
