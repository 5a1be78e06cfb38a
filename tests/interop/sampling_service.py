#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""gRPC's own server, whose messages are Google's protobuf, drives samplers::jaeger_remote.

usage: sampling_service.py PROGRAM

PROGRAM is remote_sampler. Every kind of strategy, plain and packed; what is asked; after a good strategy statuses, garbage,
silence and peers that do not speak gRPC, each of which leaves that strategy in force and one line on standard error; TLS,
with a client's certificate.
"""
import concurrent.futures
import http.server
import pathlib
import sys
import tempfile
import threading
import time

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

from remote_sampling import ROOT, Program

sys.path.insert(0, str(ROOT / "tests" / "exporters"))
from sender import make_authority, make_certificate

PACKAGE = "jaeger.api_v2"
# jaeger-idl, api_v2/sampling.proto.
MESSAGES = {
    "SamplingStrategyParameters": [("serviceName", 1, "string")],
    "ProbabilisticSamplingStrategy": [("samplingRate", 1, "double")],
    "RateLimitingSamplingStrategy": [("maxTracesPerSecond", 1, "int32")],
    "OperationSamplingStrategy": [("operation", 1, "string"), ("probabilisticSampling", 2, "ProbabilisticSamplingStrategy")],
    "PerOperationSamplingStrategies": [
        ("defaultSamplingProbability", 1, "double"), ("defaultLowerBoundTracesPerSecond", 2, "double"),
        ("perOperationStrategies", 3, "[OperationSamplingStrategy]"), ("defaultUpperBoundTracesPerSecond", 4, "double")],
    "SamplingStrategyResponse": [
        ("strategyType", 1, "int32"), ("probabilisticSampling", 2, "ProbabilisticSamplingStrategy"),
        ("rateLimitingSampling", 3, "RateLimitingSamplingStrategy"), ("operationSampling", 4, "PerOperationSamplingStrategies")],
}


def message_classes():
    file = descriptor_pb2.FileDescriptorProto(name="sampling.proto", package=PACKAGE, syntax="proto3")
    scalars = {"string": 9, "double": 1, "int32": 5}
    for name, fields in MESSAGES.items():
        message = file.message_type.add(name=name)
        for field, number, kind in fields:
            plain = kind.strip("[]")
            added = message.field.add(name=field, number=number, label=3 if kind.startswith("[") else 1,
                                      type=scalars.get(plain, 11))
            if plain not in scalars:
                added.type_name = f".{PACKAGE}.{plain}"
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{PACKAGE}.{name}")) for name in MESSAGES}


CLASSES = message_classes()


def answer(**fields):
    return CLASSES["SamplingStrategyResponse"](**fields).SerializeToString()


ALL = answer(probabilisticSampling={"samplingRate": 1})
NONE = answer(probabilisticSampling={"samplingRate": 0})
RATED = answer(strategyType=1, rateLimitingSampling={"maxTracesPerSecond": 1})
BY_OPERATION = answer(probabilisticSampling={"samplingRate": 0}, operationSampling={
    "defaultSamplingProbability": 0, "defaultLowerBoundTracesPerSecond": 0.001, "defaultUpperBoundTracesPerSecond": 9,
    "perOperationStrategies": [{"operation": "important", "probabilisticSampling": {"samplingRate": 1}}]})


class Sampling:
    """Answers calls as `steps` say, bytes or functions, in order; the last one again and again."""

    def __init__(self, *steps, compression=None, credentials=None):
        self.steps = list(steps)
        self.questions = []
        self.server = grpc.server(concurrent.futures.ThreadPoolExecutor(4), options=[("grpc.so_reuseport", 0)],
                                  compression=compression)
        handler = grpc.unary_unary_rpc_method_handler(
            self.strategy, CLASSES["SamplingStrategyParameters"].FromString, lambda reply: reply)
        self.server.add_generic_rpc_handlers(
            (grpc.method_handlers_generic_handler(f"{PACKAGE}.SamplingManager", {"GetSamplingStrategy": handler}),))
        if credentials:
            self.url = f"https://127.0.0.1:{self.server.add_secure_port('127.0.0.1:0', credentials)}"
        else:
            self.url = f"http://127.0.0.1:{self.server.add_insecure_port('127.0.0.1:0')}"
        self.server.start()

    def strategy(self, request, context):
        self.questions.append((request.serviceName, dict(context.invocation_metadata()), context.time_remaining()))
        step = self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]
        return step(context) if callable(step) else step

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.stop(None)


class Judge:
    def __init__(self, program):
        self.program = program
        self.checked = 0
        self.faults = []

    def that(self, sentence, good, *details):
        self.checked += 1
        if not good:
            self.faults.append(f"{sentence}: {details}")

    def samples(self, what, url, *steps, line=None):
        """The program's roots are sampled as the steps say: (name, expected)."""
        with tempfile.TemporaryFile("w+") as told:
            one = Program(self.program, url, "caf\u00e9 shop", stderr=told)
            for name, expected in steps:
                fault = one.becomes(name, expected)
                self.that(what, fault is None, fault)
            if line:
                self.waits_for_line(what, told, line)
                self.that(f"{what}: the last one is in force", one.root("any") == (True, "probabilistic"))
            one.end()
            told.seek(0)
            lines = told.read().splitlines()
        self.that(f"{what}: {1 if line else 'no'} line", len(lines) == (1 if line else 0), lines)

    def waits_for_line(self, what, told, line):
        give_up = time.monotonic() + 20
        text = ""
        while line not in text and time.monotonic() < give_up:
            time.sleep(0.02)
            told.seek(0)
            text = told.read()
        self.that(f"{what}: says so", line in text and "the last one stays in force" in text, text)


