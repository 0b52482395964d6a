"""The nondeterministic automaton of a pattern, made as far as somebody looks.

A state is what is still to be matched: a partial derivative (Antimirov 1996,
https://doi.org/10.1016/0304-3975(95)00182-4). A count is one state for each number left: `{0,1000}` is cheap.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TypeAlias

from questlog_codegen.patterns.regular import Characters, Choice, Interval, Node, Repeat, Sequence, nullable

Intervals: TypeAlias = tuple[Interval, ...]
"""Code points, ascending and disjoint."""


class Machine:
    """The automaton of one pattern: states are numbers, 0 is the first."""

    def __init__(self, node: Node) -> None:
        self._rests: list[tuple[Node, ...]] = [(node,)]
        self._numbers: dict[tuple[Node, ...], int] = {(node,): 0}
        self._arcs: dict[int, tuple[tuple[Intervals, int], ...]] = {}

    def accepts(self, state: int) -> bool:
        """Tell whether a text may end there."""
        return all(map(nullable, self._rests[state]))

    def arcs(self, state: int) -> tuple[tuple[Intervals, int], ...]:
        """Return what one character leads to: (code points, state)."""
        if state not in self._arcs:
            steps = dict.fromkeys(_steps(self._rests[state]))
            self._arcs[state] = tuple((taken.intervals, self._number(rest)) for taken, rest in steps)
        return self._arcs[state]

    def _number(self, rest: tuple[Node, ...]) -> int:
        number = self._numbers.setdefault(rest, len(self._rests))
        if number == len(self._rests):
            self._rests.append(rest)
        return number


_Step: TypeAlias = tuple[Characters, tuple[Node, ...]]
"""A character, and what is to be matched after it."""


def _steps(rest: tuple[Node, ...]) -> Iterator[_Step]:
    """Yield every way to match one character of `rest`, its nodes one after another."""
    for place, node in enumerate(rest):
        for taken, after in _first(node):
            yield taken, (*after, *rest[place + 1 :])
        if not nullable(node):
            return


def _first(node: Node) -> Iterator[_Step]:
    match node:
        case Characters():
            yield node, ()
        case Sequence(parts):
            yield from _steps(parts)
        case Choice(options):
            for option in options:
                yield from _first(option)
        case Repeat(inner, least, most) if most != 0:
            again = Repeat(inner, max(least - 1, 0), None if most is None else most - 1)
            for taken, after in _first(inner):
                yield taken, (*after, again)


def pieces(intervals: Intervals, cuts: Iterable[Intervals]) -> Iterator[Interval]:
    """Cut `intervals` wherever one of `cuts` begins or ends."""
    starts = sorted({edge for cut in cuts for low, high in cut for edge in (low, high + 1)})
    for low, high in intervals:
        within = [low, *(start for start in starts if low < start <= high)]
        yield from zip(within, [*(start - 1 for start in within[1:]), high], strict=True)


@lru_cache(maxsize=4096)
def common(left: Intervals, right: Intervals) -> Intervals:
    """Return the code points in both."""
    pairs = ((max(a, c), min(b, d)) for a, b in left for c, d in right)
    return tuple((low, high) for low, high in pairs if low <= high)
