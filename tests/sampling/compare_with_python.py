#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Composite samplers beside those of OpenTelemetry's Python SDK.

usage: compare_with_python.py PROGRAM [--cases N] [--seed S]

N seeded cases (10,000), of which some have damaged trace states, go to PROGRAM (decide_sampling) and to Python's
composite sampler. Decision, threshold, randomness and the other members must agree, but for the differences below,
each a rule that we follow and they do not; one that explains no case any more fails the test.
"""
import argparse
import random
import re
import subprocess
import sys

from opentelemetry import trace
from opentelemetry.sdk.trace._sampling_experimental import (
    composable_always_off,
    composable_always_on,
    composable_parent_threshold,
    composable_traceid_ratio_based,
    composite_sampler,
)
from opentelemetry.sdk.trace.sampling import Decision
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, TraceState

RATIOS = ["1", "0.999999", "0.5", "0.25", "0.3333", "0.1", "0.01", "0.001", "1e-9", "1.4e-17", "0"]
DIGITS = "0123456789abcdef"


def composable(text):
    if text == "on":
        return composable_always_on()
    if text == "off":
        return composable_always_off()
    if text.startswith("parent:"):
        return composable_parent_threshold(composable(text[7:]))
    return composable_traceid_ratio_based(float(text))


# --- Cases

def digits(rng, least, most):
    return "".join(rng.choice(DIGITS) for _ in range(rng.randint(least, most)))


def damaged(rng, text):
    at = rng.randrange(len(text) + 1)
    return text[:at] + rng.choice(["", ";", ":", "F", "x", "-", "th:1;", "0x"]) + text[at + 1:]


def entry(rng):
    members = []
    if rng.random() < 0.7:
        members.append("th:" + (digits(rng, 1, 14) if rng.random() < 0.8 else rng.choice(["0", "8", "c"])))
    if rng.random() < 0.5:
        members.append("rv:" + digits(rng, 14, 14))
    if rng.random() < 0.4:
        members.append("k" + digits(rng, 0, 2) + ":" + digits(rng, 0, 5))
    rng.shuffle(members)
    text = ";".join(members)
    return damaged(rng, text) if rng.random() < 0.15 else text


def case(rng):
    sampler = rng.choice(["on", "off"] + RATIOS * 2)
    if rng.random() < 0.5:
        sampler = "parent:" + sampler
    trace_id = digits(rng, 32, 32)
    if rng.random() < 0.25 or int(trace_id, 16) == 0:
        return sampler, trace_id.replace("0", "1"), "root", ""
    members = [m for m in (f"ot={entry(rng)}" if rng.random() < 0.8 else "", "a=1" if rng.random() < 0.5 else "")
               if m and not m.endswith("=")]
    rng.shuffle(members)
    return sampler, trace_id, str(rng.choice([0, 1, 2, 3])), ",".join(members)


# --- What both say

def members_of(header):
    return dict(m.split("=", 1) for m in header.split(",") if m)


def ot_of(header):
    """th as a number or None, and everything else of the entry, a th that is none among it."""
    threshold, rest = None, []
    for member in members_of(header).get("ot", "").split(";"):
        if re.fullmatch("th:[0-9a-f]{1,14}", member):
            threshold = int(member[3:].ljust(14, "0"), 16)
        elif member:
            rest.append(member)
    return threshold, sorted(rest)  # their order means nothing


def theirs(sampler, trace_id, flags, header):
    state = TraceState(list(members_of(header).items()))
    context = trace.set_span_in_context(NonRecordingSpan(trace.INVALID_SPAN_CONTEXT))
    if flags != "root":
        span = SpanContext(int(trace_id, 16), 0xB7AD6B7169203331, True, TraceFlags(int(flags)), state)
        context = trace.set_span_in_context(NonRecordingSpan(span))
    result = composite_sampler(composable(sampler)).should_sample(
        context, int(trace_id, 16), "name", trace_state=state if flags != "root" else None)
    return result.decision == Decision.RECORD_AND_SAMPLE, (result.trace_state or TraceState()).to_header()


# --- Where we differ

def is_well_formed(text):
    keys = []
    for member in text.split(";"):
        key, colon, value = member.partition(":")
        if not colon or not key or not key[0].islower() or not key.isalnum() or key != key.lower():
            return False
        if not all(c.isascii() and (c.isalnum() or c in "._-") for c in value):
            return False
        keys.append(key)
    return len(set(keys)) == len(keys)


def bad_number(text):
    return any(m[:3] in ("th:", "rv:") and (not m[3:] or any(c not in DIGITS for c in m[3:]))
               or m.startswith("th:") and len(m) > 17 or m.startswith("rv:") and len(m) != 17
               for m in text.split(";"))


DIFFERENCES = {
    # Handling, "key-value list": a value that breaks the grammar, or names a key twice, is none.
    "an entry that breaks the grammar counts as none":
        lambda given, *_: "ot" in members_of(given[3]) and not is_well_formed(members_of(given[3])["ot"]),
    # Handling: rv is never erased, and upper case or other signs are no hex digits.
    "a number that is none is not read":
        lambda given, *_: bad_number(members_of(given[3]).get("ot", "")),
    # Precision: four significant digits are recommended, Python writes all.
    "a threshold is rounded to the recommended precision":
        lambda given, ours, peer: ours[0] == peer[0] and None not in (ot_of(ours[1])[0], ot_of(peer[1])[0])
        and abs(ot_of(ours[1])[0] - ot_of(peer[1])[0]) <= (2**56 - ot_of(peer[1])[0]) / 1000 + 2**40
        and ot_of(ours[1])[1] == ot_of(peer[1])[1],
    # Composite: ot is erased where nothing is left of it; Python leaves what came in.
    "an entry that is empty is erased":
        lambda given, ours, peer: ours[0] == peer[0] and ot_of(ours[1]) == (None, [])
        and not [m for m in members_of(given[3]).get("ot", "").split(";") if m and not m.startswith("th:")],
}


def agree(ours, peer):
    others = [{k: v for k, v in members_of(header).items() if k != "ot"} for _, header in (ours, peer)]
    return ours[0] == peer[0] and ot_of(ours[1]) == ot_of(peer[1]) and others[0] == others[1]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    cases = [case(rng) for _ in range(options.cases)]
    answer = subprocess.run([options.program], input="".join("\t".join(c) + "\n" for c in cases), text=True,
                            capture_output=True, check=True, timeout=120)
    lines = answer.stdout.splitlines()
    if len(lines) != len(cases):
        print(f"{len(lines)} answers to {len(cases)} cases")
        return 1
    used, faults, sampled = dict.fromkeys(DIFFERENCES, 0), [], 0
    for given, line in zip(cases, lines):
        decision, header = line.split("\t")
        ours, peer = (decision == "1", header), theirs(*given)
        sampled += ours[0]
        if agree(ours, peer):
            continue
        reason = next((name for name, holds in DIFFERENCES.items() if holds(given, ours, peer)), None)
        if reason is None:
            faults.append(f"{given}\n  ours   {ours}\n  theirs {peer}")
        else:
            used[reason] += 1
    print(f"{len(cases)} cases, {sampled} sampled, {len(faults)} faults, differences: {used}")
    print("\n".join(faults[:10]))
    unused = [name for name, count in used.items() if count == 0]
    if unused:
        print("explains nothing any more:", ", ".join(unused))
    return 1 if faults or unused else 0


if __name__ == "__main__":
    sys.exit(main())
