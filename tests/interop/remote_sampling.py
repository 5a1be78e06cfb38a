#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Real Jaeger's sampling endpoints, HTTP and gRPC, with a strategies file, drive samplers::jaeger_remote.

usage: remote_sampling.py PROGRAM

Starts a Jaeger of its own (tools/interop), has PROGRAM (remote_sampler) start roots, rewrites the file while both run, and stops
Jaeger. Exit status 0: every expectation held.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PATIENCE = 20  # seconds: Jaeger reads its file once a second

ALL = {"type": "probabilistic", "param": 1}
NONE = {"type": "probabilistic", "param": 0}
FIRST = [{"service": "all", **ALL}, {"service": "rated", "type": "ratelimiting", "param": 2},
         {"service": "by operation", **NONE, "operation_strategies": [{"operation": "important", **ALL}]}]


class Program:
    """A service whose roots are sampled as Jaeger says."""

    def __init__(self, program, endpoint, service, *files, stderr=None):
        self.process = subprocess.Popen([program, endpoint, service, *files], text=True, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=stderr)

    def root(self, name):
        self.process.stdin.write(name + "\n")
        self.process.stdin.flush()
        sampled, kind = self.process.stdout.readline().rstrip("\n").split("\t")
        return sampled == "1", kind

    def becomes(self, name, expected):
        give_up = time.monotonic() + PATIENCE
        while (answer := self.root(name)) != expected:
            if time.monotonic() > give_up:
                return f"roots called {name} are {answer} instead of {expected}"
            time.sleep(0.02)
        return None

    def end(self):
        self.process.stdin.close()
        self.process.wait(10)


def write(path, services):
    """As a whole: Jaeger may be reading it."""
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps({"service_strategies": services, "default_strategy": NONE}))
    fresh.replace(path)


def interop(command, state, strategies):
    environment = dict(os.environ, WEFT_JAEGER_STRATEGIES=str(strategies))
    subprocess.run([ROOT / "tools/interop", "jaeger", command, "--state", state], check=True, env=environment,
                   stdout=subprocess.DEVNULL)


def port_in(state, wanted):
    for line in state.read_text().splitlines():
        name, _, value = line.removeprefix("export ").partition("=")
        if name == wanted:
            return value.strip("'\"")
    raise SystemExit(f"{state} names no {wanted}")


def faults_of(program, endpoint, strategies):
    def expect(service, steps):
        one = Program(program, endpoint, service)
        try:
            return [fault for step in steps if (fault := step(one))]
        finally:
            one.end()

    yield from expect("all", [lambda one: one.becomes("any", (True, "probabilistic"))])
    yield from expect("rated", [lambda one: one.becomes("any", (True, "ratelimiting")),
                                lambda one: one.becomes("any", (False, ""))])
    yield from expect("by operation", [lambda one: one.becomes("important", (True, "probabilistic")),
                                       lambda one: one.becomes("dull", (False, ""))])

    def change(_):
        write(strategies, [{"service": "changing", **ALL}])

    yield from expect("changing", [lambda one: one.becomes("any", (False, "")), change,
                                   lambda one: one.becomes("any", (True, "probabilistic"))])


def main():
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        state, strategies = pathlib.Path(folder, "jaeger.env"), pathlib.Path(folder, "strategies.json")
        write(strategies, FIRST)
        interop("start", state, strategies)
        try:
            http = f"http://127.0.0.1:{port_in(state, 'WEFT_JAEGER_SAMPLING_PORT')}/sampling"
            grpc = f"http://127.0.0.1:{port_in(state, 'WEFT_JAEGER_SAMPLING_GRPC_PORT')}"
            faults = []
            for endpoint in (http, grpc):
                write(strategies, FIRST)
                faults += [f"{endpoint}: {fault}" for fault in faults_of(sys.argv[1], endpoint, strategies)]
        finally:
            interop("stop", state, strategies)
    print("\n".join(faults) if faults else "4 services were sampled as Jaeger said, over HTTP and over gRPC")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
