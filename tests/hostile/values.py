"""Events that break their contract, or nearly: valid ones, changed in one of the ways that clients know."""

import copy
import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from questlog_codegen.sampling.sampler import boundaries, fullest, minimal, sample
from tests.hostile import json_words
from tests.repository import shipped_catalog

Event = dict[str, Any]
Change = Callable[[Event, random.Random, str], Any]
"""(event, chance, a secret) -> what to send instead; the event may be changed."""

_START, _END = "\ue000", "\ue001"
_SAMPLES = 60

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


def odd(source: random.Random) -> Any:
    """Return one of the odd values, for the caller to keep."""
    return copy.deepcopy(source.choice(json_words.ODD))


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
    place[name] = odd(source)
    return event


def _token(event: Event, source: random.Random, _: str) -> Any:
    place, name = _somewhere(event, source)
    place[name] = written(source.choice(json_words.TOKENS))
    return event


def _secret_value(event: Event, source: random.Random, secret: str) -> Any:
    place, name = _somewhere(event, source)
    place[name] = source.choice(
        [secret * 30, f"{secret}@example.com ", [secret], {secret: secret}, f"\x00{secret}"]
    )
    return event


def _number_nearby(event: Event, source: random.Random, _: str) -> Any:
    place, name = _somewhere(event, source, int)
    value = int(place[name])
    place[name] = source.choice(
        [value + 1, -value, value + 0.5, float(value), str(value), value * 10**9, [value]]
    )
    return event


def _text_nearby(event: Event, source: random.Random, _: str) -> Any:
    place, name = _somewhere(event, source, str)
    text = _text_of(place[name])
    turned = (text.upper(), text.lower(), text[:-1], text * 9, text[::-1])
    place[name] = source.choice((f"{text}\n", f" {text}", f"{text}\x00", "", *turned))
    return event


def _formatted(event: Event, source: random.Random, _: str) -> Any:
    name, values = source.choice(
        [
            ("occurred_at", json_words.TIMES),
            ("event_id", json_words.IDS),
            ("install_id", json_words.IDS),
            ("schema_version", json_words.VERSIONS),
            ("session_id", json_words.IDS),
        ]
    )
    event[name] = source.choice(values)
    return event


def _other_event(event: Event, source: random.Random, _: str) -> Any:
    names = [contract.event for contract in shipped_catalog().contracts]
    name = str(event.get("event"))
    event["event"] = source.choice([*names, name.upper(), f"{name} ", f"{name}\x00", *json_words.NAMES])
    return event


def _at_a_limit(event: Event, source: random.Random, _: str) -> Any:
    """Set a value that the contract bounds to one at the bound, or just beyond it."""
    schemas = {contract.event: contract.newest.schema for contract in shipped_catalog().contracts}
    bounded = [*_bounded(schemas.get(str(event.get("event")), {}), event)]
    if bounded:
        place, name, schema = source.choice(bounded)
        place[name] = source.choice([*_beyond(schema, place.get(name))])
    return event


def _bounded(
    schema: Mapping[str, Any], place: Any
) -> Iterator[tuple[dict[str, Any], str, Mapping[str, Any]]]:
    """Yield each member that may be in the object `place`, and those below it, with its schema."""
    for name, child in schema.get("properties", {}).items():
        if isinstance(place, dict):
            yield place, name, child
            yield from _bounded(child, place.get(name))


def _beyond(schema: Mapping[str, Any], value: Any) -> Iterator[Any]:
    for least in {"minimum"} & schema.keys():
        yield from (schema[least], schema[least] - 1)
    for most in {"maximum"} & schema.keys():
        yield from (schema[most], schema[most] + 1, schema[most] + 0.5)
    shortest, longest, text = schema.get("minLength", 1), schema.get("maxLength", 64), _text_of(value)
    yield from ((text * longest)[:length] for length in (shortest - 1, longest, longest + 1))
    yield from (f"{text[:-1]}{last}" for last in (" ", "\x7f", "é", "😀", "\n", "A", "_", "/"))
    yield from (f"{choice}{more}" for choice in schema.get("enum", [])[:2] for more in ("", " ", "s"))


def _text_of(value: Any) -> str:
    """Return `value` if it is a text that may be cut, else some other one."""
    return value if isinstance(value, str) and value and _START not in value else "a"


def _missing(event: Event, source: random.Random, _: str) -> Any:
    place, name = _somewhere(event, source)
    del place[name]
    return event


def _unknown(event: Event, source: random.Random, secret: str) -> Any:
    place, _ = _somewhere(event, source)
    name = source.choice([source.choice(json_words.NAMES), secret, secret * 200])
    if isinstance(place, dict):
        place[name] = odd(source)
    return event


def _renamed(event: Event, source: random.Random, _: str) -> Any:
    place, name = _somewhere(event, source)
    if isinstance(place, dict):
        other = source.choice(
            [name.upper(), f"{name} ", name[:-1], f"{name}\x00", name.replace("_", ""), f"x{name}"]
        )
        place[other] = place.pop(name)
    return event


def _twice(event: Event, source: random.Random, _: str) -> Any:
    """Add a member that is there already: what counts is the last, whatever the first says."""
    place, name = _somewhere(event, source)
    if isinstance(place, dict):
        copy = {written(json.dumps(name)): odd(source)}
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
    return source.choice(
        [[event], {"event": event}, json.dumps(event), [[event, event]], {"data": event}, None, []]
    )


def _valid_still(event: Event, source: random.Random, _: str) -> Any:
    """Write the same event in another way: order of members, whole numbers as floats."""
    members = list(event.items())
    source.shuffle(members)
    return {name: float(value) if type(value) is int else value for name, value in members}


CHANGES: Sequence[Change] = (
    *(_odd_value, _odd_value, _token, _token, _secret_value, _number_nearby, _number_nearby, _text_nearby),
    *(
        _at_a_limit,
        _at_a_limit,
        _formatted,
        _formatted,
        _other_event,
        _missing,
        _unknown,
        _renamed,
        _twice,
        _deep,
        _wide,
        _wrapped,
    ),
    *(_valid_still, _valid_still, _valid_still),
)


def _somewhere(event: Event, source: random.Random, kind: type = object) -> tuple[Any, Any]:
    """Return a container within `event` and the name of a value of `kind` in it; a foreign one if none is."""
    places = [(place, name) for place, name in _places(event) if isinstance(place[name], kind)]
    return source.choice(places or [({"a": kind()}, "a")])


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    names = value if isinstance(value, dict) else range(len(value))
    for name in list(names):
        yield value, name
        if isinstance(value[name], dict | list):
            yield from _places(value[name])
