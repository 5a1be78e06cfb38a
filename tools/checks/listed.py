#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every source is listed in a CMakeLists.txt (we do not glob), and every file of ours names its licence.

usage: listed.py [ROOT]

A source that no list names is not built, not installed and not tested, and nothing else would say so.
"""
import pathlib
import re
import sys

FOLDERS = ["sdk", "propagators", "exporters", "config", "instrumentation", "samples", "tests", "benchmarks"]
LICENSED = {".hpp", ".cpp", ".h", ".c", ".py", ".sh", ".cmake", ".go"}
LICENCE = "SPDX-License-Identifier: Apache-2.0"


def listed_files(root):
    """What the CMakeLists.txt files name: relative to each list's folder, or to the root."""
    named = set()
    for path in [root / "CMakeLists.txt", *(p for f in FOLDERS for p in (root / f).rglob("CMakeLists.txt"))]:
        text = re.sub(r"#.*", "", path.read_text(encoding="utf-8"))
        for word in re.findall(r'[^\s"()]+\.(?:cpp|hpp)\b', text):
            word = word.replace("${CMAKE_CURRENT_SOURCE_DIR}/", "").replace("${PROJECT_SOURCE_DIR}/", "/")
            base = root if word.startswith("/") else path.parent
            named.add((base / word.lstrip("/")).resolve())
        # foreach(name IN ITEMS a b) … ${name}.cpp
        if re.search(r"\$\{\w+\}\.cpp", text):
            for word in re.findall(r"[a-z_0-9]+", text):
                named.add((path.parent / f"{word}.cpp").resolve())
    return named


def main():
    if len(sys.argv) > 1 and sys.argv[1] in ("-h", "--help"):
        print(__doc__)
        return 0
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    named = listed_files(root)
    problems = []
    count = 0
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            relative = path.relative_to(root)
            if path.suffix == ".cpp" or (path.suffix == ".hpp" and "include" in relative.parts):
                count += 1
                if path.resolve() not in named and "consumer" not in relative.parts:
                    problems.append(f"{relative}: no CMakeLists.txt names it")
    for folder in [*FOLDERS, "cmake", "tools"]:
        for path in sorted((root / folder).rglob("*")):
            ours = path.suffix in LICENSED or path.name == "CMakeLists.txt" or path.parent == root / "tools"
            if path.is_file() and ours:
                head = path.read_text(encoding="utf-8").splitlines()[:2]
                if not any(LICENCE in line for line in head):
                    problems.append(f"{path.relative_to(root)}: its first lines lack \"{LICENCE}\"")
    if count == 0:
        problems.append(f"no source found under {root}: is this the repository's root?")
    print("\n".join(problems) if problems else f"{count} sources: all listed, all licensed")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
