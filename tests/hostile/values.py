"""Events that break their contract, or nearly: valid ones, changed in one of the ways that clients know."""

import json
import random
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

from questlog_codegen.sampling.sampler import boundaries, fullest, minimal, sample
from tests.repository import shipped_catalog

Event = dict[str, Any]
Change = Callable[[Event, random.Random, str], Any]
"""(event, chance, a secret) -> what to send instead; the event may be changed."""

_START, _END = "\ue000", "\ue001"
_SAMPLES = 60

NAMES = (
    *("__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "__class__", "__dict__", "$ref"),
    *("$where", "$gt", "", " ", ".", "..", "/", "~0~1", "\x00", "\n", "\u202e", "\ufeff", "é", "e\u0301", "😀"),
    *("event ", " event", "EVENT", "Event", "event_id\x00", "schemaVersion", "schema-version", "game_id"),
    *("received_at", "sent_at", "request_id", "payload", "' OR 1=1 --", "a.b", "a[0]", "*", "%s%n", "{}"),
)
"""Names of members that somebody's code stumbles over."""

ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 1.0, 1.5, -0.0, 0.1, 2**31, 2**53 - 1, 2**53 + 1, 2**63, 2**64, -(2**63)),
    *(10**15, 10**15 + 1, 1e15, 1e22, 1e300, -1e300, 5e-324, 1e-7),
    *("", " ", "a", "0", "1", "true", "null", "NaN", "undefined", "[]", "{}", "\x00", "a\x00b", "\n", "\r\n"),
    *("\u2028", "\ufffe", "\uffff", "\ufeff", "😀" * 64, "e\u0301" * 40, "\u202eabc", "\x7f", "\x1b[31m", "ß"),
    *("../../etc/passwd", "<script>alert(1)</script>", "${jndi:ldap://a}", "{{7*7}}", "%00", "'; DROP TABLE a"),
    *("=cmd|' /C calc'!A0", "a" * 128, "a" * 129, "a" * 5000, "\\", '"', "\\u0000", "１２", "٣"),
    *([], [[]], [None], [1, "a"], ["a"] * 500, {}, {"": {}}, {"a": 1}, {"__proto__": {"a": 1}}, [{}] * 9),
)
"""Values of every type, at its edges."""

TIMES = (
    *("2026-11-02T18:04:05Z", "2026-11-02T18:04:05.123456789+14:00", "2024-02-29T00:00:00Z"),
    *("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59.999-23:59", "2026-11-02T18:04:05-00:00"),
    *("2026-02-29T00:00:00Z", "2026-11-02T18:04:60Z", "2016-12-31T23:59:60Z", "2026-11-02T24:00:00Z"),
    *("2026-11-02t18:04:05z", "2026-11-02 18:04:05Z", "2026-11-02T18:04:05", "2026-11-02T18:04Z"),
    *("2026-11-02T18:04:05+0100", "2026-11-02T18:04:05+24:00", "2026-11-02T18:04:05.Z", "2026-11-02"),
    *("2026-11-02T18:04:05,5Z", "2026-11-02T18:04:05.1234567890Z", "0000-01-01T00:00:00Z", "20261102T180405Z"),
    *("２０２６-11-02T18:04:05Z", "2026-11-02T18:04:05Z\n", " 2026-11-02T18:04:05Z", "+12026-11-02T18:04:05Z"),
    *("2026-W45-1T00:00:00Z", "2026-306T00:00:00Z", "1793642645", "now", "2026-13-02T18:04:05Z"),
)
"""Times, most of them wrong."""
_IDS = (
    *("01930F3A-7C00-7001-8000-000000000001", "01930f3a7c0070018000000000000001", "{01930f3a}", "0" * 36),
    *("01930f3a-7c00-7001-8000-00000000000g", "01930f3a-7c00-7001-8000-0000000000011", "urn:uuid:0"),
    *("01930f3a-7c00-7001-8000-000000000001\n", "01930f3a-7c00-7001-8000-00000000000\u0661", "-" * 36),
)
_VERSIONS = ("1", "1.00", "01.0", "1.1", "2.0", "0.0", "1.0 ", "1.0\n", "v1.0", "1,0", "", "１.０", "latest", "*")
_TOKENS = (
    *("NaN", "Infinity", "-Infinity", "1e999", "-1e999", "9" * 400, "01", "+1", ".5", "1.", "1e", "-", "0x10"),
    *("1_000", "1,5", "'a'", "undefined", "nul", "True", "/* a */ 1", "1 // a", '"a', '"\\x"', '"\\u12"'),
    *('"\\ud800"', '"\\udfff\\ud800"', '"a\\ud83d"', '"\\ud83d\\ude00"', '"\\u0000"', '"\n"', '"\t"', '"\\/"'),
    *("[1,]", '{"a":1,}', "{a:1}", "[", "]", "{", "}", ":", ",", "", "[1 2]", '{"a" 1}', '{"a":1 "b":2}', "1 2"),
    *("4.99e2", "1E0", "1.0", "1e0", "10e-1", "-0", "-0.0", "1.0000000000000000001", "0.1e1", "1" + "0" * 19),
    *("18446744073709551616", "-9223372036854775809", "1e400", "1e-999", "9007199254740993", "1e15", "1E+15"),
)
_DEPTHS = (3, 20, 200, 240, 300, 900, 1100, 5000, 100_000)


