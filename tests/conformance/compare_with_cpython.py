# SPDX-License-Identifier: Apache-2.0
"""Random sequences of operations on context variables, done by CPython's contextvars and by ours:
the answers must be the same. Usage: compare_with_cpython.py PROGRAM [--sequences N] [--seed S]

10,000 sequences, 100,000 when WEFT_LONG is set. A sequence that differs is printed."""
import argparse
import contextvars
import os
import random
import subprocess
import sys

DEFAULTS = {2: -1, 3: -2}
VARIABLES = [contextvars.ContextVar("abcd"[i], **({"default": DEFAULTS[i]} if i in DEFAULTS else {})) for i in range(4)]


class Sequence:
    """Makes operations and has CPython do them, both at once: what can be done depends on what was."""

    def __init__(self, chance):
        self.chance = chance
        self.tokens = []
        self.contexts = []
        self.operations = []
        self.answers = []
        self.left = chance.randint(5, 40)

    def note(self, operation, answer):
        self.operations.append(operation)
        self.answers.append(str(answer))

    def step(self, depth):
        pick = self.chance.random()
        if pick < 0.30 or not self.tokens:
            self.set()
        elif pick < 0.45:
            self.get()
        elif pick < 0.62:
            self.reset()
        elif pick < 0.70:
            self.look_at_token()
        elif pick < 0.78 or not self.contexts:
            self.make_context()
        elif pick < 0.88:
            self.look_at_context()
        elif depth < 6:
            self.run(depth)

    def set(self):
        which, value = self.chance.randrange(4), self.chance.randrange(1000)
        self.tokens.append(VARIABLES[which].set(value))
        self.note(f"set {which} {value}", "token")

    def get(self):
        which = self.chance.randrange(4)
        if self.chance.random() < 0.5:
            self.note(f"get_or {which} 7", VARIABLES[which].get(7))
            return
        try:
            self.note(f"get {which}", VARIABLES[which].get())
        except LookupError:
            self.note(f"get {which}", "LookupError")

    def reset(self):
        which, token = self.chance.randrange(4), self.chance.randrange(len(self.tokens))
        if self.chance.random() < 0.7:  # mostly the right variable
            which = VARIABLES.index(self.tokens[token].var)
        try:
            VARIABLES[which].reset(self.tokens[token])
            answer = "reset"
        except RuntimeError:
            answer = "used"
        except ValueError as error:
            answer = "other context" if str(error).endswith("different Context") else "other variable"
        self.note(f"reset {which} {token}", answer)

    def look_at_token(self):
        index = self.chance.randrange(len(self.tokens))
        token = self.tokens[index]
        if self.chance.random() < 0.5:
            self.note(f"var {index}", token.var.name)
        else:
            old = token.old_value
            self.note(f"old {index}", "none" if old is contextvars.Token.MISSING else old)

    def make_context(self):
        pick = self.chance.random()
        if pick < 0.6 or not self.contexts:
            self.contexts.append(contextvars.copy_context())
            self.note("copy", "context")
        elif pick < 0.8:
            self.contexts.append(contextvars.Context())
            self.note("new", "context")
        else:
            index = self.chance.randrange(len(self.contexts))
            self.contexts.append(self.contexts[index].copy())
            self.note(f"copy_of {index}", "context")

    def look_at_context(self):
        index, which = self.chance.randrange(len(self.contexts)), self.chance.randrange(4)
        context, variable = self.contexts[index], VARIABLES[which]
        pick = self.chance.randrange(3)
        if pick == 0:
            value = context.get(variable)
            self.note(f"context_get {index} {which}", "none" if value is None else value)
        elif pick == 1:
            self.note(f"contains {index} {which}", "yes" if variable in context else "no")
        else:
            items = [f" {v.name}={context[v]}" for v in VARIABLES if v in context]
            self.note(f"items {index}", str(len(context)) + "".join(items))

    def run(self, depth):
        index = self.chance.randrange(len(self.contexts))
        self.operations.append(f"run {index}")
        entered = False

        def inside():
            nonlocal entered
            entered = True
            self.answers.append("inside")
            self.steps(depth + 1)

        try:
            self.contexts[index].run(inside)
            self.answers.append("outside")
        except RuntimeError:
            if entered:
                raise
            self.answers.append("entered")
            self.steps(depth + 1)

    def steps(self, depth):
        for _ in range(self.chance.randint(1, 8)):
            if self.left <= 0:
                break
            self.left -= 1
            self.step(depth)
        self.operations.append("end")

    def make(self):
        contextvars.Context().run(self.steps_of_all)
        return self

    def steps_of_all(self):
        while self.left > 0:
            self.left -= 1
            self.step(0)
        self.operations.append("end")


def ours(program, sequences):
    text = "".join(f"{operation}\n" for sequence in sequences for operation in sequence.operations)
    done = subprocess.run([program], input=text, capture_output=True, text=True, check=True)
    parts = [part.splitlines() for part in done.stdout.split("---\n")]
    return parts[: len(sequences)]


def report(number, sequence, answers):
    print(f"sequence {number} differs: what CPython answers is on the left")
    for line in sequence.operations:
        print("   ", line)
    for left, right in zip(sequence.answers + ["(nothing)"], answers + ["(nothing)"]):
        print(f"  {left:20} {right:20}{'' if left == right else '   <-- differs'}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--sequences", type=int, default=100_000 if os.environ.get("WEFT_LONG") else 10_000)
    parser.add_argument("--seed", type=int, default=20_26)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    sequences = [Sequence(chance).make() for _ in range(options.sequences)]
    seen = set()
    for number, (sequence, answers) in enumerate(zip(sequences, ours(options.program, sequences), strict=True)):
        seen.update(sequence.answers)
        if sequence.answers != answers:
            report(number, sequence, answers)
            return 1
    missing = {"LookupError", "used", "other variable", "other context", "entered", "inside"} - seen
    if missing:
        print(f"the sequences never led to {missing}: they prove nothing about that")
        return 1
    operations = sum(len(sequence.operations) for sequence in sequences)
    print(f"{len(sequences)} sequences, {operations} operations: the same answers as {sys.version.split()[0]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
