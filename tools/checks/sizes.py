#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Files and functions stay small (docs/conventions.md, "Layout").

usage: sizes.py [--functions] [ROOT]

Prints the median, the 90th percentile and the largest. Fails on a file over 500 lines.
--functions measures functions too, with lizard from PyPI (tools/setup puts it into build/venv), and fails on one
over 60 lines in the libraries.
"""
import pathlib
import statistics
import sys

FILE_LIMIT = 500
FUNCTION_LIMIT = 60
LIBRARY = ["sdk", "propagators", "exporters", "config", "instrumentation"]
REST = ["samples", "tests", "benchmarks", "tools", "cmake"]
SUFFIXES = {".hpp", ".cpp", ".py", ".sh", ".cmake"}


def files(root, folders):
    for folder in folders:
        for path in sorted((root / folder).rglob("*")):
            if path.is_file() and (path.suffix in SUFFIXES or path.name == "CMakeLists.txt"
                                   or path.parent == root / "tools"):
                yield path


def summary(what, sizes):
    if not sizes:
        return f"{what}: none"
    sizes = sorted(sizes)
    p90 = sizes[min(len(sizes) - 1, int(len(sizes) * 0.9))]
    return f"{what}: {len(sizes)}, median {statistics.median(sizes):g}, p90 {p90}, largest {sizes[-1]} lines"


def check_files(root, problems):
    for title, folders in [("library files", LIBRARY), ("other files", REST)]:
        sizes = []
        for path in files(root, folders):
            lines = len(path.read_text(encoding="utf-8").splitlines())
            sizes.append(lines)
            if lines > FILE_LIMIT:
                problems.append(f"{path.relative_to(root)}: {lines} lines; the limit is {FILE_LIMIT}: split it")
        print(summary(title, sizes))


def check_functions(root, problems):
    try:
        import lizard
    except ImportError:
        problems.append("lizard is missing. Fix: run tools/setup, then build/venv/bin/python tools/checks/sizes.py")
        return
    sizes = []
    for path in files(root, LIBRARY):
        if path.suffix in (".hpp", ".cpp"):
            for function in lizard.analyze_file(str(path)).function_list:
                length = function.end_line - function.start_line + 1
                sizes.append(length)
                if length > FUNCTION_LIMIT:
                    problems.append(f"{path.relative_to(root)}:{function.start_line}: {function.name} has {length} "
                                    f"lines; the limit is {FUNCTION_LIMIT}: split it")
    print(summary("library functions", sizes))


def main():
    arguments = sys.argv[1:]
    if "-h" in arguments or "--help" in arguments:
        print(__doc__)
        return 0
    functions = "--functions" in arguments
    roots = [a for a in arguments if not a.startswith("-")]
    root = pathlib.Path(roots[0] if roots else ".").resolve()
    problems = []
    check_files(root, problems)
    if functions:
        check_functions(root, problems)
    print("\n".join(problems), end="\n" if problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
