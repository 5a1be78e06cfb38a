#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Certificates that change, text instead of files, versions, names; errors that say which file and why.

usage: tls_ways.py PROGRAM

PROGRAM is send_spans. The https receiver is Python's; certificates are made with openssl.
"""
import http.server
import pathlib
import ssl
import sys
import tempfile
import threading
import warnings

from sender import Judge, Sender, make_authority, make_certificate, openssl


class Receiver(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        subject = dict(item[0] for item in self.connection.getpeercert()["subject"]) if self.connection.getpeercert() else {}
        self.server.requests.append((subject.get("commonName"), self.client_address[1], self.headers["Host"]))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    """Presents SERVER.pem; `demand`: wants a client's certificate of the authority `ca`."""

    def __init__(self, folder, name="server", demand=False, newest=None):
        super().__init__(("127.0.0.1", 0), Receiver)
        self.requests = []
        self.names = []
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / f"{name}.pem", folder / f"{name}.key")
        if demand:
            context.load_verify_locations(folder / "ca.pem")
            context.verify_mode = ssl.CERT_REQUIRED
        if newest:
            context.maximum_version = newest
        context.sni_callback = lambda _socket, asked, _context: self.names.append(asked)
        self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, *_):
        pass  # a handshake that fails is what some of the cases are about

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()

    @property
    def url(self):
        return f"https://127.0.0.1:{self.server_address[1]}"


def told(account):
    return "\n".join(account["errors"])


def one_connection(program, folder, judge):
    with Server(folder) as server, Sender(program, "http", OTEL_EXPORTER_OTLP_ENDPOINT=server.url,
                                          OTEL_EXPORTER_OTLP_CERTIFICATE=folder / "ca.pem") as sender:
        for _ in range(3):
            account = sender.send()
        judge.that("unchanged files keep the connection", len({port for _, port, _ in server.requests}) == 1, account)


def client_certificate_changes(program, folder, judge):
    for suffix in ("pem", "key"):
        (folder / f"current.{suffix}").write_bytes((folder / f"client.{suffix}").read_bytes())
    with Server(folder, demand=True) as server, Sender(
            program, "http", OTEL_EXPORTER_OTLP_ENDPOINT=server.url, OTEL_EXPORTER_OTLP_CERTIFICATE=folder / "ca.pem",
            OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE=folder / "current.pem",
            OTEL_EXPORTER_OTLP_CLIENT_KEY=folder / "current.key") as sender:
        sender.send()
        for suffix in ("pem", "key"):
            (folder / f"current.{suffix}").write_bytes((folder / f"renewed.{suffix}").read_bytes())
        account = sender.send()
        judge.that("a renewed certificate is presented", [name for name, _, _ in server.requests] ==
                   ["client", "renewed"], server.requests, account)
        (folder / "current.key").unlink()
        account = sender.send()
        judge.that("a file that is being replaced does not stop what works", account["exported"] == 9, account)


def authority_changes(program, folder, judge):
    trusted = folder / "trusted.pem"
    trusted.write_bytes((folder / "stranger.pem").read_bytes())
    with Server(folder) as server, Sender(program, "http", OTEL_EXPORTER_OTLP_ENDPOINT=server.url,
                                          OTEL_EXPORTER_OTLP_CERTIFICATE=trusted) as sender:
        account = sender.send(3, 300)
        judge.that("who is not trusted gets nothing", not server.requests, account)
        judge.that("the message names the authority's file", str(trusted) in told(account), told(account))
        trusted.write_bytes((folder / "ca.pem").read_bytes())
        account = sender.send(0)
        judge.that("a new authority is trusted, and the batch was kept", account["exported"] == 3, account)


def file_comes_later(program, folder, judge):
    late = folder / "late.pem"
    with Server(folder) as server, Sender(program, "http", OTEL_EXPORTER_OTLP_ENDPOINT=server.url,
                                          OTEL_EXPORTER_OTLP_CERTIFICATE=late) as sender:
        account = sender.send(3, 300)
        judge.that("a missing file is named with its reason", f"the CA in {late}: No such file" in told(account),
                   told(account))
        late.write_bytes((folder / "ca.pem").read_bytes())
        judge.that("once it is there, all is sent", sender.send(0)["exported"] == 3)
    late.write_text("rubbish")
    with Server(folder) as server, Sender(program, "http", OTEL_EXPORTER_OTLP_ENDPOINT=server.url,
                                          OTEL_EXPORTER_OTLP_CERTIFICATE=late) as sender:
        account = sender.send(3, 300)
        judge.that("a file that is no PEM is named", f"the CA in {late}: it holds nothing in PEM form" in told(account),
                   told(account))


def wrong_key(program, folder, judge):
    with Server(folder, demand=True) as server, Sender(
            program, "http", OTEL_EXPORTER_OTLP_ENDPOINT=server.url, OTEL_EXPORTER_OTLP_CERTIFICATE=folder / "ca.pem",
            OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE=folder / "client.pem",
            OTEL_EXPORTER_OTLP_CLIENT_KEY=folder / "renewed.key") as sender:
        account = sender.send(3, 300)
        judge.that("a key that does not fit is named with its certificate",
                   f"the client's certificate in {folder / 'client.pem'} with the client's key in "
                   f"{folder / 'renewed.key'}: " in told(account), told(account))


