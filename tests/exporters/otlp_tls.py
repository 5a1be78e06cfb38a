#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""OTLP/HTTP over TLS: whom the exporter trusts, and who it says it is.

usage: otlp_tls.py PROGRAM

Makes certificates with openssl, and runs PROGRAM (otlp_spans) against an https receiver that demands a client's.
"""
import http.server
import os
import pathlib
import ssl
import subprocess
import sys
import tempfile
import threading


class Receiver(http.server.BaseHTTPRequestHandler):
    requests = 0

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        Receiver.requests += 1
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, *_):
        pass  # a handshake that fails is what some of the cases are about


def openssl(folder, *arguments):
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


def make_certificates(folder):
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    for authority in ("ca", "stranger"):
        openssl(folder, "req", "-x509", *key, "-days", "2", "-subj", f"/CN={authority}",
                "-keyout", f"{authority}.key", "-out", f"{authority}.pem")
    (folder / "names").write_text("subjectAltName=IP:127.0.0.1\n")
    for name in ("server", "client"):
        openssl(folder, "req", *key, "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.csr")
        openssl(folder, "x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
                "-days", "2", "-extfile", "names", "-out", f"{name}.pem")


def serve(folder):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem", folder / "server.key")
    context.load_verify_locations(folder / "ca.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    server = Server(("127.0.0.1", 0), Receiver)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def run(program, port, **files):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = f"https://127.0.0.1:{port}"
    environment["WEFT_FLUSH_MS"] = "1500"
    for variable, path in files.items():
        environment[f"OTEL_EXPORTER_OTLP_{variable}"] = str(path)
    before = Receiver.requests
    result = subprocess.run([program], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                            timeout=60, check=False)
    return result.returncode, Receiver.requests - before, result.stderr


def main():
    if len(sys.argv) != 2 or sys.argv[1] in ("-h", "--help"):
        print(__doc__)
        return 2
    program = sys.argv[1]
    problems = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        make_certificates(folder)
        server = serve(folder)
        port = server.server_address[1]
        own = {"CLIENT_CERTIFICATE": folder / "client.pem", "CLIENT_KEY": folder / "client.key"}
        # what, files, delivered, words of the message
        cases = [
            ("trusted, and known to the server", {"CERTIFICATE": folder / "ca.pem", **own}, True, ""),
            ("a server that nobody vouches for", {"CERTIFICATE": folder / "stranger.pem", **own}, False, "certificate"),
            ("trust in the system's authorities alone", own, False, "certificate"),
            # TLS 1.3: what the client hears of the refusal depends on whether it has already begun to send.
            ("unknown to the server", {"CERTIFICATE": folder / "ca.pem"}, False, "7 spans kept"),
            ("a file that is missing", {"CERTIFICATE": folder / "none.pem", **own}, False,
             "OTEL_EXPORTER_OTLP_CERTIFICATE"),
        ]
        for what, files, delivered, words in cases:
            status, requests, message = run(program, port, **files)
            if (status == 0) != delivered or (requests > 0) != delivered or words not in message:
                problems.append(f"{what}: exit status {status}, {requests} requests, message:\n{message}")
        server.shutdown()
    print("\n".join(problems))
    print(f"{len(cases)} cases, {len(problems)} wrong")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
