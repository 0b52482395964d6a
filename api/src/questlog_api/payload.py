"""The text of what was refused, as a reject keeps it: bounded, and honest about what was cut."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self, TypeAlias

import orjson

MAX_PAYLOAD_BYTES = 64 * 1024
"""How much of a refused value's text is kept, in bytes of UTF-8."""

_Container: TypeAlias = dict[str, Any] | list[Any]


@dataclass(frozen=True, slots=True)
class Payload:
    """The beginning of a value as JSON, and the bytes the whole has.

    `size` is None where that was not counted: the value is nested too deep to be written at once, and larger
    than what is kept.
    """

    text: str
    size: int | None

    @classmethod
    def of(cls, value: object, text: bytes | None) -> Self:
        """Return what to keep of `value`, whose JSON is `text`; None when it is nested too deep for that."""
        if text is not None:
            return cls(_cut(text), len(text))
        text = _beginning(value)
        return cls(_cut(text), len(text) if len(text) <= MAX_PAYLOAD_BYTES else None)


def _cut(text: bytes) -> str:
    # Cutting may split the last character; what is left of it is dropped.
    return text[:MAX_PAYLOAD_BYTES].decode(errors="ignore")


def _beginning(value: Any) -> bytes:
    """Return `value` as JSON, however deep it is; it stops soon after `MAX_PAYLOAD_BYTES`."""
    text, levels = bytearray(), [_parts(value)]
    while levels and len(text) <= MAX_PAYLOAD_BYTES:
        part = next(levels[-1], None)
        if part is None:
            levels.pop()
        elif isinstance(part, bytes):
            text += part
        else:
            levels.append(_parts(part))
    return bytes(text)


def _parts(value: _Container) -> Iterator[bytes | _Container]:
    """Yield the JSON of `value` in pieces, and the containers in it as they are."""
    start, end = (b"{", b"}") if isinstance(value, dict) else (b"[", b"]")
    yield start
    for index, item in enumerate(value):
        yield b"," if index else b""
        if isinstance(value, dict):
            yield orjson.dumps(item) + b":"
        member = value[item] if isinstance(value, dict) else item
        yield member if isinstance(member, dict | list) else orjson.dumps(member)
    yield end
