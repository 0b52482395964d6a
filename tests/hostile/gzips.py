"""What a client may send as gzip: the real thing, and what is none."""

import gzip
import random
import zlib
from collections.abc import Callable, Sequence

from tests.hostile import texts


def _packed(plain: bytes, source: random.Random) -> bytes:
    return gzip.compress(plain, source.randrange(10), mtime=0)


def _with_name(plain: bytes, source: random.Random) -> bytes:
    """Add the optional parts of RFC 1952: extra field, name, comment, CRC of the header."""
    packed = _packed(plain, source)
    head = packed[:3] + b"\x1e" + packed[4:10] + b"\x04\x00abcd" + b"name\x00" + b"comment\x00"
    return head + (zlib.crc32(head) & 0xFFFF).to_bytes(2, "little") + packed[10:]


def _bomb(_: bytes, source: random.Random) -> bytes:
    return gzip.compress(
        source.choice((b" ", b"[", b"\x00", b'{"a":')) * source.choice((70_000, 2_000_000)), mtime=0
    )


def _twice(plain: bytes, source: random.Random) -> bytes:
    return _packed(_packed(plain, source), source)


def _members(plain: bytes, source: random.Random) -> bytes:
    half = len(plain) // 2
    return _packed(plain[:half], source) + _packed(plain[half:], source)


def _short(plain: bytes, source: random.Random) -> bytes:
    packed = _packed(plain, source)
    return packed[
        : source.choice((0, 1, 2, 9, 10, len(packed) // 2, len(packed) - 8, len(packed) - 4, len(packed) - 1))
    ]


def _trailed(plain: bytes, source: random.Random) -> bytes:
    return _packed(plain, source) + source.choice((b"\x00", b"\x00" * 512, b"a", b"\x1f\x8b", plain))


def _broken(plain: bytes, source: random.Random) -> bytes:
    return texts.damaged(_packed(plain, source), source)


def _otherwise(plain: bytes, _: random.Random) -> bytes:
    return zlib.compress(plain)


def _plainly(plain: bytes, _: random.Random) -> bytes:
    return plain


FORMS: Sequence[Callable[[bytes, random.Random], bytes]] = (
    *(_packed, _packed, _with_name, _bomb, _twice, _members, _short, _trailed, _broken, _broken),
    *(_otherwise, _plainly),
)
