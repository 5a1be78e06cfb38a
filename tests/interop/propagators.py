#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Our propagators beside those of OpenTelemetry's Python SDK, or of its Go SDK.

usage: propagators.py PROGRAM [--go GO_PROGRAM] [--sets N] [--seed S]

Makes N header sets for each format (10,000 in all unless told otherwise; seeded, valid and damaged) and gives them to
PROGRAM (carry_headers) and to Python's propagator of that format, or to GO_PROGRAM (chain/go, as `GO_PROGRAM carry`).
Three things must hold for each set:

1. both take the same out of it, or one of the peer's differences explains it;
2. theirs takes out of what we send what we took, or again a difference explains it;
3. ours takes out of what they send what they took, or again.

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
        self.answers, self.lost = answers, rules.lost
        self.differences, self.on_the_way = rules.DIFFERENCES, rules.ON_THE_WAY


def python_peer():
    import differences_python
    import peer_python
    return Peer(peer_python.answers, differences_python)


def go_peer(program):
    import differences_go
    return Peer(lambda requests: asked([program, "carry"], requests), differences_go)


class Verdict:
    """What was found: how much each rule explains, and what none does."""

    def __init__(self, *rules):
        self.explained = {name: 0 for some in rules for name in some}
        self.failures = []

    def weigh(self, rules, propagator, headers, us, them, failure):
        for name, (formats, holds) in rules.items():
            if propagator in formats and holds(headers, us, them):
                self.explained[name] += 1
                return
        self.failures.append(f"{propagator}: {failure}")

    def demand(self, holds, failure):
        if not holds:
            self.failures.append(failure)


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


def check_taken(peer, rows, verdict):
    """The first thing."""
    for p, headers, us, them in rows:
        if not equal(us, them):
            verdict.weigh(peer.differences, p, headers, us, them, f"{headers}\n  we took   {us}\n  they took {them}")


def check_sent(program, peer, rows, verdict):
    """The second and the third. Returns how many header sets were compared."""
    theirs_of_ours = peer.answers([(p, us["sent"]) for p, _, us, _ in rows])
    ours_of_theirs = asked([program], [(p, them["sent"]) for p, _, _, them in rows])
    for (p, _, us, them), read, back in zip(rows, theirs_of_ours, ours_of_theirs):
        if not survives(p, us, read):
            verdict.weigh(peer.on_the_way, p, us["sent"], us, read,
                          f"sent {us['sent']}; they took {read} instead of {us}")
        if not survives(p, them, back):
            verdict.weigh(peer.on_the_way, p, them["sent"], back, them,
                          f"they sent {them['sent']}; we took {back} instead of {them}")
        lost, back_lost = peer.lost(p, us, read), peer.lost(p, them, back)
        verdict.demand(not lost, f"{p}: sent {us['sent']}; of the baggage they lost {lost}")
        verdict.demand(not back_lost, f"{p}: they sent {them['sent']}; of the baggage we lost {back_lost}")
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
    verdict = Verdict(peer.differences, peer.on_the_way)
    check_taken(peer, rows, verdict)
    sent = check_sent(arguments.program, peer, rows, verdict)
    taken = sum(bool(us["trace"] or us["baggage"]) for _, _, us, _ in rows)
    same = sum(equal(us, them) for _, _, us, them in rows)
    if arguments.sets >= 1000:
        for name, count in verdict.explained.items():
            verdict.demand(count, f"this difference explains nothing any more: {name}")
        verdict.demand(taken >= len(rows) // 3,
                       f"only {taken} of {len(rows)} sets carried something: nothing much was compared")
    for name, count in verdict.explained.items():
        print(f"{count:6}  {name}")
    print(f"{same:6}  the same, of {len(rows)} ({taken} carried something); {sent} crossed over")
    print("\n".join(verdict.failures[:20]))
    print(f"{len(verdict.failures)} failures" if verdict.failures else "no difference without a reason")
    return 1 if verdict.failures else 0


if __name__ == "__main__":
    sys.exit(main())
