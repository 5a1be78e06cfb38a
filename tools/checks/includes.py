#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Includes run one way (docs/conventions.md, "Layout"), and public headers include weft and the standard library alone.

usage: includes.py [ROOT]

Prints each include that breaks a rule as file:line, with the rule; exit status 1 if there is one.
"""
import pathlib
import re
import sys

# The stages of a span's way, first to last. A public header belongs to the stage that implements it;
# headers that are not named here are vocabulary, which every stage may use.
PUBLIC_STAGE = {
    "context": ["context", "context_var", "recyclable_context_var", "executor", "propagating_executor", "coroutine", "async",
                "bind"],
    "span": ["span", "span_options", "span_view", "span_data", "detached_span", "current_span"],
    "processor": ["processor", "exporter", "processors"],
    "tracer": ["tracer", "telemetry", "init", "options", "request_span", "weft"],
}

# folder: (internal folders it may include, stages whose public headers it may include)
EVERYTHING = set(PUBLIC_STAGE)
RULES = {
    "sdk/src/codec": ({"codec"}, set()),
    "sdk/src/platform": ({"platform"}, set()),
    "sdk/src/context": ({"context", "platform"}, {"context"}),
    "sdk/src/span": ({"span", "codec", "context", "platform"}, {"context", "span"}),
    "sdk/src/processor": ({"processor", "span", "platform"}, {"context", "span", "processor"}),
    "sdk/src/tracer": (
        {"tracer", "processor", "span", "codec", "context", "platform"},
        EVERYTHING,
    ),
    "exporters/src/wire": ({"wire"}, set()),
    "exporters/src/otlp": ({"otlp", "delivery", "wire", "codec", "span"}, {"context", "span", "processor"}),
    "exporters/src/zipkin": ({"zipkin", "delivery", "wire", "codec"}, {"context", "span", "processor"}),
    # Between the processor's seam and the wire: what is sent when, and sent again.
    "exporters/src/delivery": (
        {"delivery", "wire", "processor", "codec", "span", "platform"},
        {"context", "span", "processor"},
    ),
    # Of otlp: gRPC's frames and statuses.
    "exporters/src/remote_sampling": (
        {"remote_sampling", "otlp", "delivery", "wire", "codec", "platform"},
        {"context", "span"},
    ),
    "exporters/src/console": ({"console", "codec"}, EVERYTHING),
    "exporters/src": (
        {"delivery", "otlp", "zipkin", "wire", "console", "remote_sampling", "codec", "processor", "platform"},
        EVERYTHING,
    ),
    "propagators/src": (set(), EVERYTHING),
    # What `init` takes of a file; nothing includes config.
    "config/src": ({"tracer"}, EVERYTHING),
    "instrumentation": (set(), EVERYTHING),
}
INTERNAL = {"codec", "platform", "context", "span", "processor", "tracer", "wire", "otlp", "delivery", "console", "zipkin",
            "remote_sampling"}
# wire is stricter: errors and diagnostics are all that it may know of the public face.
WIRE_PUBLIC = {"weft/error.hpp", "weft/diagnostics.hpp", "weft/version.hpp"}

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
PUBLIC_ROOTS = ["sdk/include", "propagators/include", "exporters/include", "config/include"]


def stage_of(header):
    name = header.removeprefix("weft/").removesuffix(".hpp")
    for stage, names in PUBLIC_STAGE.items():
        if name in names:
            return stage
    return "vocabulary"


def includes(path):
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if match := INCLUDE.match(line):
            yield number, match.group(1), match.group(2)


def sources(folder):
    return sorted(p for p in folder.rglob("*") if p.suffix in (".hpp", ".cpp", ".h", ".c"))


def rule_for(relative):
    for folder in sorted(RULES, key=len, reverse=True):
        if str(relative).startswith(folder + "/"):
            return folder, RULES[folder]
    return None, None


def check_source(root, path, problems):
    relative = path.relative_to(root)
    folder, rule = rule_for(relative)
    if rule is None:
        return
    internal, stages = rule
    for number, _, header in includes(path):
        first = header.split("/")[0]
        if first == "weft":
            if folder == "exporters/src/wire":
                if header not in WIRE_PUBLIC:
                    problems.append(f"{relative}:{number}: {folder} includes <{header}>; of the public headers it may "
                                    f"include {', '.join(sorted(WIRE_PUBLIC))}")
            elif (stage := stage_of(header)) != "vocabulary" and stage not in stages:
                problems.append(f"{relative}:{number}: {folder} includes <{header}> of the later stage {stage}")
        elif first in INTERNAL and "/" in header and first not in internal:
            problems.append(f"{relative}:{number}: {folder} includes \"{header}\"; it may include "
                            f"{', '.join(sorted(internal)) or 'public headers only'}")
        elif header.startswith("../"):
            problems.append(f"{relative}:{number}: \"{header}\": write the path from the component's src folder")


def check_public(root, path, problems):
    relative = path.relative_to(root)
    for number, kind, header in includes(path):
        standard = kind == "<" and re.fullmatch(r"[a-z_]+", header)
        ours = kind == "<" and header.startswith("weft/")
        if not standard and not ours:
            problems.append(f"{relative}:{number}: a public header includes {header}; it may include <weft/…> and the "
                            "C++ standard library alone")


def main():
    if len(sys.argv) > 1 and sys.argv[1] in ("-h", "--help"):
        print(__doc__)
        return 0
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    problems = []
    count = 0
    for folder in ["sdk/src", "propagators/src", "exporters/src", "config/src", "instrumentation"]:
        for path in sources(root / folder):
            count += 1
            check_source(root, path, problems)
    for folder in PUBLIC_ROOTS:
        for path in sources(root / folder):
            count += 1
            check_public(root, path, problems)
    if count == 0:
        problems.append(f"no source found under {root}: is this the repository's root?")
    print("\n".join(problems) if problems else f"{count} files: includes run one way")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
