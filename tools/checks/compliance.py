#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""docs/compliance.md answers every row of the checklist, and every test that it names exists.

usage: compliance.py [ROOT]

A row: | number | rule | answer | proof | remark |. The answer `yes` needs a proof, any other a remark. A proof is a
`Suite.Sentence` of a TEST in tests/, the whole sentence of a weft_command_test, or `file: "words"` that file holds.
"""
import pathlib
import re
import sys

EXPECTED = [str(n) for n in range(1, 152)] + [f"E{n}" for n in range(1, 41)]
ANSWERS = ("yes", "not yet", "argued out")
TEST = re.compile(r"^\s*(?:TYPED_)?TEST(?:_F|_P)?\(\s*(\w+)\s*,\s*(\w+)\s*\)", re.MULTILINE)
# Registered only where a user gives a folder: it runs on few machines.
OPTIONAL = re.compile(r"^if\(WEFT_\w+_SUITE\b.*?^endif\(\)", re.MULTILINE | re.DOTALL)
COMMAND_TEST = re.compile(r'(?:weft_command_test|check)\(\s*"([^"]+)"')
WORDS = re.compile(r'^(\S+): "(.+)"$')


def known_tests(root):
    """The names in the sources: what ctest shows is made of them, and they are there without a build."""
    names = set()
    for path in (root / "tests").rglob("*.cpp"):
        names.update(f"{suite}.{name}" for suite, name in TEST.findall(path.read_text(encoding="utf-8")))
    for path in [*(root / "tests").rglob("CMakeLists.txt"), *(root / "samples").rglob("CMakeLists.txt")]:
        names.update(COMMAND_TEST.findall(OPTIONAL.sub("", path.read_text(encoding="utf-8"))))
    return names


def rows(text):
    for number, line in enumerate(text.splitlines(), 1):
        if re.match(r"\|\s*E?\d+\s*\|", line):
            yield number, [cell.strip() for cell in line.strip().strip("|").split("|")]


def holds(root, proof, tests):
    """Whether what the proof names is there."""
    words = WORDS.match(proof)
    if not words:
        return proof in tests
    path = root / words.group(1)
    # Comment marks and line ends do not part words.
    return path.is_file() and words.group(2) in re.sub(r"\s*\n\s*(?:///?|#)?\s*", " ", path.read_text(encoding="utf-8"))


def check_row(root, number, cells, tests, problems):
    where = f"docs/compliance.md:{number}: row {cells[0]}"
    if len(cells) != 5:
        problems.append(f"{where} has {len(cells)} cells, not 5")
        return
    _, rule, answer, proof, remark = cells
    proofs = re.findall(r"`([^`]+)`", proof)
    if not rule:
        problems.append(f"{where} does not say its rule")
    if answer not in ANSWERS:
        problems.append(f"{where} answers \"{answer}\", none of {', '.join(ANSWERS)}")
    if answer == "yes" and not proofs:
        problems.append(f"{where} says yes and names no test")
    if answer in ("not yet", "argued out") and not remark:
        problems.append(f"{where} says {answer} and not why")
    problems.extend(f"{where} names `{one}`, which does not exist" for one in proofs if not holds(root, one, tests))


def main():
    if len(sys.argv) > 1 and sys.argv[1] in ("-h", "--help"):
        print(__doc__)
        return 0
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    page = root / "docs" / "compliance.md"
    problems = []
    found = []
    answers = {}
    tests = known_tests(root)
    for number, cells in rows(page.read_text(encoding="utf-8") if page.is_file() else ""):
        found.append(cells[0])
        check_row(root, number, cells, tests, problems)
        if len(cells) == 5:
            answers[cells[2]] = answers.get(cells[2], 0) + 1
    problems.extend(f"docs/compliance.md: row {row} is missing" for row in EXPECTED if row not in found)
    problems.extend(f"docs/compliance.md: row {row} is there {found.count(row)} times" for row in sorted(set(found))
                    if found.count(row) > 1)
    problems.extend(f"docs/compliance.md: row {row} is no row of the checklist" for row in sorted(set(found))
                    if row not in EXPECTED)
    summary = ", ".join(f"{answers.get(answer, 0)} {answer}" for answer in ANSWERS)
    print("\n".join(problems) if problems else f"{len(found)} rows: {summary}; every test named exists")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