def written(text: str) -> str:
    """Return a string that `texts.encoded` writes as `text` itself, without quotes: JSON or anything else."""
    return f"{_START}{text}{_END}"


@cache
def valid_events() -> Sequence[Event]:
    """Return valid events of all contracts, the same in every run."""
    source = random.Random(0)
    found: list[Event] = []
    for contract in shipped_catalog().contracts:
        schema = contract.newest.schema
        found += [minimal(schema), fullest(schema), *map(dict, contract.valid_examples.values())]
        found += [sample(schema, source) for _ in range(_SAMPLES)]
        found += boundaries(schema)
    return [json.loads(json.dumps(event)) for event in found]


def valid_event(source: random.Random) -> Event:
    """Return a valid event with an id of its own."""
    event: Event = json.loads(json.dumps(source.choice(valid_events())))
    event["event_id"] = identity(source)
    return event


def identity(source: random.Random) -> str:
    """Return a UUID."""
    digits = f"{source.getrandbits(128):032x}"
    return "-".join([digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]])


def changed(event: Event, source: random.Random, secret: str) -> Any:
    """Return `event` with one to three changes; some leave it valid."""
    value: Any = event
    for _ in range(source.choice((1, 1, 1, 2, 3))):
        if isinstance(value, dict):
            value = source.choice(CHANGES)(value, source, secret)
    return value


def _odd_value(event: Event, source: random.Random, _: str) -> Any:
    place, name = _somewhere(event, source)
    place[name] = source.choice(ODD)
    return event


def _token(event: Event, source: random.Random, _: str) -> Any:
    place, name = _somewhere(event, source)
    place[name] = written(source.choice(_TOKENS))
    return event


def _secret_value(event: Event, source: random.Random, secret: str) -> Any:
    place, name = _somewhere(event, source)
    place[name] = source.choice([secret * 30, f"{secret}@example.com ", [secret], {secret: secret}, f"\x00{secret}"])
    return event


def _number_nearby(event: Event, source: random.Random, _: str) -> Any:
    place, name = _somewhere(event, source, int)
    value = int(place[name])
    place[name] = source.choice([value + 1, -value, value + 0.5, float(value), str(value), value * 10**9, [value]])
    return event


def _text_nearby(event: Event, source: random.Random, _: str) -> Any:
    place, name = _somewhere(event, source, str)
    text = place[name]
    place[name] = source.choice(
        [text + "\n", f" {text}", text.upper(), text.lower(), text[:-1], text * 9, f"{text}\x00", "", text[::-1]]
    )
    return event


