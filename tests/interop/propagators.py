#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Our propagators beside those of OpenTelemetry's Python SDK, or of its Go SDK.

usage: propagators.py PROGRAM [--go GO_PROGRAM] [--sets N] [--seed S]

Makes N header sets for each format (10,000 in all unless told otherwise; seeded, valid and damaged) and gives them to
PROGRAM (carry_headers) and to Python's propagator of that format, or to GO_PROGRAM (chain/go, as `GO_PROGRAM carry`).
Three things must hold for each set:

1. both take the same out of it, or one of the peer's differences explains it;
2. theirs takes out of what we send what we took;
3. ours takes out of what they send what they took.

Each difference (differences_python.py, differences_go.py) is a rule that we follow and they do not. It explains a set
only where its condition holds, and one that explains nothing any more fails the test, so that the list stays true.
"""
import argparse
import random
import sys

from answers import SAMPLED, asked
from header_grammars import equal
from header_sets import MAKERS


class Peer:
    """Whose propagators ours are compared with: how they are asked, and where they differ."""

    def __init__(self, answers, rules):
        self.answers, self.differences, self.lost = answers, rules.DIFFERENCES, rules.lost

    def explanation(self, propagator, headers, us, them):
        for name, (formats, holds) in self.differences.items():
            if propagator in formats and holds(headers, us, them):
                return name
        return None


def python_peer():
    import differences_python
    import peer_python
    return Peer(peer_python.answers, differences_python)


def go_peer(program):
    import differences_go
    return Peer(lambda requests: asked([program, "carry"], requests), differences_go)


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


def check_taken(peer, rows, failures):
    """The first thing. Returns how many sets each difference explains."""
    explained = dict.fromkeys(peer.differences, 0)
    for p, headers, us, them in rows:
        if equal(us, them):
            continue
        if reason := peer.explanation(p, headers, us, them):
            explained[reason] += 1
        else:
            failures.append(f"{p}: {headers}\n  we took   {us}\n  they took {them}")
    return explained


def check_sent(program, peer, rows, failures):
    """The second and the third. Returns how many header sets were compared."""
    theirs_of_ours = peer.answers([(p, us["sent"]) for p, _, us, _ in rows])
    ours_of_theirs = asked([program], [(p, them["sent"]) for p, _, _, them in rows])
    for (p, _, us, them), read, back in zip(rows, theirs_of_ours, ours_of_theirs):
        if not survives(p, us, read):
            failures.append(f"{p}: sent {us['sent']}; they took {read} instead of {us}")
        if not survives(p, them, back):
            failures.append(f"{p}: they sent {them['sent']}; we took {back} instead of {them}")
        if lost := peer.lost(p, us, read):
            failures.append(f"{p}: sent {us['sent']}; of the baggage they lost {lost}")
    return 2 * len(rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--go", metavar="GO_PROGRAM")
    parser.add_argument("--sets", type=int, default=1700)
    parser.add_argument("--seed", type=int, default=5)
    arguments = parser.parse_args()
    peer = go_peer(arguments.go) if arguments.go else python_peer()
    rng = random.Random(arguments.seed)
    requests = [(p, MAKERS[p](rng)) for p in MAKERS for _ in range(arguments.sets)]
    both = zip(requests, asked([arguments.program], requests), peer.answers(requests))
    rows = [(p, headers, us, them) for (p, headers), us, them in both]
    failures = []
    explained = check_taken(peer, rows, failures)
    sent = check_sent(arguments.program, peer, rows, failures)
    taken = sum(bool(us["trace"] or us["baggage"]) for _, _, us, _ in rows)
    same = sum(equal(us, them) for _, _, us, them in rows)
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
