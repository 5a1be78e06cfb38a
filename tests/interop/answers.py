# SPDX-License-Identifier: Apache-2.0
"""What propagators took from headers and what they sent on: how a side is asked, and answers in one form."""
import json
import re
import subprocess

SAMPLED, RANDOM, DEFERRED = 0x01, 0x02, 0x40


def by_name(headers):
    carrier = {}
    for name, value in headers:
        carrier.setdefault(name.lower(), []).append(value)
    return carrier


def collapsed(text):
    """How many U+FFFD stand for a run of bad bytes is the decoder's choice."""
    return re.sub("\ufffd+", "\ufffd", text)


def comparable(answer):
    flags = answer["flags"]
    return {**answer, "flags": flags & (SAMPLED | RANDOM), "deferred": bool(flags & DEFERRED),
            "baggage": {key: collapsed(value) for key, value in answer["baggage"]}}


def asked(command, requests):
    """The answers of a program that reads and writes lines as carry_headers.cpp says."""
    lines = "".join(json.dumps({"propagator": p, "headers": h}) + "\n" for p, h in requests)
    result = subprocess.run(command, input=lines.encode(), stdout=subprocess.PIPE, timeout=300, check=True)
    answers = [comparable(json.loads(line)) for line in result.stdout.decode().splitlines()]
    assert len(answers) == len(requests), f"{len(answers)} answers to {len(requests)} requests"
    return answers
