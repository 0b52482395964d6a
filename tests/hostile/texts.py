"""JSON texts: values written in unusual ways, and texts that are damaged."""

import json
import random
import re
from collections.abc import Callable, Sequence
from typing import Any

_TOKEN = re.compile('"\ue000[^\ue000\ue001]*\ue001"')
_NOT_UTF8 = (
    b"\xff",
    b"\xc0\x80",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"\x80",
    b"\xe2\x28\xa1",
    b"\xf0\x9f\x98",
)
_AROUND = (b" \t\r\n", b"\x00", b"\xef\xbb\xbf", b"\x0b", b"\xc2\xa0", b")]}',\n", b";", b",", b"//", b"\x1e")
_OTHER_TEXTS = (
    *(b"", b" ", b"\n", b"null", b"true", b"0", b'""', b"[]", b"{}", b"[[[[", b"\x00" * 99, b"{" * 5000),
    *(b'"' * 999, b"a=1&b=2", b"<a/>", b"--- a: 1", b"[" * 100_000),
)


def encoded(value: Any, source: random.Random | None = None) -> bytes:
    """Return `value` as JSON, in a style by chance, with its `values.written` texts as they are."""
    style = _style(source) if source is not None else {}
    text = json.dumps(value, **style)
    if style.get("ensure_ascii", True):
        text = text.replace("\\ue000", "\ue000").replace("\\ue001", "\ue001")
    text = _TOKEN.sub(lambda found: json.loads(found.group(), strict=False)[1:-1], text)
    return text.encode("utf-8", "surrogatepass")


def damaged(text: bytes, source: random.Random) -> bytes:
    """Return `text` with one damage; few leave it JSON."""
    return source.choice(_DAMAGES)(text, source)


def _style(source: random.Random) -> dict[str, Any]:
    return {
        "ensure_ascii": source.random() < 1 / 2,
        "separators": source.choice([(",", ":"), (", ", ": "), (" ,\n", "\t:\r\n"), None]),
        "indent": source.choice([None, None, None, 1]),
    }


def _cut(text: bytes, source: random.Random) -> bytes:
    return text[: source.randrange(len(text))]


def _flipped(text: bytes, source: random.Random) -> bytes:
    place = source.randrange(len(text))
    return text[:place] + bytes([text[place] ^ 1 << source.randrange(8)]) + text[place + 1 :]


def _byte_more(text: bytes, source: random.Random) -> bytes:
    place = source.randrange(len(text))
    return text[:place] + bytes([source.randrange(256)]) + text[place:]


def _byte_less(text: bytes, source: random.Random) -> bytes:
    place = source.randrange(len(text))
    return text[:place] + text[place + 1 :]


def _swapped(text: bytes, source: random.Random) -> bytes:
    first, second = sorted(source.choices(range(len(text)), k=2))
    return text[:first] + text[second:] + text[first:second]


def _not_utf8(text: bytes, source: random.Random) -> bytes:
    place = source.randrange(len(text))
    return text[:place] + source.choice(_NOT_UTF8) + text[place:]


def _other_encoding(text: bytes, source: random.Random) -> bytes:
    encoding = source.choice(["utf-8-sig", "utf-16", "utf-16-le", "utf-32", "utf-7", "cp037"])
    return text.decode("utf-8", "replace").encode(encoding, "replace")


def _surrounded(text: bytes, source: random.Random) -> bytes:
    around = source.choice((*_AROUND, text))
    return around + text if source.random() < 1 / 2 else text + around


def _replaced(_: bytes, source: random.Random) -> bytes:
    return source.choice((source.randbytes(source.randrange(1, 2000)), *_OTHER_TEXTS))


_DAMAGES: Sequence[Callable[[bytes, random.Random], bytes]] = (
    *(_cut, _flipped, _flipped, _byte_more, _byte_less, _swapped, _not_utf8, _other_encoding),
    *(_surrounded, _replaced),
)
