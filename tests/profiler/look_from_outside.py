# SPDX-License-Identifier: Apache-2.0
"""Reads a process from outside as a profiler does (OTEPs 4947 and 4719), and compares what it sees
with what the process says. Usage: look_from_outside.py PROGRAM"""
import struct
import subprocess
import sys

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from opentelemetry.proto.common.v1 import common_pb2
from opentelemetry.proto.resource.v1 import resource_pb2


def process_context_type():
    """ProcessContext { Resource resource = 1; repeated KeyValue attributes = 2; }"""
    file = descriptor_pb2.FileDescriptorProto(name="process_context.proto", package="seen", syntax="proto3")
    file.dependency.extend([resource_pb2.DESCRIPTOR.name, common_pb2.DESCRIPTOR.name])
    message = file.message_type.add(name="ProcessContext")
    kind = descriptor_pb2.FieldDescriptorProto
    message.field.add(name="resource", number=1, type=kind.TYPE_MESSAGE, label=kind.LABEL_OPTIONAL,
                      type_name=".opentelemetry.proto.resource.v1.Resource")
    message.field.add(name="attributes", number=2, type=kind.TYPE_MESSAGE, label=kind.LABEL_REPEATED,
                      type_name=".opentelemetry.proto.common.v1.KeyValue")
    pool = descriptor_pool.Default()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("seen.ProcessContext"))


def read(pid, address, size):
    with open(f"/proc/{pid}/mem", "rb") as memory:
        memory.seek(address)
        return memory.read(size)


def thread_record(pid, variable):
    """(trace id, span id, flags) of the record that the variable points at; None when it is null."""
    (record,) = struct.unpack("<Q", read(pid, variable, 8))
    if record == 0:
        return None
    trace, span, valid, flags, attributes = struct.unpack("<16s8sBBH", read(pid, record, 28))
    assert valid == 1, f"valid is {valid}"
    assert attributes == 0, f"{attributes} bytes of attributes were announced"
    return trace.hex(), span.hex(), flags


def process_context(pid):
    with open(f"/proc/{pid}/maps") as maps:
        lines = [line.split() for line in maps if "OTEL_CTX" in line]
    if not lines:
        return None
    assert len(lines) == 1, f"{len(lines)} mappings are named OTEL_CTX"
    begin = int(lines[0][0].split("-")[0], 16)
    signature, version, size, published_at, payload = struct.unpack("<8sIIQQ", read(pid, begin, 32))
    assert signature == b"OTEL_CTX" and version == 2, (signature, version)
    assert published_at != 0
    return process_context_type().FromString(read(pid, payload, size))


def check_process_context(pid):
    seen = process_context(pid)
    assert seen is not None, "no mapping is named OTEL_CTX"
    resource = {a.key: a.value.string_value for a in seen.resource.attributes}
    assert resource["service.name"] == "profiled", resource
    assert resource["service.instance.id"], resource
    attributes = {a.key: a.value for a in seen.attributes}
    assert attributes["threadlocal.schema_version"].string_value == "tlsdesc_v1_dev"
    assert attributes["threadlocal.attribute_key_map"].WhichOneof("value") == "array_value"


def steps(program, *arguments):
    with subprocess.Popen([program, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            name, variable, trace, span, flags = line.rstrip("\n").rsplit(" ", 4)
            yield process.pid, name, int(variable, 16), (trace, span, int(flags))
            process.stdin.write("\n")
            process.stdin.flush()
    assert process.returncode == 0, f"the program ended with {process.returncode}"


def main(program):
    count = 0
    for pid, name, variable, expected in steps(program):
        if set(expected[0]) == {"0"}:
            expected = None
        seen = thread_record(pid, variable)
        assert seen == expected, f"at '{name}' a profiler sees {seen}, not {expected}"
        if count == 0:
            check_process_context(pid)
        count += 1
    assert count >= 15, f"only {count} steps"
    for pid, name, variable, _ in steps(program, "--hidden"):
        assert thread_record(pid, variable) is None, f"at '{name}' something is seen although it is off"
        assert process_context(pid) is None, "a mapping is named OTEL_CTX although it is off"
    print(f"{count} steps were seen as they are")


if __name__ == "__main__":
    main(sys.argv[1])
