#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""docs/configuration.md names every environment variable that the libraries read, and no other, and every option.

usage: variables.py [ROOT]

A variable is a literal of the sources such as "OTEL_SERVICE_NAME", or one that is composed: a literal that ends in "_"
and, in the same file, ask("SUFFIX"…). An option is a member of Options, BatchOptions, SpanLimits and StatsOptions.
"""
import pathlib
import re
import sys

FOLDERS = ["sdk/src", "exporters/src", "propagators/src", "config/src", "instrumentation"]
PAGE = "docs/configuration.md"
# "NAME" in capitals with an underscore, and what getenv is asked for.
LITERAL = re.compile(r'"((?:OTEL|WEFT|K8S|POD|NODE|CONTAINER|KUBERNETES|NO)_[A-Z0-9_]*)"')
ASKED = re.compile(r'getenv\("(\w+)"\)')
SUFFIX = re.compile(r'\bask(?:_for_\w+)?\(\s*"([A-Z_]+)"')
# The name of a memory mapping, by which profilers find it.
NO_VARIABLES = {"OTEL_CTX"}
STRUCTS = {
    "sdk/include/weft/options.hpp": ["Options"],
    "sdk/include/weft/batch_options.hpp": ["BatchOptions"],
    "sdk/include/weft/span_limits.hpp": ["SpanLimits"],
    "sdk/include/weft/diagnostics.hpp": ["StatsOptions"],
}
MEMBER = re.compile(r"^  (?!static)[\w:<>(), &*]+ (\w+)(?:\{.*\}| = .*);", re.MULTILINE)
GROUPS = {"BatchOptions": "batch.", "SpanLimits": "limits.", "StatsOptions": "stats.", "Options": ""}


def variables_read(root):
    names = set()
    for folder in FOLDERS:
        for path in (root / folder).rglob("*"):
            if path.suffix not in (".cpp", ".hpp"):
                continue
            text = re.sub(r"//.*", "", path.read_text(encoding="utf-8"))
            found = set(LITERAL.findall(text)) | set(ASKED.findall(text))
            prefixes = {name for name in found if name.endswith("_")}
            suffixes = set(SUFFIX.findall(text))
            if suffixes:
                names.update(prefix + suffix for prefix in prefixes for suffix in suffixes)
            names.update(found - prefixes)
    return names - NO_VARIABLES


def options(root):
    names = set()
    for header, structs in STRUCTS.items():
        text = (root / header).read_text(encoding="utf-8")
        for struct in structs:
            body = re.search(rf"struct {struct} \{{\n(.*?)\n\}};", text, re.DOTALL)
            names.update(GROUPS[struct] + name for name in MEMBER.findall(body.group(1) if body else ""))
    # Groups, and what stands for a file.
    return names - {"batch", "limits", "stats", "file"}


def main():
    if len(sys.argv) > 1 and sys.argv[1] in ("-h", "--help"):
        print(__doc__)
        return 0
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    page = root / PAGE
    text = page.read_text(encoding="utf-8") if page.is_file() else ""
    named = set(re.findall(r"`([A-Z][A-Z0-9_]+)`", text))
    read = variables_read(root)
    problems = [f"{PAGE} does not name {name}, which the code reads" for name in sorted(read - named)]
    ours = {name for name in named if name.startswith(("OTEL_", "WEFT_"))}
    problems += [f"{PAGE} names {name}, which no code reads" for name in sorted(ours - read)]
    members = options(root)
    problems += [f"{PAGE} does not name the option {name}" for name in sorted(members) if f"`{name}`" not in text]
    if not read or not members:
        problems.append(f"no variables or no options found under {root}: is this the repository's root?")
    print("\n".join(problems) if problems else f"{len(read)} variables and {len(members)} options: all on the page")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
