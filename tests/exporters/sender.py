# SPDX-License-Identifier: Apache-2.0
"""What the tests that play a receiver share: the program send_spans, certificates, a count of what was wrong."""
import json
import os
import socket
import subprocess


class Sender:
    """send_spans with these arguments and OTEL_* variables; a context."""

    def __init__(self, program, *arguments, **variables):
        environment = {name: value for name, value in os.environ.items()
                       if not name.startswith("OTEL_") and not name.lower().endswith("_proxy")}
        environment.update({name: str(value) for name, value in variables.items()})
        self.process = subprocess.Popen([program, *arguments], env=environment, text=True, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(timeout=30)

    def tell(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if not answer["balanced"]:
            raise AssertionError(f"the account is not exact: {answer}")
        return answer

    def send(self, spans=3, flush_ms=5000):
        return self.tell(f"send {spans} {flush_ms}")

    def shutdown(self, milliseconds):
        return self.tell(f"shutdown {milliseconds}")


class Judge:
    def __init__(self):
        self.checked = 0
        self.wrong = 0

    def that(self, sentence, good, *details):
        self.checked += 1
        if not good:
            self.wrong += 1
            print(f"WRONG: {sentence}", *details)

    def end(self):
        print(f"{self.checked} checks, {self.wrong} wrong")
        return 1 if self.wrong or not self.checked else 0


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def openssl(folder, *arguments):
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


def make_authority(folder, name):
    openssl(folder, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.pem")


def make_certificate(folder, name, authority, names="IP:127.0.0.1"):
    """NAME.key and NAME.pem, signed by the authority."""
    (folder / f"{name}.names").write_text(f"subjectAltName={names}\n")
    openssl(folder, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj",
            f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.csr")
    openssl(folder, "x509", "-req", "-in", f"{name}.csr", "-CA", f"{authority}.pem", "-CAkey", f"{authority}.key",
            "-CAcreateserial", "-days", "2", "-extfile", f"{name}.names", "-out", f"{name}.pem")
