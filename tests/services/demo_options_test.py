#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the demo says to its user: options, what it lacks, and its end at Ctrl-C.

usage: demo_options_test.py DEMO BUILD_FOLDER

Exit status: 0 all well, 1 something is wrong (one sentence each).
"""

import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

DEMO, PROGRAMS = sys.argv[1], str(pathlib.Path(sys.argv[2]).resolve())
MARK = f"weft-demo-test-{os.getpid()}"  # in the environment of whatever the demo starts
faults = []


def run(*arguments, **variables):
    return subprocess.run([DEMO, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=60, check=False, env=os.environ | {"WEFT_DEMO_TEST": MARK} | variables)


def expect(done, status, *words):
    for word in words:
        if done.returncode != status or word not in done.stdout:
            faults.append(f"'{' '.join(done.args)}' gave status {done.returncode} and said: {done.stdout}\n"
                          f"expected: status {status} and '{word}'")


def running():
    """The processes that the demo started and that still are there."""
    found = []
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if f"WEFT_DEMO_TEST={MARK}".encode() in (folder / "environ").read_bytes().split(b"\0"):
                found.append((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            pass  # it has ended, or is another user's
    return found


def test_options():
    done = run("--help")
    expect(done, 0, "usage: tools/demo", "--requests N", "--jaeger", "--crash", "--keep", "--programs DIR",
           "--logs DIR")
    for value in ("bad", "0", "-1", "1.5", "100000", ""):
        expect(run("--requests", value), 1,
               f"--requests is '{value}', but must be a number from 1 to 99999")
    for option in ("--requests", "--programs", "--logs"):
        expect(run(option), 1, f"{option} needs a value; see tools/demo --help")
    expect(run("--nonsense"), 1, "unknown option '--nonsense'; see tools/demo --help")
    expect(run("--crash", "--jaeger"), 1, "leave out --jaeger")
    expect(run("--programs", "/nonexistent"), 1,
           "there is no /nonexistent/samples/storefront/gateway: give --programs a build folder with the samples")
    expect(run("--programs", PROGRAMS, "--logs", "/dev/null/logs"), 1,
           "--logs is '/dev/null/logs', but must be a folder that can be written")


def test_missing_curl(folder):
    """A PATH with everything but curl."""
    for name in os.environ["PATH"].split(":")[::-1]:
        for program in pathlib.Path(name).glob("*"):
            link = folder / program.name
            if program.name != "curl":
                link.unlink(missing_ok=True)
                link.symlink_to(program)
    expect(run("--programs", PROGRAMS, PATH=str(folder)), 1,
           "'curl' is missing; install it: apt-get install curl")


def test_no_free_port(folder):
    """The viewer with so few file descriptors that it gets no socket."""
    for name in ("storefront/gateway", "storefront/orders", "storefront/payments", "storefront/token",
                 "viewer/viewer"):
        program = folder / "samples" / name
        program.parent.mkdir(parents=True, exist_ok=True)
        limit = "ulimit -n 4; " if name == "viewer/viewer" else ""
        program.write_text(f"#!/usr/bin/env bash\n{limit}exec '{PROGRAMS}/samples/{name}' \"$@\"\n",
                           encoding="utf-8")
        program.chmod(0o755)
    expect(run("--programs", str(folder)), 1, "viewer did not start", "found no free port on 127.0.0.1",
           "end what holds them, or raise ulimit -n")


def interrupt(sign, to_group, scratch):
    """Ctrl-C when the demo has said that: all that it started ends, and its scratch folder goes."""
    demo = subprocess.Popen(
        [DEMO, "--programs", PROGRAMS, "--requests", "1", "--keep"], stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, start_new_session=True,
        env=os.environ | {"WEFT_DEMO_TEST": MARK, "TMPDIR": str(scratch)},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))  # who tests may ignore it
    said = ""
    for line in demo.stdout:
        said += line
        if sign in line:
            break
    (os.killpg if to_group else os.kill)(demo.pid, signal.SIGINT)
    try:
        said += demo.communicate(timeout=30)[0]
    except subprocess.TimeoutExpired:
        faults.append(f"the demo did not end within 30 s of Ctrl-C at '{sign}': {said}")
        os.killpg(demo.pid, signal.SIGKILL)
        return
    what = f"Ctrl-C at '{sign}'"
    if sign not in said or demo.returncode != 130:
        faults.append(f"{what}: status {demo.returncode} instead of 130: {said}")
    deadline = time.monotonic() + 5  # a killed one may take a moment to go
    while running() and time.monotonic() < deadline:
        time.sleep(0.05)
    faults.extend(f"{what} left a process: {process}" for process in running())
    faults.extend(f"{what} left {entry}" for entry in scratch.iterdir())


def main():
    with tempfile.TemporaryDirectory() as name:
        folders = [pathlib.Path(name) / part for part in ("path", "programs", "scratch")]
        for folder in folders:
            folder.mkdir()
        test_options()
        test_missing_curl(folders[0])
        test_no_free_port(folders[1])
        for sign in ("sending 1 requests", "running until Ctrl-C"):
            for to_group in (True, False):
                interrupt(sign, to_group, folders[2])
    print("\n".join(faults) if faults else "the demo says what is wrong, and leaves nothing behind")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
