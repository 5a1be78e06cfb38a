# SPDX-License-Identifier: Apache-2.0
"""Header sets of each format, made by a seeded generator: well-formed ones, then damage."""

TEXTS = ["", "v", "a b", "a+b", "a%20b", "%2B", "Am%C3%A9lie", "%FF%fe", "%", "%4", "%zz", "x=y=z", "é", "\"q\"", "a\\b",
         "%20v", "v%20", "%00", "1;p=2", "1;p", "1;a b;c", " v ", "v\t", "a,b", "%3Bx", "a/b", "~!*'()", "\x7f", "\x01"]
KEYS = ["k", "key-1", "a", "b", "userid", "k%41", "k k", "", "x_y", "!#$&'*.^`|~"]
STATE_KEYS = ["a", "rojo", "congo", "t@v", "0t@v", "9", "a@b@c", "x*/-_", "A", "", "a b", "k" * 256, "k" * 257]
STATE_VALUES = ["1", "  b", "b ", "x" * 256, "x" * 257, "", "a=b", "!~", "\x7f", "ü"]


def hexes(rng, digits):
    kind = rng.random()
    if kind < 0.05:
        return "0" * digits
    return "".join(rng.choice("0123456789abcdef") for _ in range(digits))


def damaged(rng, text):
    """The text with one thing wrong that a sender, a proxy or a person gets wrong."""
    kind, place = rng.randrange(8), rng.randrange(len(text) + 1)
    if kind == 0:
        return text[:place]
    if kind == 1:
        return text[:place] + rng.choice("0aAfFgG-_:%. \t,;=+dx\x01\x7fé") + text[place:]
    if kind == 2:
        return text[:place] + rng.choice("0aAgG-:. ") + text[place + 1:]
    if kind == 3:
        return text.upper()
    if kind == 4:
        return rng.choice([" ", "\t", " \t"]) + text
    if kind == 5:
        return text + rng.choice([" ", "\t", "-", ":", "-1", "-what", "0", ","])
    if kind == 6:
        return text[:place] + text[place + 1:]
    return ""


def some(rng, headers, share):
    """The headers, each damaged now and then; sometimes one is missing, doubled or spelled in another case."""
    out = []
    for name, value in headers:
        if rng.random() < 0.06:
            continue
        if rng.random() < share:
            value = damaged(rng, value)
        out.append([rng.choice([name, name, name.upper(), name.title()]), value])
        if rng.random() < 0.04:
            out.append([name, value if rng.random() < 0.5 else damaged(rng, value)])
    return out


def make_tracecontext(rng):
    version = rng.choice(["00"] * 6 + ["01", "cc", "fe", "ff"])
    flags = rng.choice(["00", "01", "02", "03", "ff", "09"])
    more = rng.choice([""] * 6 + ["-", "-what", ".what"])
    headers = [["traceparent", f"{version}-{hexes(rng, 32)}-{hexes(rng, 16)}-{flags}{more}"]]
    for _ in range(rng.choice([0, 1, 1, 1, 2])):
        good = rng.random() < 0.6
        keys = STATE_KEYS[:4] if good else STATE_KEYS
        values = STATE_VALUES[:4] if good else STATE_VALUES
        members = [rng.choice(keys) + "=" + rng.choice(values) for _ in range(rng.choice([1, 1, 2, 3]))]
        if rng.random() < 0.05:
            members = [f"k{i}=v" for i in range(rng.choice([32, 33]))]
        headers.append(["tracestate", rng.choice([",", " , ", ",,"]).join(members)])
    return some(rng, headers, 0.12)


def make_baggage(rng):
    headers = []
    for _ in range(rng.choice([1, 1, 1, 2])):
        members = [rng.choice(KEYS) + rng.choice(["=", "=", " = ", ""]) + rng.choice(TEXTS)
                   for _ in range(rng.choice([1, 1, 2, 4]))]
        if rng.random() < 0.03:
            members = [f"k{i}=v" for i in range(rng.choice([64, 65, 100]))]
        headers.append(["baggage", rng.choice([",", " , ", ",,"]).join(members)])
    return some(rng, headers, 0.1)


def make_b3(rng):
    trace_id, span = hexes(rng, rng.choice([16, 32])), hexes(rng, 16)
    single = f"{trace_id}-{span}" + rng.choice(["", "-0", "-1", "-d", "-1-" + hexes(rng, 16), "-true", "-3"])
    single = rng.choice([single] * 8 + ["0", "1", "d", ""])
    several = [["X-B3-TraceId", trace_id], ["X-B3-SpanId", hexes(rng, 16)]]
    if rng.random() < 0.8:
        several.append(["X-B3-Sampled", rng.choice(["0", "1", "true", "false", "True", "TRUE", "d", "3", ""])])
    if rng.random() < 0.2:
        several.append(["X-B3-Flags", rng.choice(["1", "0", "2"])])
    if rng.random() < 0.3:
        several.append(["X-B3-ParentSpanId", rng.choice([hexes(rng, 16), "-", "1"])])
    kind = rng.random()
    return some(rng, [["b3", single]] if kind < 0.45 else several if kind < 0.85 else several + [["b3", single]], 0.1)


def make_prefixed(rng, prefix):
    return [[prefix + rng.choice(KEYS), rng.choice(TEXTS)] for _ in range(rng.choice([0, 0, 1, 2]))]


def make_jaeger(rng):
    trace_id = hexes(rng, rng.choice([32, 32, 32, 16, 1, 31, 33]))
    value = ":".join([trace_id, hexes(rng, rng.choice([16, 16, 16, 1, 15, 17])), rng.choice(["0", hexes(rng, 16), ""]),
                      rng.choice(["0", "1", "01", "3", "b", "9", "2", "ff", "001", "-1", "B"])])
    if rng.random() < 0.05:
        value = value.replace(":", rng.choice(["%3A", "%3a"]))
    return some(rng, [["uber-trace-id", value]], 0.12) + make_prefixed(rng, "uberctx-")


def make_ottrace(rng):
    headers = [["ot-tracer-traceid", hexes(rng, rng.choice([16, 16, 32, 1, 33]))],
               ["ot-tracer-spanid", hexes(rng, rng.choice([16, 16, 1, 17]))],
               ["ot-tracer-sampled", rng.choice(["true", "true", "false", "1", "0", "True", "yes"])]]
    return some(rng, headers, 0.08) + make_prefixed(rng, "ot-baggage-")


MAKERS = {"tracecontext": make_tracecontext, "baggage": make_baggage, "b3": make_b3, "b3multi": make_b3,
          "jaeger": make_jaeger, "ottrace": make_ottrace}
