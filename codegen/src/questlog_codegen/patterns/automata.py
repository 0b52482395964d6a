"""Whether one constraint on texts takes every text another one takes, decided exactly, with a witness.

Breadth-first search over automata that are made as far as the search reaches. Lengths are in code points.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from itertools import islice, product
from typing import TypeAlias

from questlog_codegen.patterns.derivatives import Intervals, Machine, common, pieces
from questlog_codegen.patterns.grammar import parse
from questlog_codegen.patterns.regular import Characters, Repeat

_BUDGET = 100_000
_ANYTHING = Repeat(Characters((), negated=True), 0, None)
# What a reader likes best comes first: letters, digits, all of ASCII that is seen.
_PREFERRED = tuple((ord(low), ord(high)) for low, high in ("az", "09", "AZ", "!~", "  "))
_LOOKED_AT = 1000  # characters of an interval among which a printable one is sought


class Undecided(Exception):  # noqa: N818  # an answer that callers name, as StopIteration is
    """Raised when an answer would take more work than the budget allows."""


@dataclass(frozen=True, slots=True)
class Texts:
    """All texts that match every pattern and have `least` to `most` characters; `most` None: no limit."""

    patterns: tuple[str, ...] = ()
    least: int = 0
    most: int | None = None


def shortest(pattern: str | None, least: int = 0, most: int | None = None) -> str | None:
    """Return a shortest text of the pattern within the lengths, None when there is none.

    Raises:
        PatternError: when the pattern is outside the dialect's grammar.
        Undecided: when the search exceeds the budget.
    """
    return shortest_of(Texts(() if pattern is None else (pattern,), least, most))


def shortest_of(texts: Texts) -> str | None:
    """Return a shortest of the texts, None when there is none; raises as `shortest` does."""
    return _shortest(_All(texts.patterns), texts.least, texts.most)


def longest_of(texts: Texts, most: int) -> str | None:
    """Return a longest of the texts that have at most `most` characters; raises as `shortest` does."""
    limit = most if texts.most is None else min(most, texts.most)
    levels = _Levels(_All(texts.patterns))
    for length in range(limit, texts.least - 1, -1):
        for state in levels.at(length):
            if levels.graph.accepts(state):
                return levels.spell(state, length)
    return None


def difference(old: Texts, new: Texts) -> str | None:
    """Return a shortest text that is in `old` and not in `new`, None when it is proven that there is none.

    Raises:
        PatternError: when a pattern is outside the dialect's grammar.
        Undecided: when no text was found within the budget, and it is not proven that there is none.
    """
    found, undecided = [], None
    for search in _searches(old, new):
        try:
            found.append(search())
        except Undecided as error:
            undecided = error
    texts = [text for text in found if text is not None]
    if undecided and not texts:
        raise undecided
    return min(texts, key=len, default=None)


def _searches(old: Texts, new: Texts) -> Iterator[Callable[[], str | None]]:
    """Yield what to try: a text too short for `new`, one too long, and one that a pattern refuses."""
    below = new.least - 1 if old.most is None else min(old.most, new.least - 1)
    yield lambda: shortest_of(Texts(old.patterns, old.least, below))
    if new.most is not None:
        above = max(old.least, new.most + 1)
        yield lambda: shortest_of(Texts(old.patterns, above, old.most))
    for pattern in new.patterns:
        if pattern not in old.patterns:
            graph = _Refused(old.patterns, pattern)
            yield lambda graph=graph: _shortest(graph, old.least, old.most)  # type: ignore[misc]  # mypy cannot type a default


_State: TypeAlias = tuple[tuple[int, ...], frozenset[int]]
"""A state of every pattern that must match, and all states of the one that must not."""


class _All:
    """The texts that match every pattern, as a graph: an edge is a character."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._machines = [Machine(parse(pattern)) for pattern in patterns] or [Machine(_ANYTHING)]
        self._edges: dict[_State, dict[_State, str]] = {}
        self.start: _State = ((0,) * len(self._machines), frozenset())
        self._spent = 0

    def accepts(self, state: _State) -> bool:
        return all(machine.accepts(number) for machine, number in zip(self._machines, state[0], strict=True))

    def edges(self, state: _State) -> dict[_State, str]:
        """Return the states one character leads to, each with the character that reads best."""
        if state not in self._edges:
            reached: dict[_State, Intervals] = {}
            for taken, target in self._targets(state):
                reached[target] = (*reached.get(target, ()), *taken)
            self._edges[state] = {target: _readable(taken) for target, taken in reached.items()}
        return self._edges[state]

    def spend(self, steps: int) -> None:
        """Count work, in states and edges looked at; raises Undecided when it exceeds the budget."""
        self._spent += steps
        if self._spent > _BUDGET:
            raise Undecided(f"more than {_BUDGET} states and edges to look at")

    def _targets(self, state: _State) -> Iterator[tuple[Intervals, _State]]:
        for taken, numbers in self._moves(state[0]):
            yield taken, (numbers, frozenset())

    def _moves(self, numbers: tuple[int, ...]) -> Iterator[tuple[Intervals, tuple[int, ...]]]:
        every = [machine.arcs(number) for machine, number in zip(self._machines, numbers, strict=True)]
        for arcs in product(*every):
            self.spend(1)
            taken = reduce(common, (intervals for intervals, _ in arcs))
            if taken:
                yield taken, tuple(target for _, target in arcs)


