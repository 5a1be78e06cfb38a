#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One table of many runs of the benchmarks.

usage: report.py RUNS-FOLDER [--json FILE]

RUNS-FOLDER holds what Google Benchmark wrote (*.json, one a program and round), and may hold
instructions.tsv (name, instructions for each iteration). A time is the median of all slices, "least" the shortest of
them: of the CPU time of the threads that do the work, which a worker or a stranger on the same CPU does not lengthen;
"wall ns" is the clock's. A stranger on the other half of the core lengthens both times, but seldom all slices: what is
to be reached is compared with the least. JSON: every number behind the table.
"""
import argparse
import json
import pathlib
import re
import statistics
import sys

CLOCKS = "floor/two_weft_clock_reads"
RECORDED = "recorded_span_4_attributes"

# What each of ours stands beside: the floor under it, the peer's row, and what is to be reached:
# nanoseconds, ("floor", nanoseconds above it), or ("row", its name, how many times that).
PARTNERS = {
    RECORDED: (CLOCKS, RECORDED, ("floor", 55)),
    RECORDED + "_at_start": (CLOCKS, None, ("floor", 55)),
    RECORDED + "/threads:2": (CLOCKS, RECORDED + "/threads:2", ("row", RECORDED, 1.2)),
    RECORDED + "_alone/threads:1": (CLOCKS, None, ("floor", 55)),
    RECORDED + "_alone/threads:2": (CLOCKS, None, ("row", RECORDED + "_alone/threads:1", 1.2)),
    RECORDED + "_without_rest": (CLOCKS, None, None),
    "bare_span": (CLOCKS, "bare_span", None),
    "bare_span/threads:2": (CLOCKS, None, ("row", "bare_span", 1.2)),
    "parent_and_child": (CLOCKS, None, None),
    "unsampled_span_4_attributes": (None, "unsampled_span_4_attributes", 8),
    "unsampled_span_4_attributes_at_start": (None, None, 8),
    "unsampled_span_4_attributes/threads:2": (
        None, "unsampled_span_4_attributes/threads:2", ("row", "unsampled_span_4_attributes", 1.2)),
    "encode": ("floor/memcpy_200", "encode", 15),
    "inject": (None, "inject", 20),
    "inject/threads:2": (None, None, ("row", "inject", 1.2)),
    "inject_current": (None, None, 20),
    "extract": (None, "extract", 40),
    "extract/threads:2": (None, None, ("row", "extract", 1.2)),
    "extract_tracestate": (None, None, 120),
    "get/1": ("floor/out_of_line_call", None, 2),
    "get/8": ("floor/out_of_line_call", None, 2),
    "get/32": ("floor/out_of_line_call", None, 2),
    "set_reset/1": (None, None, 10),
    "set_reset/8": (None, None, 10),
    "set_reset/32": (None, None, 10),
    "copy_context/1": ("floor/shared_ptr_copy", None, ("floor", 3)),
    "copy_context/8": ("floor/shared_ptr_copy", None, ("floor", 3)),
    "copy_context/32": ("floor/shared_ptr_copy", None, ("floor", 3)),
    "coroutine_turn": ("floor/coroutine_turn", None, ("floor", 5)),
    "asio_step": ("floor/asio_step", None, None),
    "asio_post": ("floor/asio_post", None, None),
    "run": (None, "attach_detach", None),
    "make_current": (None, "attach_detach", None),
    "make_current/threads:2": (None, "attach_detach/threads:2", None),
    "make_current/threads:16": (None, "attach_detach/threads:16", None),
    "in_context_turn": ("floor/coroutine_turn", None, None),
}


def plain(name):
    """A benchmark's name without what a run was told."""
    return re.sub(r"/iterations:\d+", "", name)


def read_runs(folder):
    """Name → list of its runs."""
    runs = {}
    for path in sorted(folder.glob("*.json")):
        try:
            benchmarks = json.loads(path.read_text(encoding="utf-8"))["benchmarks"]
        except (ValueError, KeyError) as problem:
            sys.exit(f"{path} is not what Google Benchmark writes ({problem}); was its program interrupted?")
        for run in benchmarks:
            if run.get("run_type") == "iteration" and not run.get("error_occurred"):
                runs.setdefault(plain(run["name"]), []).append(run)
    return runs


def median(runs, key):
    values = [run[key] for run in runs if key in run]
    return statistics.median(values) if values else None


