#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Exits at any instant of an export over TLS.

usage: leaving_tls.py PROGRAM

PROGRAM is leaving; the receiver is Python's. With a program that used OpenSSL before us, and with one that did not.
"""
import http.server
import os
import pathlib
import ssl
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "exporters"))
from sender import Judge, make_authority, make_certificate  # noqa: E402

STATUS = 7
WAYS = ("return", "return_while_others_record", "exit", "exit_of_a_thread", "exit_static", "exit_of_a_thread_static")


class Receiver(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.server.spans += self.rfile.read(int(self.headers["Content-Length"])).count(b"\x2a\x08recorded")
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    def __init__(self, folder):
        super().__init__(("127.0.0.1", 0), Receiver)
        self.spans = 0
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "server.pem", folder / "server.key")
        self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, *_):
        pass  # a client that goes in the middle is what this is about


def leave(program, way, server, folder, openssl_first):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    environment["OTEL_EXPORTER_OTLP_CERTIFICATE"] = str(folder / "ca.pem")
    if openssl_first:
        environment["LEAVING_OPENSSL_FIRST"] = "1"
    begin = time.monotonic()
    result = subprocess.run([program, way, f"https://127.0.0.1:{server.server_address[1]}/v1/traces", "2000"],
                            env=environment, stdout=subprocess.PIPE, text=True, timeout=30, check=False)
    return result, time.monotonic() - begin


def main():
    program = sys.argv[1]
    rounds = 50 if os.environ.get("WEFT_LONG") else 4
    judge = Judge()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        make_authority(folder, "ca")
        make_certificate(folder, "server", "ca")
        server = Server(folder)
        for way in WAYS:
            for openssl_first in (False, True):
                for _ in range(rounds):
                    server.spans = 0
                    result, seconds = leave(program, way, server, folder, openssl_first)
                    judge.that(f"{way} (OpenSSL first: {openssl_first})", result.returncode == STATUS,
                               result.returncode, result.stdout)
                    judge.that(f"{way} is in time", seconds < 3, seconds)
                    judge.that(f"{way} keeps its account", "NOT EXACT" not in result.stdout, result.stdout)
                    if way == "return":
                        judge.that("a return delivers everything", server.spans == 100, server.spans)
    sys.exit(judge.end())


main()