def locked_key(program, folder, judge):
    for name, command in (("locked", ("pkcs8", "-topk8", "-passout", "pass:secret")),
                          ("old-locked", ("ec", "-aes256", "-passout", "pass:secret"))):
        key = folder / f"{name}.key"
        openssl(folder, *command, "-in", "client.key", "-out", key)
        with Server(folder, demand=True) as server, Sender(
                program, "http", OTEL_EXPORTER_OTLP_ENDPOINT=server.url, OTEL_EXPORTER_OTLP_CERTIFICATE=folder / "ca.pem",
                OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE=folder / "client.pem",
                OTEL_EXPORTER_OTLP_CLIENT_KEY=key) as sender:
            account = sender.send(3, 300)
            judge.that("a key with a passphrase is named with the reason",
                       f"the client's key in {key}: it is protected by a passphrase" in told(account), told(account))


def unwelcome_certificate(program, folder, judge):
    with Server(folder, demand=True) as server, Sender(
            program, "http", OTEL_EXPORTER_OTLP_ENDPOINT=server.url, OTEL_EXPORTER_OTLP_CERTIFICATE=folder / "ca.pem",
            OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE=folder / "foreign.pem",
            OTEL_EXPORTER_OTLP_CLIENT_KEY=folder / "foreign.key") as sender:
        account = sender.send(3, 300)
        judge.that("a certificate that the server does not take is named",
                   f"(presented is the client's certificate in {folder / 'foreign.pem'})" in told(account), told(account))
    with Server(folder, demand=True) as server, Sender(
            program, "http", OTEL_EXPORTER_OTLP_ENDPOINT=server.url, OTEL_EXPORTER_OTLP_CERTIFICATE=folder / "ca.pem",
            OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE=folder / "client.pem") as sender:
        account = sender.send(3, 300)
        judge.that("a certificate without a key is named alone",
                   f"the client's certificate in {folder / 'client.pem'}: " in told(account), told(account))


def given_as_text(program, folder, judge):
    with Server(folder) as server, Sender(program, "http", "--ca-text", folder / "ca.pem",
                                          OTEL_EXPORTER_OTLP_ENDPOINT=server.url) as sender:
        judge.that("an authority given as text is trusted", sender.send()["exported"] == 3)
    with Server(folder) as server, Sender(program, "http", "--ca-text", folder / "stranger.pem",
                                          OTEL_EXPORTER_OTLP_ENDPOINT=server.url) as sender:
        account = sender.send(3, 300)
        judge.that("and nobody else", account["exported"] == 0 and "the CA given as text" in told(account), account)


def oldest_version(program, folder, judge):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with Server(folder, newest=ssl.TLSVersion.TLSv1_2) as server:
            with Sender(program, "http", OTEL_EXPORTER_OTLP_ENDPOINT=server.url,
                        OTEL_EXPORTER_OTLP_CERTIFICATE=folder / "ca.pem") as sender:
                judge.that("TLS 1.2 will do", sender.send()["exported"] == 3)
            with Sender(program, "http", "--tls13", OTEL_EXPORTER_OTLP_ENDPOINT=server.url,
                        OTEL_EXPORTER_OTLP_CERTIFICATE=folder / "ca.pem") as sender:
                account = sender.send(3, 300)
                judge.that("but not where 1.3 is demanded", account["exported"] == 0, account)
    with Server(folder) as server, Sender(program, "http", "--tls13", OTEL_EXPORTER_OTLP_ENDPOINT=server.url,
                                          OTEL_EXPORTER_OTLP_CERTIFICATE=folder / "ca.pem") as sender:
        judge.that("TLS 1.3 is spoken where it is demanded", sender.send()["exported"] == 3)


def server_name(program, folder, judge):
    with Server(folder, "named") as server:
        certificate = {"OTEL_EXPORTER_OTLP_ENDPOINT": server.url, "OTEL_EXPORTER_OTLP_CERTIFICATE": folder / "ca.pem"}
        with Sender(program, "http", **certificate) as sender:
            judge.that("a certificate of another name is refused", sender.send(3, 300)["exported"] == 0)
        for exporter in ("http",):
            with Sender(program, exporter, "--server-name", "otel.example", **certificate) as sender:
                account = sender.send()
                judge.that("the name that was given is checked instead", account["exported"] == 3, account)
        judge.that("and asked for", server.names[-1:] == ["otel.example"], server.names)
        judge.that("the host stays the endpoint's", server.requests[-1][2] == server.url[len("https://"):],
                   server.requests)


def main():
    if len(sys.argv) != 2 or sys.argv[1] in ("-h", "--help"):
        print(__doc__)
        return 2
    judge = Judge()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        make_authority(folder, "ca")
        make_authority(folder, "stranger")
        for certificate in ("server", "client", "renewed"):
            make_certificate(folder, certificate, "ca")
        make_certificate(folder, "named", "ca", "DNS:otel.example")
        make_certificate(folder, "foreign", "stranger")
        for case in (one_connection, client_certificate_changes, authority_changes, file_comes_later, wrong_key,
                     locked_key, unwelcome_certificate, given_as_text, oldest_version, server_name):
            case(sys.argv[1], folder, judge)
    return judge.end()


if __name__ == "__main__":
    sys.exit(main())