def _formatted(event: Event, source: random.Random, _: str) -> Any:
    name, values = source.choice(
        [
            ("occurred_at", TIMES),
            ("event_id", _IDS),
            ("install_id", _IDS),
            ("schema_version", _VERSIONS),
            ("session_id", _IDS),
        ]
    )
    event[name] = source.choice(values)
    return event


def _other_event(event: Event, source: random.Random, _: str) -> Any:
    names = [contract.event for contract in shipped_catalog().contracts]
    name = str(event.get("event"))
    event["event"] = source.choice([*names, name.upper(), f"{name} ", f"{name}\x00", *NAMES])
    return event


def _missing(event: Event, source: random.Random, _: str) -> Any:
    place, name = _somewhere(event, source)
    del place[name]
    return event


def _unknown(event: Event, source: random.Random, secret: str) -> Any:
    place, _ = _somewhere(event, source)
    name = source.choice([source.choice(NAMES), secret, secret * 200])
    if isinstance(place, dict):
        place[name] = source.choice(ODD)
    return event


def _renamed(event: Event, source: random.Random, _: str) -> Any:
    place, name = _somewhere(event, source)
    if isinstance(place, dict):
        other = source.choice([name.upper(), f"{name} ", name[:-1], f"{name}\x00", name.replace("_", ""), f"x{name}"])
        place[other] = place.pop(name)
    return event


def _twice(event: Event, source: random.Random, _: str) -> Any:
    """Add a member that is there already: what counts is the last, whatever the first says."""
    place, name = _somewhere(event, source)
    if isinstance(place, dict):
        copy = {written(json.dumps(name)): source.choice(ODD)}
        members = list(place.items())
        place.clear()
        before = source.random() < 1 / 2
        place.update({**copy, **dict(members)} if before else {**dict(members), **copy})
    return event


def _deep(event: Event, source: random.Random, _: str) -> Any:
    depth = source.choice(_DEPTHS)
    start, end = source.choice([("[", "]"), ('{"a":', "}"), ('[{"":', "}]")])
    place, name = _somewhere(event, source)
    place[name] = written(start * depth + source.choice(["1", "", "null"]) + end * depth)
    return event


def _wide(event: Event, source: random.Random, secret: str) -> Any:
    place, name = _somewhere(event, source)
    size = source.choice((100, 1000, 6000))
    place[name] = source.choice([[0] * size, {f"m{i}": i for i in range(size)}, secret * size, "\x01" * size])
    return event


def _wrapped(event: Event, source: random.Random, _: str) -> Any:
    return source.choice([[event], {"event": event}, json.dumps(event), [[event, event]], {"data": event}, None, []])


def _valid_still(event: Event, source: random.Random, _: str) -> Any:
    """Write the same event in another way: order of members, whole numbers as floats."""
    members = list(event.items())
    source.shuffle(members)
    return {name: float(value) if type(value) is int else value for name, value in members}


CHANGES: Sequence[Change] = (
    *(_odd_value, _odd_value, _token, _token, _secret_value, _number_nearby, _number_nearby, _text_nearby),
    *(_formatted, _formatted, _other_event, _missing, _unknown, _renamed, _twice, _deep, _wide, _wrapped),
    *(_valid_still, _valid_still, _valid_still),
)


def _somewhere(event: Event, source: random.Random, kind: type = object) -> tuple[Any, Any]:
    """Return a container within `event` and the name of a value of `kind` in it; of nothing, if there is none."""
    places = [(place, name) for place, name in _places(event) if isinstance(place[name], kind)]
    return source.choice(places or [({"a": kind()}, "a")])


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    names = value if isinstance(value, dict) else range(len(value))
    for name in list(names):
        yield value, name
        if isinstance(value[name], dict | list):
            yield from _places(value[name])