class _Refused(_All):
    """The texts that match every pattern but one, which refuses them: that one is made deterministic."""

    def __init__(self, patterns: Sequence[str], refusing: str) -> None:
        super().__init__(patterns)
        self._refusing = Machine(parse(refusing))
        self.start = (self.start[0], frozenset({0}))

    def accepts(self, state: _State) -> bool:
        return super().accepts(state) and not any(map(self._refusing.accepts, state[1]))

    def _targets(self, state: _State) -> Iterator[tuple[Intervals, _State]]:
        reached: dict[Intervals, set[int]] = {}
        for number in state[1]:
            for taken, target in self._refusing.arcs(number):
                self.spend(1)
                reached.setdefault(taken, set()).add(target)
        for taken, numbers in self._moves(state[0]):
            for piece in pieces(taken, reached):
                subsets = [reached[intervals] for intervals in reached if common(intervals, (piece,))]
                yield (piece,), (numbers, frozenset().union(*subsets))


@lru_cache(maxsize=4096)
def _readable(intervals: Intervals) -> str:
    for preferred in _PREFERRED:
        if within := common(tuple(sorted(intervals)), (preferred,)):
            return chr(within[0][0])
    shown = (chr(code) for low, high in intervals for code in islice(range(low, high + 1), _LOOKED_AT))
    return next(filter(str.isprintable, shown), chr(intervals[0][0]))


class _Levels:
    """Which states a graph has reached after exactly n characters; from some n on the sets repeat."""

    def __init__(self, graph: _All) -> None:
        self.graph = graph
        self._links: list[dict[_State, tuple[_State, str]]] = []  # level n+1's states: from where, by what
        self._seen = {frozenset({graph.start}): 0}
        self._loop: int | None = None  # the level that the last links lead to

    def at(self, length: int) -> Iterable[_State]:
        """Return the states after `length` characters."""
        return self._links[self._place(length - 1)] if length else (self.graph.start,)

    def spell(self, state: _State, length: int) -> str:
        """Return a text of `length` characters that leads to `state`."""
        characters = []
        for step in range(length - 1, -1, -1):
            state, character = self._links[self._place(step)][state]
            characters.append(character)
        return "".join(reversed(characters))

    def _place(self, step: int) -> int:
        """Return the index of the links that lead from level `step` to the next."""
        while step >= len(self._links) and self._loop is None:
            self._grow()
        if step < len(self._links) or self._loop is None:
            return step
        return self._loop + (step - self._loop) % (len(self._links) - self._loop)

    def _grow(self) -> None:
        links: dict[_State, tuple[_State, str]] = {}
        for state in self.at(len(self._links)):
            self.graph.spend(1 + len(state[1]))
            for target, character in self.graph.edges(state).items():
                links.setdefault(target, (state, character))
        self._links.append(links)
        level = frozenset(links)
        self._loop = self._seen.get(level)
        self._seen[level] = len(self._links)


def _shortest(graph: _All, least: int, most: int | None) -> str | None:
    """Search breadth-first from all states that have read `least` characters."""
    if most is not None and most < least:
        return None
    levels = _Levels(graph)
    origins: dict[_State, tuple[_State, str] | None] = dict.fromkeys(levels.at(least))
    frontier = list(origins)
    length = least
    while frontier:
        for state in frontier:
            if graph.accepts(state):
                return _spelt(levels, origins, state, least)
        if length == most:
            return None
        frontier = list(_next_frontier(levels, origins, frontier))
        length += 1
    return None


def _next_frontier(
    levels: _Levels, origins: dict[_State, tuple[_State, str] | None], frontier: list[_State]
) -> Iterator[_State]:
    for state in frontier:
        levels.graph.spend(1 + len(state[1]))
        for target, character in levels.graph.edges(state).items():
            if target not in origins:
                origins[target] = (state, character)
                yield target


def _spelt(
    levels: _Levels, origins: dict[_State, tuple[_State, str] | None], state: _State, least: int
) -> str:
    characters = []
    while (origin := origins[state]) is not None:
        state, character = origin
        characters.append(character)
    return levels.spell(state, least) + "".join(reversed(characters))
