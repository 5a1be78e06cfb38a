#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the W3C's own trace-context suite against a service that weft traces.

usage: trace_context_suite.py SERVICE FOLDER

SERVICE is the program trace_context_service, FOLDER a checkout of w3c/trace-context, whose folder test/ holds the
suite. The suite needs the package aiohttp in the Python that runs this. What is sampled must make no difference to
headers, so each sampler has its run; and a service that sends no headers has one first, which must fail.
"""
import importlib.util
import os
import pathlib
import re
import socket
import subprocess
import sys

SAMPLERS = ("parentbased_always_on", "parentbased_always_off", "always_on", "always_off")
# Everything: lower levels only leave tests out.
LEVELS = {"STRICT_LEVEL": "2", "SPEC_LEVEL": "2"}
# Of the suite at commit acab820; a run with fewer tests has lost some.
FEWEST = 41


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def run_suite(folder, endpoint):
    """Whether every test of the suite passed, and what it said."""
    done = subprocess.run(
        [sys.executable, "test.py", endpoint], cwd=folder / "test", text=True, timeout=180, check=False,
        env={**os.environ, **LEVELS, "HARNESS_PORT": str(free_port())},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    ran = re.search(r"^Ran (\d+) tests", done.stdout, re.MULTILINE)
    # With a test skipped, the last line says more than OK.
    all_passed = done.returncode == 0 and done.stdout.rstrip().endswith("\nOK")
    return all_passed and ran is not None and int(ran[1]) >= FEWEST, done.stdout


def run_with(service, folder, **settings):
    """The suite's run against the service with these variables, and no other of OpenTelemetry's."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("OTEL_", "WEFT_"))}
    with subprocess.Popen([service], env={**ours, **settings}, stdout=subprocess.PIPE, text=True) as running:
        try:
            return run_suite(folder, f"http://127.0.0.1:{int(running.stdout.readline())}/test")
        finally:
            running.kill()


def main():
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    service, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    if not (folder / "test" / "test.py").is_file():
        print(f"{folder} is no checkout of w3c/trace-context: test/test.py is not there", file=sys.stderr)
        return 2
    if importlib.util.find_spec("aiohttp") is None:
        print(f"the suite needs aiohttp: {sys.executable} -m pip install aiohttp", file=sys.stderr)
        return 2
    passed, said = run_with(service, folder, OTEL_PROPAGATORS="none")
    ran_and_failed = not passed and re.search(r"^FAILED \(.*failures=", said, re.MULTILINE)
    print(f"no headers are sent: {'refused' if ran_and_failed else 'NOT REFUSED: ' + said}", flush=True)
    all_good = bool(ran_and_failed)
    for sampler in SAMPLERS:
        passed, said = run_with(service, folder, OTEL_TRACES_SAMPLER=sampler)
        print(f"{sampler}: {'every test passed' if passed else said}", flush=True)
        all_good = all_good and passed
    return 0 if all_good else 1


if __name__ == "__main__":
    sys.exit(main())