SAMPLED = (True, "probabilistic")
DROPPED = (False, "")


def strategies(judge):
    for compression in (None, grpc.Compression.Gzip):
        for what, body, steps in [
                ("probability 1", ALL, [("any", SAMPLED)]),
                ("a rate", RATED, [("any", (True, "ratelimiting")), ("any", DROPPED)]),
                ("operations", BY_OPERATION, [("important", SAMPLED), ("dull", (True, "lowerbound")), ("dull", DROPPED)]),
                ("fields that are not known", b"\xf8\x7f\x01" + ALL + b"\xfa\x7f\x01x", [("any", SAMPLED)])]:
            with Sampling(body, compression=compression) as server:
                judge.samples(f"{what}, {compression}", server.url, *steps)
    with Sampling(ALL, ALL, NONE) as server:
        judge.samples("another strategy", server.url, ("any", SAMPLED), ("any", DROPPED))


def questions(judge):
    with Sampling(ALL) as server:
        judge.samples("questions", server.url, ("any", SAMPLED))
        name, metadata, left = server.questions[0]
    judge.that("the service is named", name == "caf\u00e9 shop", name)
    judge.that("the client is named", metadata.get("user-agent", "").startswith("weft/"), metadata)
    judge.that("the server learns how long the client waits", 0 < left <= 5, left)


def refuse(code, text):
    return lambda context: context.abort(code, text)


def failures(judge):
    for what, step, line in [
            ("a status", refuse(grpc.StatusCode.UNAVAILABLE, "no \u00e4nswer\nnow"), "it answered UNAVAILABLE: no \u00e4nswer now;"),
            ("garbage", b"\xff\xff\xff", "the answer is no SamplingStrategyResponse;"),
            ("nothing", b"", "the answer names no strategy that can be used;"),
            ("nonsense", answer(probabilisticSampling={"samplingRate": 7}), "the answer names no strategy that can be used;"),
            ("too much", ALL + b"\xfa\x7f\x80\x80\x80\x03" + bytes(6 << 20), "its answer is larger than 4 MiB;")]:
        with Sampling(ALL, step) as server:
            judge.samples(what, server.url, ("any", SAMPLED), line=f'endpoint="{server.url}/" gave no strategy: {line}')


def tells(judge, what, url, *files, line=""):
    with tempfile.TemporaryFile("w+") as told:
        one = Program(judge.program, url, "s", *files, stderr=told)
        one.root("any")
        judge.waits_for_line(what, told, f'endpoint="{url}/" gave no strategy: ')
        told.seek(0)
        judge.that(f"{what}: says why", line in told.read(), line)
        one.end()


def strangers(judge):
    class NotFound(http.server.BaseHTTPRequestHandler):
        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), NotFound)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    tells(judge, "a server of HTTP/1", f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    server.server_close()
    tells(judge, "nobody there", f"http://127.0.0.1:{server.server_port}")


def tls(judge):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for authority in ("ca", "stranger"):
            make_authority(folder, authority)
        for certificate in ("server", "client"):
            make_certificate(folder, certificate, "ca")
        read = lambda file: (folder / file).read_bytes()
        credentials = grpc.ssl_server_credentials([(read("server.key"), read("server.pem"))], read("ca.pem"), True)
        own = folder / "client.pem", folder / "client.key"
        with Sampling(ALL, credentials=credentials) as server:
            one = Program(judge.program, server.url, "s", folder / "ca.pem", *own)
            fault = one.becomes("any", SAMPLED)
            one.end()
            judge.that("TLS: a server that is trusted is asked, by a client that it knows", fault is None, fault)
            asked = len(server.questions)
            tells(judge, "TLS: a stranger's authority", server.url, folder / "stranger.pem", *own,
                  line=f"trusted is the CA in {folder / 'stranger.pem'}")
            tells(judge, "TLS: an authority that is not there", server.url, folder / "none.pem", *own,
                  line=f"the CA in {folder / 'none.pem'}: No such file")
            tells(judge, "TLS: a client that nobody knows", server.url, folder / "ca.pem")
            judge.that("TLS: none of them was answered", len(server.questions) == asked, server.questions)


def main():
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    judge = Judge(sys.argv[1])
    for part in (questions, strategies, failures, strangers, tls):
        part(judge)
    print("\n".join(judge.faults) if judge.faults else f"{judge.checked} checks, none wrong")
    return 1 if judge.faults else 0


if __name__ == "__main__":
    sys.exit(main())
