"""A regular expression as a tree: one character, a sequence, a choice, a repetition."""

from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

Interval: TypeAlias = tuple[int, int]
"""First and last code point."""


_LAST = 0x10FFFF
SURROGATES = (0xD800, 0xDFFF)


@dataclass(frozen=True)
class Characters:
    """One character within `ranges`, or, when `negated`, one outside them."""

    ranges: tuple[Interval, ...]
    negated: bool = False

    @cached_property
    def intervals(self) -> tuple[Interval, ...]:
        """The code points it takes, ascending and disjoint, without surrogates: no text has them."""
        taken = _gaps(self.ranges) if self.negated else self.ranges
        return _gaps((*_gaps(taken), SURROGATES))


@dataclass(frozen=True)
class Sequence:
    """One part after another; without parts, the empty text."""

    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Choice:
    """One of the options."""

    options: tuple["Node", ...]


@dataclass(frozen=True)
class Repeat:
    """The node at least `least` and at most `most` times; `most` None is without end."""

    node: "Node"
    least: int
    most: int | None


Node: TypeAlias = Characters | Sequence | Choice | Repeat


def nullable(node: Node) -> bool:
    """Tell whether the empty text matches."""
    match node:
        case Characters():
            return False
        case Sequence(parts):
            return all(map(nullable, parts))
        case Choice(options):
            return any(map(nullable, options))
        case Repeat(inner, least, _):
            return least == 0 or nullable(inner)


def unbounded(node: Node) -> bool:
    """Tell whether something in it repeats without end."""
    match node:
        case Repeat(inner, _, most):
            return most is None or unbounded(inner)
        case Sequence(children) | Choice(children):
            return any(map(unbounded, children))
        case Characters():
            return False


def copies(node: Node) -> int:
    """Return the largest product of counts that lie within each other."""
    match node:
        case Repeat(inner, least, most):
            return max(least, most or 0, 1) * copies(inner)
        case Sequence(children) | Choice(children):
            return max(map(copies, children), default=1)
        case Characters():
            return 1


def _gaps(ranges: tuple[Interval, ...]) -> tuple[Interval, ...]:
    """Return the code points that none of `ranges` has, ascending and disjoint."""
    gaps, free = [], 0
    for low, high in sorted(ranges):
        if low > free:
            gaps.append((free, low - 1))
        free = max(free, high + 1)
    return (*gaps, (free, _LAST)) if free <= _LAST else tuple(gaps)