def summary(runs, instructions):
    """What is known of one benchmark, times in nanoseconds for one operation on one thread."""
    threads = runs[0].get("threads", 1)
    return {
        "ns": median(runs, "cpu_time"),
        "least_ns": min(run["cpu_time"] for run in runs),
        "ns_of_slices": [run["cpu_time"] for run in runs],
        "wall_ns": median(runs, "real_time") * threads,  # Google divides by the threads
        "worker_ns": median(runs, "worker_ns"),
        "allocations": median(runs, "allocations"),
        "dropped_percent": median(runs, "dropped_percent"),
        "instructions": instructions,
    }


def read_instructions(path):
    if not path.exists():
        return {}
    lines = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
    return {name: float(count) for name, count in lines}


def target_of(rule, floor, rows):
    if rule is None or isinstance(rule, (int, float)):
        return rule
    if rule[0] == "floor":
        return floor["least_ns"] + rule[1] if floor else None
    other = rows.get("weft/" + rule[1])
    return other["least_ns"] * rule[2] if other else None


def ratio(number, base):
    return number / base if number is not None and base else None


def table_rows(rows):
    """The table: a dictionary for each of our benchmarks, and for each floor."""
    made = []
    for name, ours in rows.items():
        if not name.startswith("weft/"):
            continue
        scenario = name.removeprefix("weft/")
        floor_name, peer_name, rule = PARTNERS.get(scenario, (None, None, None))
        floor = rows.get(floor_name)
        peer = rows.get(f"peer/{peer_name}")
        made.append({
            "scenario": scenario, **ours,
            "floor_ns": floor and floor["ns"],
            "floor_least_ns": floor and floor["least_ns"],
            "peer_ns": peer and peer["ns"],
            "peer": peer,
            "to_floor": ratio(ours["ns"], floor and floor["ns"]),
            "to_peer": ratio(ours["ns"], peer and peer["ns"]),
            "target_ns": target_of(rule, floor, rows),
        })
    floors = [{"scenario": name, "floor_ns": row["ns"], "floor_least_ns": row["least_ns"], "wall_ns": row["wall_ns"],
               "instructions": row["instructions"]}
              for name, row in rows.items() if name.startswith("floor/")]
    return made + floors


def number(value, digits=1):
    return "-" if value is None else f"{value:.{digits}f}"


COLUMNS = [
    ("scenario", lambda row: row["scenario"]),
    ("ours ns", lambda row: number(row.get("ns"))),
    ("least", lambda row: number(row.get("least_ns"))),
    ("wall ns", lambda row: number(row.get("wall_ns"))),
    ("worker ns", lambda row: number(row.get("worker_ns"))),
    ("floor ns", lambda row: number(row.get("floor_ns"))),
    ("least", lambda row: number(row.get("floor_least_ns"))),
    ("peer ns", lambda row: number(row.get("peer_ns"))),
    ("to floor", lambda row: number(row.get("to_floor"), 2)),
    ("to peer", lambda row: number(row.get("to_peer"), 3)),
    ("target ns", lambda row: number(row.get("target_ns"))),
    ("allocations", lambda row: number(row.get("allocations"), 3)),
    ("drops %", lambda row: number(row.get("dropped_percent"), 2)),
    ("instructions", lambda row: number(row.get("instructions"), 0)),
]


def print_table(rows):
    cells = [[title for title, _ in COLUMNS]]
    cells += [[show(row) for _, show in COLUMNS] for row in rows]
    widths = [max(len(line[i]) for line in cells) for i in range(len(COLUMNS))]
    for line in cells:
        padded = [line[0].ljust(widths[0])] + [cell.rjust(width) for cell, width in zip(line[1:], widths[1:])]
        print(" | ".join(padded))


def print_peer_notes(rows):
    for row in rows:
        peer = row.get("peer")
        if peer:
            print(f"peer, {row['scenario']}: {number(peer['wall_ns'], 0)} ns by the wall's clock, {number(peer['allocations'], 1)} "
                  f"allocations, {number(peer['dropped_percent'], 1)} % dropped, "
                  f"{number(peer['instructions'], 0)} instructions")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", type=pathlib.Path)
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--machine", default="")
    asked = parser.parse_args()
    counts = read_instructions(asked.runs / "instructions.tsv")
    rows = {name: summary(runs, counts.get(name)) for name, runs in read_runs(asked.runs).items()}
    if not rows:
        sys.exit(f"there are no results in {asked.runs}")
    table = table_rows(rows)
    print_table(table)
    print_peer_notes(table)
    if asked.json:
        whole = {"machine": asked.machine, "table": table, "benchmarks": rows}
        asked.json.write_text(json.dumps(whole, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
