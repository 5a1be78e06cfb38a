#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the seeds of tests/fuzz/corpus: good input of every form, and input that is just not good.

Run it again after a change here; what fuzzers found beside the seeds stays where it is."""
import pathlib

T, S = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"

SEEDS = {
    "traceparent": [
        f"00-{T}-{S}-01", f"00-{T}-{S}-03", f"cc-{T}-{S}-01-what-comes", f"00-{T}-{S}-01-x",
        f"ff-{T}-{S}-01", f"00-{'0' * 32}-{S}-01", f"00-{T}-{'0' * 16}-01", f"00-{T.upper()}-{S}-01",
        f" 00-{T}-{S}-01\t", f"00-{T}-{S}-01\n00-{T}-{S}-00", "", f"00-{T}-{S}-0", f"00_{T}_{S}_01",
    ],
    "tracestate": [
        "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE", "a=1,,b=2, ,c=3", "a=1,a=2", "fw529a3039@dt=FfDEw",
        ",".join(f"k{i}=v" for i in range(32)), ",".join(f"k{i}=v" for i in range(33)), "=1", "a=", "A=1",
        f"{'k' * 256}=v", f"{'k' * 257}=v", f"a={'v' * 256}", f"a={'v' * 257}", "a=1\nb=2", "ot=th:8;rv:abcdefabcdefab",
    ],
    "baggage": [
        "userId=alice,serverNode=DF%2028,isProduction=false", "k=v;p1;p2=x", "k=%C3%A9t%C3%A9", "k=%4", "k=%zz",
        "k = v , l\t=\tw", "=v", "k", "k=a=b", ",".join(f"k{i}=v" for i in range(65)), "k=1,k=2", "k=1\nl=2",
        f"k={'v' * 4096}", "k=+a+", "clé=1",
    ],
    "b3": [
        f"{T}-{S}-1", f"{T}-{S}-d", f"{T}-{S}-0-{S}", f"{T}-{S}", f"{T[:16]}-{S}-1", "0", "1", "d", f"{T}\n{S}\n1\n\n",
        f"{T}\n{S}\n\n1\n", f"{T[:16]}\n{S}\n0\n\n", f"{T.upper()}-{S}-1", f"{T}-{S}-x", f"{T}-{S}-1-", "-",
    ],
    "uber_trace_id": [
        f"{T}:{S}:0:1", f"{T}:{S}:0:3", f"{T[:16]}:{S}:0:0", f"{T}%3A{S}%3A0%3A1", f"1:2:0:1", f"{T}:{S}:0:",
        f"{T}:{S}:0:1\nvalue%20one\n%zz", f"{T}:{S}:{S}:09", ":::", f"{T}0:{S}:0:1",
    ],
    "resource_variable": [
        "service.name=shop,service.version=1.2.3", "a=%41%20b,c=d", "a=%4,c=d", "=x", "a", "a=b=c", ", ,a=b", "a=%C3%28",
        "k=" + "v" * 300, "a=b,a=c", "a=b\nc=d",
    ],
    "strategy_json": [
        '{"strategyType":"PROBABILISTIC","probabilisticSampling":{"samplingRate":0.5}}',
        '{"strategyType":1,"rateLimitingSampling":{"maxTracesPerSecond":3}}',
        '{"operationSampling":{"defaultSamplingProbability":0.4,"defaultLowerBoundTracesPerSecond":2,"perOperationStrategies":'
        '[{"operation":"foo","probabilisticSampling":{"samplingRate":0.42}}]}}',
        "{}", "[]", "null", '{"probabilisticSampling":{"samplingRate":"x"}}', '{"probabilisticSampling":{"samplingRate":1e999}}',
        "[" * 2000, '{"rateLimitingSampling":{"maxTracesPerSecond":-1}}',
    ],
    "configuration": [
        'file_format: "1.0"\ntracer_provider:\n  processors:\n    - batch: {exporter: {otlp_http: {endpoint: "http://a:4318"}}}\n',
        'file_format: "1.0"\nresource: {attributes: [{name: service.name, value: "${SERVICE:-shop}"}]}\n', "a: ${", "a: $$", "a: ${A:-${B}}",
        "&a [*a]", "a: &x 1\nb: *x\n", "[" * 500, "--- 1\n--- 2\n", "\t", "a: !!binary x", "? [a]\n: b\n", "a: 0x1F\nb: 0o17\nc: .inf\nd: ~\n",
    ],
    "headers_variable": [
        "api-key=secret,x-tenant=one", "authorization=Basic%20YTpi", "a=%0d%0aX: y", "a b=c", "=x", "a", "a=b;p=q", "a=b,,c=d",
    ],
}


def varint(number):
    out = b""
    while number > 127:
        out += bytes([number & 127 | 128])
        number >>= 7
    return out + bytes([number])


def nested(depth):
    """An AnyValue of lists in lists."""
    value = b"\x0a\x01x"
    for _ in range(depth):
        item = b"\x0a" + varint(len(value)) + value
        value = b"\x2a" + varint(len(item)) + item
    return value


PROTOBUF = [
    b"", b"\x08\x96\x01", b"\x0a\x03abc", b"\x0a\x07\x08\x05\x12\x03why", b"\x08\x03\x12\x04text",
    b"\x09\0\0\0\0\0\0\xf0\x3f", b"\x0d\1\2\3\4", b"\x0a\xff\xff\xff\xff\x0f", b"\x80" * 11, b"\x0b\x0c", nested(8), nested(200),
    b"\x0a\x0a\x0a\x03key\x12\x03\x0a\x01v",
]

RATE = b"\x09\0\0\0\0\0\0\xe0\x3f"  # samplingRate: 0.5

# SamplingStrategyResponse of jaeger.api_v2.
STRATEGY_MESSAGES = [
    b"", b"\x12\x09" + RATE, b"\x12\0", b"\x08\x01\x1a\x02\x08\x2a", b"\x1a\0", b"\x22\0",
    b"\x22\x23" + RATE + b"\x11\0\0\0\0\0\0\0\x40\x1a\x0e\x0a\x01a\x12\x09" + RATE,
    b"\x22\x06\x1a\x04\x0a\x02\xc3\x28", b"\x22\x04\x1a\x02\x12\0", b"\x12\x09\x09\0\0\0\0\0\0\xf8\x7f",
    b"\x1a\x0b\x08" + b"\xff" * 9 + b"\x01", b"\x12\x09" + RATE[:-1], b"\x12\x09" + RATE + b"\x12\0\xf8\x7f\x01",
]


def main():
    corpus = pathlib.Path(__file__).parent / "corpus"
    for target, seeds in {**SEEDS, "protobuf_reader": PROTOBUF, "strategy_message": STRATEGY_MESSAGES}.items():
        folder = corpus / target
        folder.mkdir(parents=True, exist_ok=True)
        for number, seed in enumerate(seeds):
            (folder / f"seed_{number:02}").write_bytes(seed if isinstance(seed, bytes) else seed.encode())


if __name__ == "__main__":
    main()
