"""The ways to decide what a schema leaves open: the least, the most, by chance."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from random import Random
from typing import Protocol, TypeVar

from questlog_codegen.patterns import regular
from questlog_codegen.patterns.automata import Texts, longest_of, shortest_of
from questlog_codegen.patterns.grammar import parse
from questlog_codegen.patterns.regular import Characters, Choice, Node, Repeat
from questlog_codegen.sampling.limits import MODERATE, fits, moderate

_T = TypeVar("_T")

_PRINTABLE = (ord(" "), ord("~"))
_REPEATS = 8  # of a repetition, beyond its fewest
_TRIES = 8


class Choices(Protocol):
    """Decides what a schema leaves open."""

    def one_of(self, options: Sequence[_T]) -> _T:
        """Return one of the options, which ascend."""

    def between(self, low: int, high: int) -> int:
        """Return an integer within the bounds."""

    def optional(self) -> bool:
        """Tell whether an optional member is there."""

    def text(self, texts: Texts) -> str | None:
        """Return one of the texts, which have a pattern, None when there is none."""


class _Least:
    """Lower bounds, first options, no optional members, shortest texts."""

    def one_of(self, options: Sequence[_T]) -> _T:
        return options[0]

    def between(self, low: int, _high: int) -> int:
        return low

    def optional(self) -> bool:
        return False

    def text(self, texts: Texts) -> str | None:
        return shortest_of(texts)


class _Most:
    """Upper bounds, last options, every member, texts of moderate length."""

    def one_of(self, options: Sequence[_T]) -> _T:
        return options[-1]

    def between(self, _low: int, high: int) -> int:
        return high

    def optional(self) -> bool:
        return True

    def text(self, texts: Texts) -> str | None:
        return longest_of(texts, max(texts.least, MODERATE)) or shortest_of(texts)


@dataclass(frozen=True, slots=True)
class _Chance:
    random: Random

    def one_of(self, options: Sequence[_T]) -> _T:
        return self.random.choice(options)

    def between(self, low: int, high: int) -> int:
        return self.random.randint(low, high)

    def optional(self) -> bool:
        return self.one_of((False, True))

    def text(self, texts: Texts) -> str | None:
        """Walk the first pattern; where nothing fits the other limits, find a text of some length."""
        walks = (self._walk(_parsed(texts.patterns[0])) for _ in range(_TRIES))
        fitting = next((text for text in walks if fits(text, texts)), None)
        if fitting is not None:
            return fitting
        least = self.between(*moderate(texts))
        some = shortest_of(replace(texts, least=least))
        return shortest_of(texts) if some is None else some

    def _walk(self, node: Node) -> str:
        match node:
            case Characters(_, _):
                return self._character(node)
            case Choice(options):
                return self._walk(self.one_of(options))
            case Repeat(inner, least, most):
                upper = least + _REPEATS if most is None else min(most, least + _REPEATS)
                return "".join(self._walk(inner) for _ in range(self.between(least, upper)))
            case regular.Sequence(parts):
                return "".join(map(self._walk, parts))

    def _character(self, characters: Characters) -> str:
        """Return one of the characters, mostly one that is seen; none, which fits nothing, where none is."""
        first, last = _PRINTABLE
        pairs = [(max(low, first), min(high, last)) for low, high in characters.intervals]
        seen = [(low, high) for low, high in pairs if low <= high]
        intervals = seen if seen and self.between(0, 3) else characters.intervals
        return chr(self.between(*self.one_of(intervals))) if intervals else ""


LEAST: Choices = _Least()
MOST: Choices = _Most()


def chance(random: Random) -> Choices:
    """Return the choices `random` makes."""
    return _Chance(random)


@lru_cache(maxsize=256)
def _parsed(pattern: str) -> Node:
    return parse(pattern)
